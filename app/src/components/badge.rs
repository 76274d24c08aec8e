use leptos::prelude::*;
use model::{Connection, ConnectionState};

use super::{flag, text};
use crate::clock::use_clock;
use crate::i18n::{t, use_locale};
use crate::words;

/// The state of a number: word and colour together, then why, then which number.
#[component]
pub(crate) fn Badge(#[prop(into)] connection: Signal<Option<Connection>>) -> impl IntoView {
    let locale = use_locale();
    let clock = use_clock();
    let word = text(move || with_state(connection, |state| words::state(locale, state).to_owned()));
    let tone = text(move || with_state(connection, |state| words::tone(state).to_owned()));
    let detail = text(move || {
        let gap = |now| connection.with(|one| one.as_ref().map(|one| words::gap(locale, one, now)));
        with_state(connection, |state| match state {
            ConnectionState::Connected => gap(clock.now.get()).unwrap_or_default(),
            ConnectionState::Disconnected { reason: Some(reason) } => {
                words::reason(locale, *reason, clock.zone.get())
            }
            ConnectionState::Connecting { retry_at: Some(at) } => {
                t!(locale, state.retry_in, seconds = clock.seconds_until(*at)).to_string()
            }
            ConnectionState::Paused { why } => words::trouble(locale, *why).to_owned(),
            _ => String::new(),
        })
    });
    let phone = text(move || {
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
            // Told with every change of the word; not by itself, since it may count seconds.
            <span class="status-detail" aria-live="off" hidden=flag(move || detail.with(String::is_empty))>{detail}</span>
            <span class="status-phone" hidden=flag(move || phone.with(String::is_empty))>{phone}</span>
        </p>
    }
    .into_any()
}

/// Reads a connection's state; that of a number that never was connected where there is none.
fn with_state<T>(
    connection: Signal<Option<Connection>>,
    read: impl FnOnce(&ConnectionState) -> T,
) -> T {
    connection.with(|one| match one {
        Some(one) => read(&one.state),
        None => read(&ConnectionState::Disconnected { reason: None }),
    })
}
