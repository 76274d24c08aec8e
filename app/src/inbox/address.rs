//! The address of the page. It names the open conversation, the number whose chats are listed and the
//! filter of the list, and changes with them without loading anything, so that all of them can be linked
//! to, reloaded, and left with "back".

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use model::{ChatFilter, ChatId, ConnectionId};

use super::Inbox;
use crate::{api, browser};

/// The parameter that names the number.
const NUMBER: &str = "numero";
/// The parameter that names the filter of the list.
const FILTER: &str = "filtro";
/// The filters of the list, in their order.
pub(crate) const FILTERS: [ChatFilter; 3] =
    [ChatFilter::All, ChatFilter::Groups, ChatFilter::Archived];

/// The part of the inbox that an address shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The open conversation.
    pub(crate) chat: Option<ChatId>,
    /// The number whose chats are listed; `None` for the chats of all.
    pub(crate) number: Option<ConnectionId>,
    pub(crate) filter: ChatFilter,
}

impl Place {
    /// Reads `…/chat/{id}`, `numero={id}` and `filtro={name}`.
    pub(crate) fn of(path: &str, query: &str) -> Self {
        let chat = path.strip_prefix(api::INBOX).and_then(|rest| rest.split_once("/chat/"));
        Self {
            // An id that is no number names no conversation; zero is never assigned.
            chat: chat.map(|(_, id)| id.trim_end_matches('/').parse().unwrap_or(ChatId(0))),
            number: parameter(query, NUMBER).and_then(|id| id.parse().ok()),
            filter: parameter(query, FILTER).and_then(filter_called).unwrap_or_default(),
        }
    }

    pub(crate) fn address(self) -> String {
        let mut address = api::INBOX.to_owned();
        if let Some(chat) = self.chat {
            address.push_str(&format!("/chat/{chat}"));
        }
        let number = self.number.map(|number| format!("{NUMBER}={number}"));
        let filter = filter_name(self.filter).map(|name| format!("{FILTER}={name}"));
        let mut before = '?';
        for parameter in number.into_iter().chain(filter) {
            address.push(before);
            address.push_str(&parameter);
            before = '&';
        }
        address
    }
}

/// The name of a filter in an address; `None` for the one without a name there.
fn filter_name(filter: ChatFilter) -> Option<&'static str> {
    match filter {
        ChatFilter::All => None,
        ChatFilter::Groups => Some("grupos"),
        ChatFilter::Archived => Some("arquivadas"),
    }
}

fn filter_called(name: &str) -> Option<ChatFilter> {
    FILTERS.into_iter().find(|filter| filter_name(*filter) == Some(name))
}

/// The value of a parameter in the query of an address.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.trim_start_matches('?').split('&');
    pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

impl Inbox {
    /// The place that this page shows.
    pub(crate) fn place(self) -> Place {
        self.beside_list(self.open.with(|open| open.id()))
    }

    /// The conversation `chat`, or none, beside the same list.
    pub(crate) fn beside_list(self, chat: Option<ChatId>) -> Place {
        Place { chat, number: self.number.get(), filter: self.filter.get() }
    }

    /// Handles a click on a link within the inbox: goes there without loading the page, unless the
    /// click asks for another tab or window.
    pub(crate) fn follow_link(self, event: &MouseEvent, to: Place) {
        if !asks_for_this_tab(event) {
            return;
        }
        event.prevent_default();
        self.visit(to);
    }

    /// Goes to another place without loading the page.
    pub(crate) fn visit(self, to: Place) {
        if untrack(|| self.place()) != to {
            browser::push_address(&to.address());
            self.go(to);
        }
    }

    /// Follows the browser's "back" and "forward".
    pub(crate) fn follow_address(self) {
        let listener = window_event_listener_untyped("popstate", move |_| {
            self.go(Place::of(&browser::path(), &browser::query()));
        });
        on_cleanup(move || listener.remove());
    }

    fn go(self, to: Place) {
        self.list(to.number, to.filter);
        self.open(to.chat);
    }
}

/// Returns false for a click on a link that asks for another tab or window.
pub(crate) fn asks_for_this_tab(event: &MouseEvent) -> bool {
    let elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    !elsewhere && event.button() == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_the_conversation_the_number_and_the_filter() {
        let of = |address: &str| {
            let (path, query) = address.split_once('?').unwrap_or((address, ""));
            Place::of(path, query)
        };
        assert_eq!(of("/atendente/inbox-pirata"), Place::default());
        assert_eq!(of("/atendente/inbox-pirata/chat/12/").chat, Some(ChatId(12)));
        assert_eq!(of("/atendente/inbox-pirata/chat/abc").chat, Some(ChatId(0)));
        assert_eq!(of("/atendente/inbox-pirata?a=1&numero=3").number, Some(ConnectionId(3)));
        assert_eq!(of("/atendente/inbox-pirata?numero=x"), Place::default());
        assert_eq!(of("/admin/atendentes"), Place::default());
        assert_eq!(of("/atendente/inbox-pirata?filtro=outros"), Place::default());
        assert_eq!(of("/atendente/inbox-pirata?filtro=arquivadas").filter, ChatFilter::Archived);
        for chat in [None, Some(ChatId(12))] {
            for number in [None, Some(ConnectionId(3))] {
                for filter in FILTERS {
                    let place = Place { chat, number, filter };
                    assert_eq!(of(&place.address()), place);
                }
            }
        }
    }
}
