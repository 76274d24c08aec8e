use leptos::prelude::*;
use model::bounds;

use super::script_parts::{ForPeople, problem_and_status, script_page, words};
use crate::components::{Glyph, Icon};
use crate::i18n::{Locale, t, use_locale};

/// `/atendente/inbox-pirata/enquete`: the form for a poll in the conversation `chat`.
///
/// Scripts take `#new-poll` from this page: the form of the dialog, one line for an option, their words and
/// limits (`browser/later/polls/poll-dialog.js`). Without scripts the page states that they are needed.
#[component]
pub(crate) fn NewPoll() -> impl IntoView {
    let locale = use_locale();
    let people = ForPeople::of_chat(
        t!(locale, poll.new_title),
        t!(locale, poll.new_lead),
        t!(locale, poll.back),
    );
    script_page(people, || view! { <Parts /> }.into_any())
}

/// Everything that the scripts take from this page.
#[component]
fn Parts() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div id="new-poll" hidden data-options=bounds::SENT_OPTIONS.to_string()>
            <template data-part="form"><Form /></template>
            <template data-part="option"><OptionLine /></template>
            {words(sentences(locale))}
        </div>
    }
    .into_any()
}

/// The content of the dialog.
#[component]
fn Form() -> impl IntoView {
    let locale = use_locale();
    view! {
        <form class="new-poll" novalidate>
            <h2>{t!(locale, poll.new_title)}</h2>
            <div class="stack">
                <label class="field">
                    <span>{t!(locale, poll.question)}</span>
                    <textarea
                        name="question"
                        rows="2"
                        dir="auto"
                        autocomplete="off"
                        required
                        maxlength=bounds::SENT_QUESTION.to_string()
                    ></textarea>
                </label>
                <fieldset class="poll-options">
                    <legend>{t!(locale, poll.options)}</legend>
                    <ul></ul>
                    <button type="button" class="link" data-add="">{t!(locale, poll.add_option)}</button>
                </fieldset>
                <label class="check">
                    <input type="checkbox" role="switch" name="multiple" checked />
                    <span>{t!(locale, poll.several)}</span>
                </label>
                {problem_and_status()}
            </div>
            <div class="dialog-buttons">
                <button type="button" class="button quiet" data-close="">{t!(locale, actions.cancel)}</button>
                <button class="button"><Icon of=Glyph::Send />{t!(locale, poll.send)}</button>
            </div>
        </form>
    }
    .into_any()
}

/// The line of one option.
#[component]
fn OptionLine() -> impl IntoView {
    view! {
        <li>
            <input
                type="text"
                name="options[]"
                dir="auto"
                autocomplete="off"
                maxlength=bounds::SENT_OPTION.to_string()
            />
            <button type="button" class="round" data-remove=""><Icon of=Glyph::Close /></button>
        </li>
    }
    .into_any()
}

/// The sentences of the scripts.
fn sentences(locale: Locale) -> impl IntoIterator<Item = (&'static str, String)> {
    [
        ("close", t!(locale, actions.close).to_owned()),
        ("sending", t!(locale, poll.sending).to_owned()),
        ("option", t!(locale, poll.option, nth = "{n}").to_string()),
        ("remove_option", t!(locale, poll.remove_option, nth = "{n}").to_string()),
        ("question_missing", t!(locale, poll.question_missing).to_owned()),
        ("too_few", t!(locale, poll.too_few).to_owned()),
        ("twice", t!(locale, poll.twice).to_owned()),
        ("not_sent", t!(locale, poll.not_sent).to_owned()),
        ("refused", t!(locale, poll.no_right).to_owned()),
        ("discard", t!(locale, poll.discard).to_owned()),
        ("vote_refused", t!(locale, poll.refused).to_owned()),
        ("gone", t!(locale, poll.gone).to_owned()),
    ]
}
