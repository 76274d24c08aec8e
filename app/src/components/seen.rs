use leptos::prelude::*;

use super::element::element;
use super::{Glyph, Icon};
use crate::api;
use crate::i18n::{Locale, t};
use crate::inbox::Bubble;

/// The members of a group who read a message of the number: a link to its receipts, which
/// `browser/later/groups/message-info.js` shows in a dialog.
pub(super) fn seen_by(locale: Locale, bubble: &Bubble) -> AnyView {
    let Some(message) = bubble.stored().filter(|message| message.read_by > 0) else {
        return ().into_any();
    };
    let address = api::message_info_page(message.id);
    let name = t!(locale, chat.read_by, n = message.read_by).to_string();
    let attributes = [
        ("class", Some("seen")),
        ("href", Some(&*address)),
        ("data-info", Some(&*address)),
        ("aria-label", Some(&*name)),
        ("title", Some(&*name)),
    ];
    let parts =
        vec![view! { <Icon of=Glyph::Eye /> }.into_any(), message.read_by.to_string().into_any()];
    element("A", &attributes, parts.into_any())
}
