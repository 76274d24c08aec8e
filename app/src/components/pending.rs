use leptos::prelude::*;
use model::{Change, ConnectionState, PendingChange};

use super::element::{Attribute, element};
use super::{Glyph, Icon};
use crate::i18n::{Locale, t};
use crate::inbox::{Bubble, Inbox, Open};
use crate::labels;

/// The changes of a message that WhatsApp has not confirmed, a line each.
pub(super) fn pending(locale: Locale, inbox: Inbox, bubble: &Bubble) -> AnyView {
    let changes = bubble.stored().map(|message| &message.pending[..]).unwrap_or_default();
    let lines = changes.iter().map(|change| line(locale, inbox, change));
    lines.collect::<Vec<_>>().into_any()
}

fn is_connected(inbox: Inbox) -> bool {
    let number = inbox.open.with(|open| match open {
        Open::Ready(chat) => Some(chat.connection),
        _ => None,
    });
    let connection = number.and_then(|number| inbox.connection(number));
    connection.is_none_or(|one| {
        matches!(one.state, ConnectionState::Connected | ConnectionState::Syncing)
    })
}

fn line(locale: Locale, inbox: Inbox, one: &PendingChange) -> AnyView {
    let Some(reason) = one.failed else {
        let mut words = under_way(locale, &one.change);
        if !is_connected(inbox) {
            words.push(' ');
            words.push_str(t!(locale, pending.waits));
        }
        let icon = view! { <Icon of=Glyph::Clock /> };
        let parts = vec![icon.into_any(), words.into_any()];
        // Both lines name both attributes, because one may become the other.
        let attributes = [("class", Some("pending")), ("role", None)];
        return element("P", &attributes, parts.into_any());
    };
    let words = format!("{} {}", failed(locale, &one.change), labels::fail_reason(locale, reason));
    let id = one.id.to_string();
    let button = |act: &'static str, name: &str| {
        let attributes: [Attribute<'_>; 4] = [
            ("class", Some("link")),
            ("type", Some("button")),
            ("data-act", Some(act)),
            ("data-of", Some(&*id)),
        ];
        element("BUTTON", &attributes, name.to_owned().into_any())
    };
    let mut parts = vec![element("SPAN", &[], words.into_any())];
    if inbox.right_here().writes() {
        parts.push(button("retry", t!(locale, delivery.retry)));
        parts.push(button("discard", t!(locale, pending.discard)));
    }
    let alert = [("class", Some("msg-failed")), ("role", Some("alert"))];
    element("P", &alert, parts.into_any())
}

fn under_way(locale: Locale, change: &Change) -> String {
    match change {
        Change::Edit { .. } => t!(locale, pending.edit).to_owned(),
        Change::Revoke => t!(locale, pending.revoke).to_owned(),
        Change::React { emoji } if emoji.is_empty() => t!(locale, pending.unreact).to_owned(),
        Change::React { emoji } => t!(locale, pending.react, emoji = emoji.as_str()).to_string(),
    }
}

fn failed(locale: Locale, change: &Change) -> &'static str {
    match change {
        Change::Edit { .. } => t!(locale, pending.edit_failed),
        Change::Revoke => t!(locale, pending.revoke_failed),
        Change::React { .. } => t!(locale, pending.react_failed),
    }
}
