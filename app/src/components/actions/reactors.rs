use leptos::prelude::*;
use model::{Author, Reaction};

use super::super::element::element;
use super::super::erased_view;
use super::modal::modal;
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::{Inbox, Overlay, use_inbox};

/// The list of those who reacted to a message. The number's own reaction is taken back here.
pub(super) fn reactors(overlay: Overlay) -> AnyView {
    let locale = use_locale();
    let inbox = use_inbox();
    let Some(cell) = inbox.bubbles.cell(&overlay.key) else { return ().into_any() };
    let cell = RwSignal::from(cell);
    let can_write = untrack(|| inbox.right_here()).writes();
    let people = erased_view(move || {
        let reactions = cell.with(|bubble| {
            bubble.stored().map(|message| message.reactions.clone()).unwrap_or_default()
        });
        let people = reactions
            .into_iter()
            .flat_map(|Reaction { emoji, by }| by.into_iter().map(move |who| (who, emoji.clone())));
        let rows = people.map(|(who, emoji)| row(locale, inbox, can_write, who, emoji));
        rows.collect::<Vec<_>>().into_any()
    });
    let content = view! {
        <h2>{t!(locale, actions.reactors)}</h2>
        <ul class="reactors">{people}</ul>
        <div class="dialog-buttons">
            <button class="button quiet" type="button" data-close="">{t!(locale, actions.close)}</button>
        </div>
    };
    modal(&overlay.key, "menu beside", t!(locale, actions.reactors), content.into_any())
}

fn row(locale: Locale, inbox: Inbox, can_write: bool, who: Author, emoji: String) -> AnyView {
    let is_own = !matches!(who, Author::Contact { .. });
    let name = match who {
        Author::User { name } | Author::Contact { name: Some(name) } => name,
        Author::Contact { name: None } => inbox.contact(),
        Author::Phone => t!(locale, actions.by_phone).to_owned(),
    };
    let mut parts = vec![
        element("SPAN", &[("dir", Some("auto"))], name.into_any()),
        element("SPAN", &[("class", Some("emoji"))], emoji.into_any()),
    ];
    if is_own && can_write {
        let attributes =
            [("class", Some("link")), ("type", Some("button")), ("data-act", Some("unreact"))];
        let words = t!(locale, actions.unreact).to_owned();
        parts.push(element("BUTTON", &attributes, words.into_any()));
    }
    element("LI", &[], parts.into_any())
}
