use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{Chat, ChatId, ChatTimerChoice, WaMessageId};

use super::{Refused, framed, title};
use crate::ApiError;
use crate::api;
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::Place;

/// `/atendente/inbox-pirata/chat/:id/temporarias`: sets the timer after which new messages of a
/// conversation disappear.
///
/// The inbox shows the part `#chat-timer` in a dialog (`browser/later/chat-timer.js`). The form works
/// without scripts too.
#[component]
pub(crate) fn ChatTimer() -> impl IntoView {
    let locale = use_locale();
    let chat = use_params_map().with_untracked(|map| map.get("id")?.parse::<ChatId>().ok());
    let data = async move {
        let chat = chat.ok_or(ApiError::NotFound)?;
        let chat = api::chat_timer(chat).await?;
        let mut bytes = [0; 9];
        // Without random numbers a repeated request is another setting.
        let wa_id = getrandom::fill(&mut bytes).ok().map(|()| WaMessageId::from_random(bytes));
        Ok((chat, wa_id))
    };
    view! {
        <Title text=title(locale, t!(locale, timer.title)) />
        {framed(data, move |(chat, wa_id): (Chat, Option<WaMessageId>)| view! {
            <main class="page narrow">
                <header>
                    <h1>{t!(locale, timer.title)}</h1>
                    <p class="lead" dir="auto">{chat.name.clone()}</p>
                </header>
                <section class="panel">
                    <TimerForm chat wa_id />
                </section>
            </main>
        }
        .into_any())}
    }
}

#[component]
fn TimerForm(chat: Chat, wa_id: Option<WaMessageId>) -> impl IntoView {
    let locale = use_locale();
    if chat.group {
        return view! {
            <div id="chat-timer" data-title=t!(locale, timer.title)>
                <p>{t!(locale, timer.group)}</p>
                <div class="dialog-buttons"><Cancel chat=chat.id /></div>
            </div>
        }
        .into_any();
    }
    let choices = ChatTimerChoice::ALL.map(|choice| {
        view! {
            <label class="check">
                <input
                    type="radio"
                    name="timer"
                    value=choice.as_str()
                    required
                    checked=choice.seconds() == chat.timer
                />
                <span>{name(locale, choice)}</span>
            </label>
        }
    });
    view! {
        <div id="chat-timer" data-title=t!(locale, timer.title)>
            <form method="post" action=api::SetTimer::url()>
                <input type="hidden" name="chat" value=chat.id.to_string() />
                {wa_id.map(|id| view! { <input type="hidden" name="wa_id" value=id.to_string() /> })}
                <div class="stack">
                    <p>{t!(locale, timer.how)}</p>
                    <fieldset class="choices">
                        <legend>{t!(locale, timer.after)}</legend>
                        {choices.into_iter().collect_view()}
                    </fieldset>
                    <Refused action=api::SetTimer::url() />
                    <p
                        class="muted"
                        role="status"
                        data-busy=t!(locale, timer.saving)
                        data-failed=t!(locale, error.unreachable)
                    ></p>
                </div>
                <div class="dialog-buttons">
                    <Cancel chat=chat.id />
                    <button class="button">{t!(locale, timer.save)}</button>
                </div>
            </form>
        </div>
    }
    .into_any()
}

fn name(locale: Locale, choice: ChatTimerChoice) -> &'static str {
    match choice {
        ChatTimerChoice::Day => t!(locale, timer.day),
        ChatTimerChoice::Week => t!(locale, timer.week),
        ChatTimerChoice::Quarter => t!(locale, timer.quarter),
        ChatTimerChoice::Off => t!(locale, timer.off),
    }
}

/// Leads back to the conversation, or closes the dialog.
#[component]
fn Cancel(chat: ChatId) -> impl IntoView {
    let locale = use_locale();
    let address = Place { chat: Some(chat), ..Place::default() }.address();
    view! { <a class="button quiet" href=address data-close="">{t!(locale, actions.cancel)}</a> }
}
