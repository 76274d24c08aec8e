use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{Connection, ConnectionId, ConnectionState};

use super::{failed, framed, title};
use crate::components::{Glyph, Icon, PhoneChoices};
use crate::i18n::{t, use_locale};
use crate::inbox::Place;
use crate::{ApiError, api, labels};

/// `/nova-conversa`: asks for the phone of a person and opens the chat with it. `numero` is the number
/// that is chosen, `telefone` the phone that is filled in.
///
/// The inbox shows the part `#new-chat` in a dialog, and so every error of its form
/// (`browser/later/new-chat.js`).
#[component]
pub(crate) fn NewChat() -> impl IntoView {
    let locale = use_locale();
    let failure = failed(api::StartChat::url());
    let (number, phone) = use_query_map().with_untracked(|query| {
        let number = query.get("numero").and_then(|id| id.parse::<ConnectionId>().ok());
        (number, query.get("telefone").unwrap_or_default())
    });
    let phone: String = match &failure {
        // The answer counts only together with what was typed.
        Some(ApiError::AmbiguousPhone { other, .. }) => {
            other.chars().filter(char::is_ascii_digit).collect()
        }
        _ => phone,
    };
    view! {
        <Title text=title(locale, t!(locale, new_chat.title)) />
        {framed(api::status(), move |numbers: Vec<Connection>| view! {
            <main class="page narrow">
                <header><h1>{t!(locale, new_chat.title)}</h1></header>
                <section class="panel">
                    <StartForm numbers number phone failure />
                </section>
            </main>
        }
        .into_any())}
    }
}

#[component]
fn StartForm(
    /// All numbers that the user sees.
    numbers: Vec<Connection>,
    /// The number whose chats were listed.
    number: Option<ConnectionId>,
    phone: String,
    failure: Option<ApiError>,
) -> impl IntoView {
    let locale = use_locale();
    let numbers: Vec<_> = numbers.into_iter().filter(|one| one.can_write).collect();
    let asked = numbers.iter().find(|one| Some(one.id) == number);
    let connected = || numbers.iter().find(|one| one.state == ConnectionState::Connected);
    let Some(chosen) = asked.or_else(connected).or(numbers.first()).cloned() else {
        return view! {
            <div id="new-chat" data-title=t!(locale, new_chat.title)>
                <p>{t!(locale, new_chat.no_number)}</p>
                <div class="dialog-buttons"><Cancel /></div>
            </div>
        }
        .into_any();
    };
    view! {
        <div id="new-chat" data-title=t!(locale, new_chat.title)>
            <form method="post" action=api::StartChat::url()>
                <div class="stack">
                    <Numbers numbers chosen=chosen.id />
                    <label class="field">
                        <span>{t!(locale, new_chat.phone)}</span>
                        <input
                            name="phone"
                            type="tel"
                            inputmode="tel"
                            autocomplete="off"
                            autofocus
                            required
                            maxlength="300"
                            value=phone
                            placeholder=t!(locale, pair.phone_example)
                            aria-describedby="new-chat-how"
                        />
                        <span class="hint" id="new-chat-how">{t!(locale, new_chat.how)}</span>
                    </label>
                    {failure.map(|error| view! { <Failure error chosen /> })}
                    <p
                        class="muted"
                        role="status"
                        data-busy=t!(locale, new_chat.checking)
                        data-failed=t!(locale, error.unreachable)
                    ></p>
                </div>
                <div class="dialog-buttons">
                    <Cancel />
                    <button class="button">{t!(locale, new_chat.start)}</button>
                </div>
            </form>
        </div>
    }
    .into_any()
}

/// The number to write from, which is chosen if there are several.
#[component]
fn Numbers(numbers: Vec<Connection>, chosen: ConnectionId) -> impl IntoView {
    let locale = use_locale();
    if numbers.len() == 1 {
        return view! { <input type="hidden" name="connection" value=chosen.to_string() /> }
            .into_any();
    }
    let options = numbers.iter().map(|one| {
        let name = labels::number_among(one, &numbers);
        view! { <option value=one.id.to_string() selected=one.id == chosen>{name}</option> }
    });
    view! {
        <label class="field">
            <span>{t!(locale, new_chat.from)}</span>
            <select name="connection">{options.collect_view()}</select>
        </label>
    }
    .into_any()
}

/// Why the chat was not opened, and the remedy.
#[component]
fn Failure(error: ApiError, chosen: Connection) -> impl IntoView {
    let locale = use_locale();
    let connect = (error == ApiError::NotConnected && chosen.can_connect()).then(|| {
        let address = Place { chat: None, number: Some(chosen.id) }.address();
        view! { <a class="link" href=address>{t!(locale, connections.connect)}</a> }
    });
    let words = labels::error(locale, &error);
    let choices = match error {
        ApiError::AmbiguousPhone { one, other } => Some(view! { <PhoneChoices one other /> }),
        _ => None,
    };
    view! {
        <div class="form-error" role="alert">
            <p><Icon of=Glyph::Alert /><span>{words}" "{connect}</span></p>
            {choices}
        </div>
    }
    .into_any()
}

/// Leads back to the inbox, or closes the dialog.
#[component]
fn Cancel() -> impl IntoView {
    let locale = use_locale();
    view! { <a class="button quiet" href=api::INBOX data-close="">{t!(locale, actions.cancel)}</a> }
}
