use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{Connection, ConnectionId, ConnectionState};

use super::{failed, framed, title};
use crate::api::{self, TypedChat};
use crate::components::{Glyph, Icon, PhoneChoices};
use crate::i18n::{t, use_locale};
use crate::inbox::Place;
use crate::{ApiError, labels};

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
    let has_failed = failure.is_some();
    let data = async move {
        let numbers = api::status().await?;
        let typed = if has_failed { TypedChat::take().await? } else { None };
        Ok((numbers, typed))
    };
    view! {
        <Title text=title(locale, t!(locale, new_chat.title)) />
        {framed(data, move |(numbers, typed): (Vec<Connection>, Option<TypedChat>)| {
            let (number, phone) = match (typed, &failure) {
                (Some(typed), _) => (Some(typed.connection), typed.phone),
                // The page was loaded again. The answer counts only together with what was typed.
                (None, Some(ApiError::AmbiguousPhone { other, .. })) => {
                    (number, other.chars().filter(char::is_ascii_digit).collect())
                }
                (None, _) => (number, phone),
            };
            view! {
                <main class="page narrow">
                    <header><h1>{t!(locale, new_chat.title)}</h1></header>
                    <section class="panel">
                        <StartForm numbers number phone failure />
                    </section>
                </main>
            }
            .into_any()
        })}
    }
}

/// Follows a number to the one that replaced it, if its phone changed: nothing is sent from the old one.
fn current(numbers: &[Connection], number: ConnectionId) -> ConnectionId {
    let successor = |id: ConnectionId| numbers.iter().find(|one| one.id == id)?.replaced_by;
    // Each step leads to a later number.
    std::iter::successors(Some(number), |id| successor(*id).filter(|next| next > id))
        .last()
        .unwrap_or(number)
}

#[component]
fn StartForm(
    /// All numbers that the user sees.
    numbers: Vec<Connection>,
    /// The number whose chats were listed, or that was chosen before.
    number: Option<ConnectionId>,
    phone: String,
    failure: Option<ApiError>,
) -> impl IntoView {
    let locale = use_locale();
    let number = number.map(|number| current(&numbers, number));
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
    let is_listed = number.is_none_or(|number| number == chosen.id);
    view! {
        <div id="new-chat" data-title=t!(locale, new_chat.title)>
            <form method="post" action=api::StartChat::url()>
                <div class="stack">
                    <Numbers numbers chosen=chosen.id is_listed />
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
fn Numbers(
    numbers: Vec<Connection>,
    chosen: ConnectionId,
    /// False if the chats of another number were listed, from which the user may not write: then the only
    /// one is named as well.
    is_listed: bool,
) -> impl IntoView {
    let locale = use_locale();
    if numbers.len() == 1 && is_listed {
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
        let address = Place { number: Some(chosen.id), ..Place::default() }.address();
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
