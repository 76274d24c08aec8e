//! The open conversation.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Chat, ChatFilter, ChatId, Message};

use super::{Bubble, Inbox, Row, Tail};
use crate::ApiError;
use crate::api::{self, OpenChat};

/// The content of the pane beside the list.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is one of them")]
pub(crate) enum Open {
    Nothing,
    Loading(ChatId),
    Ready(Chat),
    /// The chat does not exist, or this viewer may not read it.
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
    /// Opens another conversation, or none, as the address changes.
    pub(crate) fn open(self, asked: Option<ChatId>) {
        if self.open.get_untracked().id() != asked {
            self.load(asked);
        }
    }

    /// Retries what could not be opened, once the server is reachable again.
    pub(crate) fn recover(self) {
        if let Open::Failed(_, ApiError::Unreachable) = self.open.get_untracked() {
            self.reopen();
        }
    }

    /// Retries what could not be opened.
    pub(crate) fn reopen(self) {
        self.load(self.open.get_untracked().id());
    }

    fn load(self, asked: Option<ChatId>) {
        self.reply.set(None);
        self.editing.set(None);
        self.overlay.set(None);
        self.reached.set_value(None);
        self.bubbles.replace(Vec::new());
        self.bubbles_tail.set(Tail::End);
        let Some(id) = asked else {
            self.open.set(Open::Nothing);
            return;
        };
        let known = self.chats.get_untracked(&id);
        // Events that arrive from here on are kept, and the response fills in around them.
        self.open.set(match &known {
            Some(chat) => Open::Ready(chat.clone()),
            None => Open::Loading(id),
        });
        self.bubbles_tail.set(Tail::Loading);
        self.recall_reply();
        spawn_local(async move {
            let answer = match known {
                Some(chat) => api::messages(id, None)
                    .await
                    .map(|messages| Some(OpenChat::Found { chat, messages })),
                None => api::inbox(Some(id), None, ChatFilter::All).await.map(|page| page.open),
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

    /// Replaces the open conversation with the server's response.
    pub(super) fn show(self, asked: Option<ChatId>, found: Option<OpenChat>) {
        if let Some(OpenChat::Found { chat, messages }) = &found
            && self.continues(chat.id, messages)
        {
            for message in messages {
                self.bubbles.put(Bubble::Stored(message.clone()));
            }
            self.open.set(Open::Ready(chat.clone()));
            return;
        }
        self.reached.set_value(None);
        let unsent = self.unsent.get_untracked();
        let unsent = unsent.into_iter().filter(|unsent| Some(unsent.chat) == asked);
        let messages = match &found {
            Some(OpenChat::Found { messages, .. }) => messages.clone(),
            _ => Vec::new(),
        };
        let stored = messages.into_iter().map(Bubble::Stored);
        // All at once: a bubble on the page keeps the signal that it reads.
        self.bubbles.replace(unsent.map(Bubble::Unsent).chain(stored).collect());
        self.close_orphans();
        match asked {
            Some(id) => {
                self.open.set(Open::Loading(id));
                self.fill(id, found);
            }
            None => self.open.set(Open::Nothing),
        }
    }

    /// Returns true if the newest messages of a chat join the loaded ones without a gap. Then older
    /// pages stay, and a user who reads far up stays there.
    fn continues(self, chat: ChatId, newest: &[Message]) -> bool {
        let shown = matches!(self.open.get_untracked(), Open::Ready(shown) if shown.id == chat);
        shown
            && newest.first().is_some_and(|oldest| {
                let key = Bubble::Stored(oldest.clone()).key();
                matches!(self.bubbles.get_untracked(&key), Some(Bubble::Stored(_)))
            })
    }

    fn fill(self, id: ChatId, found: Option<OpenChat>) {
        let Some(OpenChat::Found { chat, messages }) = found else {
            self.open.set(Open::Missing(id));
            return;
        };
        self.show_page(messages);
        let unsent = self.unsent.get_untracked();
        let unsent = unsent.into_iter().filter(|unsent| unsent.chat == id);
        self.bubbles.fill(unsent.map(Bubble::Unsent).collect());
        if matches!(self.open.get_untracked(), Open::Loading(_)) {
            self.open.set(Open::Ready(chat));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::InboxPage;
    use crate::clock::Clock;
    use crate::inbox::{BubbleKey, Overlay};
    use model::{MessageId, Role, User, UserId};

    fn message(id: i64) -> Message {
        Message { text: format!("{id}"), ..fixtures::message(id) }
    }

    /// A page with the messages of `range` in its open chat.
    fn page(range: std::ops::Range<i64>) -> InboxPage {
        let chat = Chat { last_at: fixtures::at(range.end), ..fixtures::chat(1) };
        let messages = range.map(message).collect();
        InboxPage {
            me: User {
                id: UserId(1),
                name: "Ana".into(),
                email: "ana@loja.example".into(),
                role: Role::Atendente,
            },
            seq: 0,
            number: None,
            connections: Vec::new(),
            filter: ChatFilter::All,
            chats: vec![chat.clone()],
            unread: Vec::new(),
            archived: Vec::new(),
            drafts: Vec::new(),
            open: Some(OpenChat::Found { chat, messages }),
        }
    }

    fn shown_after(second: std::ops::Range<i64>) -> Vec<i64> {
        Owner::new().with(|| {
            let id = Some(ChatId(1));
            let inbox = Inbox::provide(page(100..160), id, Clock::provide());
            inbox.bubbles.fill((40..100).map(message).map(Bubble::Stored).collect());
            inbox.replace(page(second), id);
            inbox.bubbles.matching(|_| true).iter().map(|bubble| bubble.rank().1).collect()
        })
    }

    #[test]
    fn loading_again_keeps_the_older_pages_that_the_new_one_joins() {
        assert_eq!(shown_after(120..180), (40..180).collect::<Vec<_>>());
    }

    /// Returns the messages that are shown after events of `heard` came while the newest page was
    /// loading, and if each has the text of the event, `99`.
    fn heard_while_loading(heard: &[i64], answer: std::ops::Range<i64>) -> Vec<(i64, bool)> {
        Owner::new().with(|| {
            let inbox = Inbox::provide(page(0..0), Some(ChatId(1)), Clock::provide());
            inbox.bubbles_tail.set(Tail::Loading);
            for id in heard {
                inbox.put_bubble(Message { text: "99".into(), ..message(*id) });
            }
            inbox.show_page(answer.map(message).collect());
            let shown = inbox.bubbles.matching(|_| true);
            let state = |bubble: &Bubble| match bubble {
                Bubble::Stored(message) => (message.id.0, message.text == "99"),
                Bubble::Unsent(_) => (0, false),
            };
            shown.iter().map(state).collect()
        })
    }

    #[test]
    fn what_is_heard_while_a_page_loads_is_newer_than_the_page() {
        let shown = heard_while_loading(&[3, 1], 1..4);
        assert_eq!(shown, [(1, true), (2, false), (3, true)]);
    }

    #[test]
    fn what_belongs_above_a_full_page_waits_for_its_own() {
        let shown = heard_while_loading(&[150, 7], 100..160);
        assert_eq!(shown.first(), Some(&(100, false)));
        assert!(shown.contains(&(150, true)) && shown.len() == 60);
    }

    #[test]
    fn a_page_that_comes_after_a_jump_removes_nothing_of_it() {
        Owner::new().with(|| {
            let inbox = Inbox::provide(page(100..160), Some(ChatId(1)), Clock::provide());
            inbox.bubbles_tail.set(Tail::Loading);
            inbox.bubbles.fill((10..100).map(message).map(Bubble::Stored).collect());
            inbox.reached.set_value(Some(10));
            inbox.show_page((40..100).map(message).collect());
            let first = inbox.bubbles.first().map(|bubble| bubble.rank().1);
            assert_eq!(first, Some(10));
        });
    }

    #[test]
    fn a_long_gap_closes_the_editor_of_a_message_that_it_removed() {
        Owner::new().with(|| {
            let id = Some(ChatId(1));
            let inbox = Inbox::provide(page(100..160), id, Clock::provide());
            let overlay = |message| Overlay {
                make: |_| ().into_any(),
                key: BubbleKey::In(MessageId(message)),
                text: String::new(),
            };
            inbox.editing.set(Some(overlay(100)));
            inbox.overlay.set(Some(overlay(175)));
            inbox.replace(page(170..230), id);
            assert!(inbox.editing.with_untracked(Option::is_none));
            assert!(inbox.overlay.with_untracked(Option::is_some));
        });
    }

    #[test]
    fn messages_that_stay_after_a_gap_keep_their_signals() {
        Owner::new().with(|| {
            let id = Some(ChatId(1));
            let inbox = Inbox::provide(page(100..110), id, Clock::provide());
            let cell = inbox.bubbles.cell(&BubbleKey::In(MessageId(105))).unwrap();
            inbox.replace(page(90..130), id);
            inbox.put_bubble(Message { text: "99".into(), ..message(105) });
            let text = |bubble: &Bubble| bubble.stored().unwrap().text.clone();
            assert_eq!(cell.with_untracked(text), "99");
        });
    }

    #[test]
    fn loading_again_after_a_long_gap_starts_from_the_newest_page() {
        assert_eq!(shown_after(170..230), (170..230).collect::<Vec<_>>());
    }
}
