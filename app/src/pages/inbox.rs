use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::gallery::Gallery;
use super::{failed, framed};
use crate::i18n::{Locale, use_locale};
use crate::inbox::Place;
use crate::inbox::attention::tab_title;
use crate::islands::Inbox as Island;
use crate::{ApiError, api, labels};

/// `/atendente/inbox-pirata`, and with `/chat/{id}` one conversation open in it.
#[component]
pub(crate) fn Inbox() -> impl IntoView {
    let locale = use_locale();
    let here = use_location();
    let Place { chat: asked, number, filter } = here
        .pathname
        .with_untracked(|path| here.search.with_untracked(|query| Place::of(path, query)));
    framed(api::inbox(asked, number, filter), move |page| {
        let unread = page.unread.iter().map(|(_, unread)| unread).sum();
        view! {
            <Title text=tab_title(locale, unread) />
            // Forms in the island show their errors themselves; this is for browsers without
            // JavaScript.
            {failed(api::ConnectWithCode::url()).map(|error| view! {
                <div class="notice" role="alert"><p>{refusal(locale, &error)}</p></div>
            })}
            <Island page asked />
            <Gallery />
        }
        .into_any()
    })
}

/// The error as a sentence, with the numbers to choose from if it asks for one.
fn refusal(locale: Locale, error: &ApiError) -> String {
    let words = labels::error(locale, error);
    match error {
        ApiError::AmbiguousPhone { one, other } => format!("{words} {one}; {other}"),
        _ => words,
    }
}
