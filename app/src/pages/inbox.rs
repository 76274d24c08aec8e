use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::framed;
use crate::api;
use crate::i18n::use_locale;
use crate::inbox::Place;
use crate::inbox::attention::tab_title;
use crate::islands::Inbox as Island;

/// `/atendente/inbox-pirata`, and with `/chat/{id}` one conversation open in it.
#[component]
pub(crate) fn Inbox() -> impl IntoView {
    let locale = use_locale();
    let here = use_location();
    let Place { chat: asked, number } = here
        .pathname
        .with_untracked(|path| here.search.with_untracked(|query| Place::of(path, query)));
    framed(api::inbox(asked, number), move |page| {
        let unread = page.chats.iter().map(|chat| chat.unread).sum();
        view! {
            <Title text=tab_title(locale, unread) />
            <Island page asked />
        }
        .into_any()
    })
}
