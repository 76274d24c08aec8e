use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{Author, MessageId, PollOption, PollPage, Voter};

use super::{Exact, LocalTime, Refused, framed, title};
use crate::api;
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::Place;
use crate::labels;

/// `/enquete/{id}`: the people who voted in a poll, and the vote of the number. `opcao`, or `opcoes` of a poll
/// with several answers, is the option whose link led here; it is chosen in the form.
///
/// The inbox shows the part `#poll-votes` in a dialog (`browser/later/polls/votes.js`).
#[component]
pub(crate) fn PollVotes() -> impl IntoView {
    let locale = use_locale();
    let id = use_params_map().with_untracked(|params| params.get("id")?.parse().ok());
    // An id that is no number names nothing; zero is never assigned.
    let id = id.unwrap_or(MessageId(0));
    let asked = use_query_map().with_untracked(|query| {
        query.get("opcao").or_else(|| query.get("opcoes"))?.parse::<u32>().ok()
    });
    view! {
        <Title text=title(locale, t!(locale, poll.title)) />
        {framed(api::poll(id), move |page: PollPage| {
            let back = Place { chat: Some(page.chat), ..Place::default() }.address();
            view! {
                <main class="page narrow">
                    <header><h1>{t!(locale, poll.title)}</h1></header>
                    <Refused action=api::Vote::url() />
                    <section class="panel">
                        <Votes page asked />
                    </section>
                    <p><a class="button outline" href=back>{t!(locale, poll.back)}</a></p>
                </main>
            }
            .into_any()
        })}
    }
}

/// The options with their votes, and below them the form.
#[component]
fn Votes(page: PollPage, asked: Option<u32>) -> impl IntoView {
    let locale = use_locale();
    let about = match page.readable {
        true => labels::voters(locale, page.voters),
        false => t!(locale, poll.unreadable).to_owned(),
    };
    let options = page.options.iter().cloned().map(|option| {
        view! { <ByOption option readable=page.readable chat_name=page.chat_name.clone() /> }
    });
    let options = options.collect_view();
    view! {
        <div id="poll-votes" class="poll-votes" data-title=t!(locale, poll.title)>
            <h2 class="question" dir="auto">{page.question.clone()}</h2>
            <p class="muted">{about}</p>
            {options}
            {page.can_vote.then(|| view! { <Form page asked /> })}
        </div>
    }
    .into_any()
}

/// One option, and the people who chose it.
#[component]
fn ByOption(option: PollOption, readable: bool, chat_name: String) -> impl IntoView {
    let locale = use_locale();
    let PollOption { text, votes, by, .. } = option;
    let more = votes.saturating_sub(u32::try_from(by.len()).unwrap_or(u32::MAX));
    let more = match more {
        0 => None,
        1 => Some(t!(locale, poll.more_people_one).to_owned()),
        n => Some(t!(locale, poll.more_people, n = n).to_string()),
    };
    let nobody = (readable && votes == 0).then(|| t!(locale, poll.nobody));
    let people = by.into_iter().map(|Voter { author, at }| {
        let name = name_of(locale, author, &chat_name);
        view! { <li><bdi>{name}</bdi><span class="muted"><LocalTime at to=Exact::Minute /></span></li> }
    });
    view! {
        <section class="poll-option">
            <h3>
                <span dir="auto">{text}</span>
                <span class="muted">{readable.then(|| labels::votes(locale, votes))}</span>
            </h3>
            {nobody.map(|words| view! { <p class="muted">{words}</p> })}
            <ul>{people.collect_view()}</ul>
            {more.map(|words| view! { <p class="muted">{words}</p> })}
        </section>
    }
    .into_any()
}

/// The person who voted. In a chat with one person, that is its contact.
fn name_of(locale: Locale, author: Author, chat_name: &str) -> String {
    match author {
        Author::Contact { name } => name.unwrap_or_else(|| chat_name.to_owned()),
        Author::User { name } => name,
        Author::Phone => t!(locale, actions.by_phone).to_owned(),
    }
}

/// The form for the vote of the number.
#[component]
fn Form(page: PollPage, asked: Option<u32>) -> impl IntoView {
    let locale = use_locale();
    let kind = if page.single { "radio" } else { "checkbox" };
    let has_asked = asked.is_some_and(|asked| (asked as usize) < page.options.len());
    let options = page.options.into_iter().zip(0_u32..).map(|(option, nth)| {
        let is_asked = asked == Some(nth);
        // A link to an option stands for choosing it; of several the others stay.
        let checked = if page.single && has_asked { is_asked } else { option.chosen || is_asked };
        view! {
            <label class="check">
                <input type=kind name="choices[]" value=nth.to_string() checked=checked />
                <span dir="auto">{option.text}</span>
            </label>
        }
    });
    let take_back = (!page.single).then(|| t!(locale, poll.take_back));
    view! {
        <form method="post" action=api::Vote::url() class="stack">
            <input type="hidden" name="message" value=page.message.to_string() />
            <fieldset class="stack">
                <legend>{t!(locale, poll.your_vote)}</legend>
                {options.collect_view()}
            </fieldset>
            <p class="hint">{t!(locale, poll.as_number)}" "{take_back}</p>
            <div class="dialog-buttons"><button class="button">{t!(locale, poll.vote)}</button></div>
        </form>
    }
    .into_any()
}
