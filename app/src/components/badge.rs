use leptos::prelude::*;
use model::{Connection, ConnectionState};

use super::{bool_signal, text_signal};
use crate::clock::use_clock;
use crate::i18n::{t, use_locale};
use crate::labels;

/// The state of a number: word and colour together, then the reason, then the phone.
#[component]
pub(crate) fn Badge(#[prop(into)] connection: Signal<Option<Connection>>) -> impl IntoView {
    let locale = use_locale();
    let clock = use_clock();
    let word = text_signal(move || {
        with_state(connection, |state| labels::state(locale, state).to_owned())
    });
    let tone = text_signal(move || with_state(connection, |state| labels::tone(state).to_owned()));
    let detail = text_signal(move || {
        let downtime =
            |now| connection.with(|one| one.as_ref().map(|one| labels::downtime(locale, one, now)));
        with_state(connection, |state| match state {
            ConnectionState::Connected => downtime(clock.now.get()).unwrap_or_default(),
            ConnectionState::Disconnected { reason: Some(reason) } => {
                labels::reason(locale, *reason, clock.zone.get())
            }
            ConnectionState::Connecting { retry_at: Some(at) } => {
                t!(locale, state.retry_in, seconds = clock.seconds_until(*at)).to_string()
            }
            ConnectionState::Paused { why } => labels::trouble(locale, *why).to_owned(),
            _ => String::new(),
        })
    });
    let phone = text_signal(move || {
        connection.with(|one| {
            one.as_ref()
                .and_then(|one| one.phone.as_ref())
                .map(|phone| phone.as_str().to_owned())
                .unwrap_or_default()
        })
    });
    view! {
        <p class="status" role="status">
            <span class="badge" data-tone=tone>{word}</span>
            // Screen readers announce it with every change of the word; not on its own, since it
            // may count seconds.
            <span class="status-detail" aria-live="off" hidden=bool_signal(move || detail.with(String::is_empty))>{detail}</span>
            <span class="status-phone" hidden=bool_signal(move || phone.with(String::is_empty))>{phone}</span>
        </p>
    }
    .into_any()
}

/// Reads a connection's state; without a connection, that of a number that was never connected.
fn with_state<T>(
    connection: Signal<Option<Connection>>,
    read: impl FnOnce(&ConnectionState) -> T,
) -> T {
    connection.with(|one| match one {
        Some(one) => read(&one.state),
        None => read(&ConnectionState::Disconnected { reason: None }),
    })
}
