//! The address of the page: it names the open conversation and changes with it, without loading
//! anything, so that a conversation can be linked to, reloaded, and left with "back".

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use model::ChatId;

use super::Inbox;
use crate::{api, browser};

/// The conversation in `…/chat/{id}`.
pub(crate) fn chat_of(path: &str) -> Option<ChatId> {
    let (_, id) = path.strip_prefix(api::INBOX)?.split_once("/chat/")?;
    // An id that is no number names no conversation; zero is never given out.
    Some(id.trim_end_matches('/').parse().unwrap_or(ChatId(0)))
}

/// Where a conversation is, or the list without one.
pub(crate) fn address_of(chat: Option<ChatId>) -> String {
    match chat {
        Some(id) => format!("{}/chat/{id}", api::INBOX),
        None => api::INBOX.to_owned(),
    }
}

impl Inbox {
    /// A link to a conversation was clicked: opens it here, unless the click asks for another tab or
    /// window.
    pub(crate) fn follow_link(self, event: &MouseEvent, to: Option<ChatId>) {
        let elsewhere =
            event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if elsewhere || event.button() != 0 {
            return;
        }
        event.prevent_default();
        if self.open.get_untracked().id() != to {
            browser::push_address(&address_of(to));
            self.open(to);
        }
    }

    /// Goes along with the browser's "back" and "forward".
    pub(crate) fn follow_address(self) {
        let listener = window_event_listener_untyped("popstate", move |_| {
            self.open(chat_of(&browser::path()));
        });
        on_cleanup(move || listener.remove());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_the_conversation() {
        assert_eq!(chat_of("/atendente/inbox-pirata"), None);
        assert_eq!(chat_of("/atendente/inbox-pirata/chat/12/"), Some(ChatId(12)));
        assert_eq!(chat_of("/atendente/inbox-pirata/chat/abc"), Some(ChatId(0)));
        assert_eq!(chat_of("/admin/atendentes"), None);
        for chat in [None, Some(ChatId(12))] {
            assert_eq!(chat_of(&address_of(chat)), chat);
        }
    }
}
