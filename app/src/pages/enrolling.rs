use leptos::prelude::*;

use crate::api::Enrolling;
use crate::i18n::{t, use_locale};

/// The secret for the app on the phone: a code to scan, or the same to type.
#[component]
pub(super) fn Enrol(enrolling: Enrolling) -> impl IntoView {
    let locale = use_locale();
    let Enrolling { secret, picture } = enrolling;
    let groups: Vec<&str> =
        secret.as_bytes().chunks(4).filter_map(|group| str::from_utf8(group).ok()).collect();
    view! {
        <ol class="enrol-steps">
            <li>{t!(locale, totp.step_app)}</li>
            <li>{t!(locale, totp.step_scan)}</li>
            <li>{t!(locale, totp.step_code)}</li>
        </ol>
        <figure class="enrol">
            <div class="qr-picture" role="img" aria-label=t!(locale, totp.qr) inner_html=picture></div>
            <figcaption>
                <span class="muted">{t!(locale, totp.secret)}</span>
                <code>{groups.join(" ")}</code>
            </figcaption>
        </figure>
    }
    .into_any()
}

/// The field for a code.
#[component]
pub(super) fn CodeField(label: &'static str) -> impl IntoView {
    view! {
        <label class="field code-field">
            <span>{label}</span>
            <input
                name="code"
                autocomplete="one-time-code"
                autocapitalize="none"
                spellcheck="false"
                maxlength="20"
                required
                autofocus
            />
        </label>
    }
}
