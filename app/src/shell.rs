//! The document around the application.

use std::collections::BTreeMap;

use chrono::Utc;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::i18n::{self, Locale};
use crate::state::Program;
use crate::{App, Assets, api, preferences};

/// The whole HTML document. The server sends the `Content-Security-Policy` header, which names the
/// same nonce.
pub fn shell(assets: &Assets) -> impl IntoView + use<> {
    let Assets { programs, tab, css } = assets.clone();
    let Program { js, wasm, link, parts } =
        if shows_inbox() { programs.inbox } else { programs.pages };
    // The browser hydrates only islands; each one declares this for itself.
    if let Some(context) = Owner::current_shared_context() {
        context.set_is_hydrating(false);
    }
    let locale = i18n::requested();
    let lang = match locale {
        Locale::pt_BR => "pt-BR",
        Locale::en => "en",
    };
    let start = (!js.is_empty()).then(|| {
        view! {
            <link rel="modulepreload" nonce=use_nonce() href=js.clone() />
            <link rel="modulepreload" nonce=use_nonce() href=link />
            <link rel="modulepreload" nonce=use_nonce() href=tab.clone() />
            <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
            <script type="module" nonce=use_nonce() inner_html=start_script(&js, &wasm, &tab, &parts)></script>
        }
    });
    view! {
        <!DOCTYPE html>
        <html lang=lang data-theme=preferences::theme() data-enter=preferences::enter_key()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
                <meta name="color-scheme" content="light dark" />
                <meta name="referrer" content="same-origin" />
                <link rel="icon" href="/pkg/favicon.svg" r#type="image/svg+xml" />
                {(!css.is_empty()).then(|| view! { <link rel="stylesheet" href=css /> })}
                {start}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Returns true if the requested page is the inbox.
fn shows_inbox() -> bool {
    let parts: Option<http::request::Parts> = use_context();
    parts.is_some_and(|parts| parts.uri.path().starts_with(api::INBOX))
}

/// Measures how wrong this machine's clock is, then loads the program. The measurement comes first,
/// before anything has to be fetched.
fn start_script(js: &str, wasm: &str, tab: &str, parts: &BTreeMap<String, Vec<String>>) -> String {
    let now = Utc::now().timestamp_millis();
    format!(
        "document.documentElement.dataset.skew={now}-Date.now();\
         ({start})({js:?},{wasm:?},{tab:?},{parts:?})",
        start = include_str!("start.js").trim_end(),
    )
}
