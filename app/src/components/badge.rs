use leptos::prelude::*;
use model::{Connection, ConnectionState};

use crate::clock::use_clock;
use crate::i18n::{t, use_locale};
use crate::words;

/// The state of a number: word and colour together, then why, then which number.
#[component]
pub(crate) fn Badge(#[prop(into)] connection: Signal<Option<Connection>>) -> impl IntoView {
    let locale = use_locale();
    let clock = use_clock();
    let state = Memo::new(move |_| {
        connection.with(|one| {
            one.as_ref()
                .map_or(ConnectionState::Disconnected { reason: None }, |one| one.state.clone())
        })
    });
    let phone =
        Memo::new(move |_| connection.with(|one| one.as_ref()?.phone.as_deref().map(words::phone)));
    let detail = move || match state.get() {
        ConnectionState::Disconnected { reason: Some(reason) } => {
            Some(words::reason(locale, reason, clock.zone.get()))
        }
        ConnectionState::Connecting { retry_at: Some(at) } => {
            let seconds = clock.seconds_until(at);
            Some(t!(locale, state.retry_in, seconds = seconds).to_string())
        }
        _ => None,
    };
    view! {
        <p class="status" role="status">
            <span class="badge" data-tone=move || state.with(words::tone)>
                {move || state.with(|state| words::state(locale, state))}
            </span>
            {move || detail().map(|detail| view! { <span class="status-detail">{detail}</span> })}
            {move || phone.get().map(|phone| view! { <span class="status-phone">{phone}</span> })}
        </p>
    }
    .into_any()
}
