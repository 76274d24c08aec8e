//! Pages for scripts: each keeps elements, words and limits for the scripts of one feature
//! (`browser/later/server-parts.js`), so that the browser's program has none of them.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::ChatId;

use super::{framed, title};
use crate::api;
use crate::components::{Glyph, Icon};
use crate::i18n::use_locale;
use crate::inbox::Place;

/// The words that a page for scripts has for people: their browser runs no scripts, or they followed an
/// address that is not for them.
pub(super) struct ForPeople {
    title: &'static str,
    lead: &'static str,
    back: &'static str,
    /// The address that `back` leads to.
    href: String,
}

impl ForPeople {
    /// The words of a page from which `back` leads to the inbox.
    pub(super) fn of_inbox(title: &'static str, lead: &'static str, back: &'static str) -> Self {
        Self { title, lead, back, href: api::INBOX.to_owned() }
    }

    /// The words of a page from which `back` leads to the conversation `chat` of its address.
    pub(super) fn of_chat(title: &'static str, lead: &'static str, back: &'static str) -> Self {
        let chat = use_query_map()
            .with_untracked(|query| query.get("chat").and_then(|id| id.parse::<ChatId>().ok()));
        Self { title, lead, back, href: Place { chat, ..Place::default() }.address() }
    }
}

/// A page for scripts. `parts` has everything that they take from it.
pub(super) fn script_page(people: ForPeople, parts: fn() -> AnyView) -> impl IntoView {
    let locale = use_locale();
    let ForPeople { title: heading, lead, back, href } = people;
    view! {
        <Title text=title(locale, heading) />
        {framed(api::me(), move |_| view! {
            <main class="page narrow">
                <header>
                    <h1>{heading}</h1>
                    <p class="lead">{lead}</p>
                </header>
                <p><a class="button" href=href>{back}</a></p>
                {parts()}
            </main>
        }
        .into_any())}
    }
}

/// The sentences that scripts use, with a name in braces for each blank.
pub(super) fn words(words: impl IntoIterator<Item = (&'static str, String)>) -> AnyView {
    let words = words.into_iter().map(|(name, words)| view! { <li data-word=name>{words}</li> });
    view! { <ul hidden>{words.collect_view()}</ul> }.into_any()
}

/// The places for a problem and for the progress in the form of a dialog (`browser/later/form-dialog.js`).
pub(super) fn problem_and_status() -> AnyView {
    view! {
        <div class="form-error" role="alert">
            <p hidden><Icon of=Glyph::Alert /><span data-slot="problem"></span></p>
        </div>
        <p class="muted" role="status" data-slot="status"></p>
    }
    .into_any()
}

/// A button that is only an icon: `icon` is its path (`components::icon`), and `does` names for scripts what
/// it does.
pub(super) fn icon_button(does: &'static str, name: &'static str, icon: &'static str) -> AnyView {
    view! {
        <button type="button" class="round" data-do=does title=name aria-label=name>
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=icon></path></svg>
        </button>
    }
    .into_any()
}
