//! Loading more of a list when somebody scrolls towards its end.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Chat, ConnectionId};

use super::{Bubble, Inbox};
use crate::api::{self, CHATS_PAGE, MESSAGES_PAGE};

/// What lies beyond the loaded part of a list.
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
    /// Lists the chats of one number, or of all.
    pub(crate) fn list(self, number: Option<ConnectionId>) {
        if self.number.get_untracked() == number {
            return;
        }
        self.number.set(number);
        self.chats.replace(Vec::new());
        self.chats_tail.set(Tail::Loading);
        self.load_chats(None);
    }

    /// Loads the chats below the last one shown.
    pub(crate) fn more_chats(self) {
        let Some(last) = self.chats.last() else { return };
        if !begin(self.chats_tail) {
            return;
        }
        self.load_chats(Some(last));
    }

    fn load_chats(self, below: Option<Chat>) {
        let number = self.number.get_untracked();
        spawn_local(async move {
            let (at, id) = (below.as_ref().map(|chat| chat.last_at), below.map(|chat| chat.id));
            let answer = api::chats(number, at, id).await;
            if !self.alive() || self.number.get_untracked() != number {
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

    /// Loads the messages above the first one shown.
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
                Ok(messages) => {
                    self.bubbles_tail.set(Tail::after(messages.len(), MESSAGES_PAGE));
                    self.bubbles.fill(messages.into_iter().map(Bubble::Stored).collect());
                }
                Err(error) => {
                    self.bubbles_tail.set(Tail::More);
                    self.notice.set(Some(error));
                }
            }
        });
    }
}

/// Whether there is more and nobody is fetching it yet.
fn begin(tail: RwSignal<Tail>) -> bool {
    let more = tail.get_untracked() == Tail::More;
    if more {
        tail.set(Tail::Loading);
    }
    more
}
