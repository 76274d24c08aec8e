use leptos::prelude::*;
use model::ConnectionId;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Sending;
use super::pair_again::PairAgain;
use crate::i18n::{t, use_locale};

/// The account requires a passkey to confirm a new device: the steps that its owner has to do
/// first.
#[component]
pub(super) fn Passkey(id: ConnectionId, sending: Sending) -> impl IntoView {
    let locale = use_locale();
    let steps = [
        (t!(locale, passkey.open), t!(locale, passkey.open_hint)),
        (t!(locale, passkey.remove), t!(locale, passkey.remove_hint)),
        (t!(locale, passkey.scan), t!(locale, passkey.scan_hint)),
    ];
    view! {
        <h3>{t!(locale, passkey.todo)}</h3>
        <ol class="steps">
            {steps.map(|(step, hint)| view! { <li><span>{step}<small>{hint}</small></span></li> })}
        </ol>
        <div class="ways-row">
            <PairAgain id label=t!(locale, passkey.again) sending />
            // This is WhatsApp's own page for a text whose receiver is chosen there.
            <a class="button quiet" href=share(&steps.map(|(step, _)| step)) target="_blank" rel="noreferrer">
                {t!(locale, passkey.send)}
            </a>
        </div>
        <details>
            <summary class="link">{t!(locale, passkey.kept)}</summary>
            <p>{t!(locale, passkey.nothing_kept)}</p>
        </details>
    }
    .into_any()
}

/// The steps as a text that WhatsApp offers to send (`wa.me/?text=`, the "click to chat" of its
/// help).
fn share(steps: &[&str]) -> String {
    let lines = steps.iter().zip(1..).map(|(step, number)| format!("{number}. {step}"));
    let text = lines.collect::<Vec<_>>().join("\n");
    format!("https://wa.me/?text={}", utf8_percent_encode(&text, NON_ALPHANUMERIC))
}
