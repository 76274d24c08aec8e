use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use model::ConnectionId;

use super::{NumberField, Sending};
use crate::api;
use crate::i18n::{t, use_locale};

/// A form with a button that starts the pairing of a number again.
#[component]
pub(super) fn PairAgain(id: ConnectionId, label: &'static str, sending: Sending) -> impl IntoView {
    let locale = use_locale();
    view! {
        <form method="post" action=api::Connect::url() on:submit=move |event| sending.submit(&event)>
            <NumberField connection=Some(id) />
            <button
                class="button"
                disabled=sending.pending
                // The names of all buttons that start a pairing begin alike.
                aria-label=format!("{}: {label}", t!(locale, pair.connect))
            >
                {label}
            </button>
        </form>
    }
    .into_any()
}
