//! Loads more of a list when the user scrolls towards its end.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Chat, ChatFilter, ConnectionId, Message};

use super::{Bubble, Inbox, Row};
use crate::api::{self, CHATS_PAGE, MESSAGES_PAGE};

/// The state of a list beyond its loaded part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tail {
    More,
    Loading,
    End,
}

impl Tail {
    /// A page that is not full is the last.
    pub(super) fn after(got: usize, page: usize) -> Self {
        if got < page { Self::End } else { Self::More }
    }
}

impl Inbox {
    /// Lists the chats of one number, or of all, that a filter shows.
    pub(crate) fn list(self, number: Option<ConnectionId>, filter: ChatFilter) {
        if self.listed() == (number, filter) {
            return;
        }
        self.number.set(number);
        self.filter.set(filter);
        self.chats.replace(Vec::new());
        self.chats_tail.set(Tail::Loading);
        self.load_chats(None);
    }

    /// Loads the chats below the last loaded one.
    pub(crate) fn more_chats(self) {
        let Some(last) = self.chats.last() else { return };
        if !begin(self.chats_tail) {
            return;
        }
        self.load_chats(Some(last));
    }

    /// Returns the number whose chats are listed, and the filter.
    fn listed(self) -> (Option<ConnectionId>, ChatFilter) {
        (self.number.get_untracked(), self.filter.get_untracked())
    }

    fn load_chats(self, below: Option<Chat>) {
        let listed @ (number, filter) = self.listed();
        spawn_local(async move {
            let (at, id) = (below.as_ref().map(Chat::listed_at), below.map(|chat| chat.id));
            let answer = api::chats(number, at, id, filter).await;
            if !self.alive() || self.listed() != listed {
                return;
            }
            match answer {
                Ok(chats) => {
                    self.chats_tail.set(Tail::after(chats.len(), CHATS_PAGE));
                    self.chats.fill(chats);
                }
                Err(error) => {
                    self.chats_tail.set(Tail::More);
                    self.notice.set(Some(error));
                }
            }
        });
    }

    /// Loads the messages above the first loaded one.
    pub(crate) fn older_messages(self) {
        let Some(id) = self.open.get_untracked().id() else { return };
        let Some(Bubble::Stored(first)) = self.bubbles.first() else { return };
        if !begin(self.bubbles_tail) {
            return;
        }
        spawn_local(async move {
            let answer = api::messages(id, Some(first.position)).await;
            if !self.alive() || self.open.get_untracked().id() != Some(id) {
                return;
            }
            match answer {
                Ok(messages) => self.show_page(messages),
                Err(error) => {
                    self.bubbles_tail.set(Tail::More);
                    self.drop_above(&Bubble::Stored(first));
                    self.notice.set(Some(error));
                }
            }
        });
    }

    /// Shows a page of messages, oldest first, above the loaded ones or as the first. Messages that
    /// came as an event meanwhile and belong above the page are removed: scrolling up loads them
    /// with everything between.
    pub(super) fn show_page(self, messages: Vec<Message>) {
        let tail = Tail::after(messages.len(), MESSAGES_PAGE);
        self.bubbles_tail.set(tail);
        let page: Vec<_> = messages.into_iter().map(Bubble::Stored).collect();
        let first = page.first().cloned();
        self.bubbles.fill(page);
        if let Some(first) = first.filter(|_| tail == Tail::More) {
            self.drop_above(&first);
        }
    }

    /// Removes the messages above `first`, except for those that a jump has loaded.
    pub(super) fn drop_above(self, first: &Bubble) {
        let reached = self.reached.get_value();
        let edge = reached.map_or(first.rank(), |reached| first.rank().min((false, reached)));
        for above in self.bubbles.matching(|bubble| bubble.rank() < edge) {
            self.bubbles.remove(&above.key());
        }
    }
}

/// Returns true if there is more and it is not being loaded yet, and marks it as loading.
pub(super) fn begin(tail: RwSignal<Tail>) -> bool {
    let more = tail.get_untracked() == Tail::More;
    if more {
        tail.set(Tail::Loading);
    }
    more
}
