//! The conversation that is open.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Chat, ChatId};

use super::{Bubble, Inbox, Tail};
use crate::ApiError;
use crate::api::{self, MESSAGES_PAGE, OpenChat};

/// What the pane beside the list shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Open {
    Nothing,
    Loading(ChatId),
    Ready(Chat),
    /// Not there, or not for this viewer.
    Missing(ChatId),
    Failed(ChatId, ApiError),
}

impl Open {
    pub(crate) fn id(&self) -> Option<ChatId> {
        match self {
            Self::Nothing => None,
            Self::Loading(id) | Self::Missing(id) | Self::Failed(id, _) => Some(*id),
            Self::Ready(chat) => Some(chat.id),
        }
    }
}

impl Inbox {
    /// Follows the address: opens another conversation, or none.
    pub(crate) fn open(self, asked: Option<ChatId>) {
        if self.open.get_untracked().id() != asked {
            self.load(asked);
        }
    }

    /// The server is heard from again: tries what could not be opened for want of it.
    pub(crate) fn recover(self) {
        if let Open::Failed(_, ApiError::Unreachable) = self.open.get_untracked() {
            self.reopen();
        }
    }

    /// Tries again what could not be opened.
    pub(crate) fn reopen(self) {
        self.load(self.open.get_untracked().id());
    }

    fn load(self, asked: Option<ChatId>) {
        self.bubbles.replace(Vec::new());
        self.bubbles_tail.set(Tail::End);
        let Some(id) = asked else {
            self.open.set(Open::Nothing);
            return;
        };
        let known = self.chats.get_untracked(&id);
        // Events that arrive from here on are kept, and the answer fills in around them.
        self.open.set(match &known {
            Some(chat) => Open::Ready(chat.clone()),
            None => Open::Loading(id),
        });
        self.bubbles_tail.set(Tail::Loading);
        spawn_local(async move {
            let answer = match known {
                Some(chat) => api::messages(id, None)
                    .await
                    .map(|messages| Some(OpenChat::Found { chat, messages })),
                None => api::inbox(Some(id)).await.map(|page| page.open),
            };
            if !self.alive() || self.open.get_untracked().id() != Some(id) {
                return;
            }
            match answer {
                Ok(found) => self.fill(id, found),
                Err(ApiError::NotFound) => self.open.set(Open::Missing(id)),
                Err(error) => self.open.set(Open::Failed(id, error)),
            }
        });
    }

    /// Shows what the server answered in place of what was shown.
    pub(super) fn show(self, asked: Option<ChatId>, found: Option<OpenChat>) {
        let unsent: Vec<_> = self
            .unsent
            .get_untracked()
            .into_iter()
            .filter(|unsent| Some(unsent.chat) == asked)
            .map(Bubble::Unsent)
            .collect();
        self.bubbles.replace(unsent);
        match asked {
            Some(id) => {
                self.open.set(Open::Loading(id));
                self.fill(id, found);
            }
            None => self.open.set(Open::Nothing),
        }
    }

    fn fill(self, id: ChatId, found: Option<OpenChat>) {
        let Some(OpenChat::Found { chat, messages }) = found else {
            self.open.set(Open::Missing(id));
            return;
        };
        self.bubbles_tail.set(Tail::after(messages.len(), MESSAGES_PAGE));
        self.bubbles.fill(messages.into_iter().map(Bubble::Stored).collect());
        let unsent = self.unsent.get_untracked();
        let unsent = unsent.into_iter().filter(|unsent| unsent.chat == id);
        self.bubbles.fill(unsent.map(Bubble::Unsent).collect());
        if matches!(self.open.get_untracked(), Open::Loading(_)) {
            self.open.set(Open::Ready(chat));
        }
    }
}
