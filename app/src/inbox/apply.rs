//! Applies events of the live stream.

use chrono::TimeDelta;
use leptos::prelude::*;
use model::{
    Chat, ChatFilter, ChatId, ChatMark, Connection, ConnectionId, Draft, LiveEvent, Message,
    MessageId,
};

use super::{Bubble, Inbox, Open, Place, Row, Tail};
use crate::live::{Applied, LivePage};
use crate::{ApiError, api, browser};

/// The time after which "digitando…" and "gravando áudio…" are assumed to have ended. WhatsApp repeats
/// them every ten seconds or so and may never report that they stopped.
const TYPING: TimeDelta = TimeDelta::seconds(15);

impl LivePage for Inbox {
    type Event = LiveEvent;

    fn apply(self, event: LiveEvent) -> Applied {
        match event {
            LiveEvent::Connection { connection } => self.put_connection(connection),
            LiveEvent::ConnectionGone { connection } => self.forget_connection(connection),
            LiveEvent::Message { chat, message } => self.put_message(chat, message),
            LiveEvent::Chat { chat } => self.put_chat(chat),
            LiveEvent::Gone(message) => self.drop_gone(message),
            LiveEvent::Typing { chat, typing, recording } => {
                self.put_typing(chat, typing, recording)
            }
            LiveEvent::Unread { numbers, archived } => {
                self.unread.set(numbers);
                if let Some(archived) = archived {
                    self.archived.set(archived);
                }
            }
            LiveEvent::Drafts { drafts, all } => self.put_drafts(drafts, all),
            LiveEvent::Resync => return Applied::LoadAgain,
        }
        Applied::Done
    }

    async fn reload(self) -> Result<i64, ApiError> {
        loop {
            let chat = self.open.try_get_untracked().and_then(|open| open.id());
            let number = self.number.try_get_untracked().flatten();
            let filter = self.filter.try_get_untracked().unwrap_or_default();
            let page = api::inbox(chat, number, filter).await?;
            let seq = page.seq;
            if !self.alive() {
                return Ok(seq);
            }
            if page.me.id != self.me.with_value(|me| me.id) {
                // Another user has logged in in this browser.
                browser::reload();
                return Ok(seq);
            }
            // If the user went elsewhere meanwhile, the page is not the one that they see.
            if untrack(|| self.place()) == (Place { chat, number, filter }) {
                self.replace(page, chat);
                return Ok(seq);
            }
        }
    }
}

impl Inbox {
    fn put_connection(self, connection: Connection) {
        self.connections.update(|all| match all.iter_mut().find(|one| one.id == connection.id) {
            Some(known) => *known = connection,
            None => all.push(connection),
        });
    }

    fn forget_connection(self, connection: ConnectionId) {
        self.connections.update(|all| all.retain(|one| one.id != connection));
        for chat in self.chats.matching(|chat| chat.connection == connection) {
            self.chats.remove(&chat.id);
        }
        if self.number.get_untracked() == Some(connection) {
            self.list(None, self.filter.get_untracked());
        }
        if let Open::Ready(chat) = self.open.get_untracked()
            && chat.connection == connection
        {
            self.bubbles.replace(Vec::new());
            self.close_orphans();
            self.open.set(Open::Missing(chat.id));
        }
    }

    fn put_message(self, chat: Chat, message: Message) {
        let open = self.open.get_untracked().id();
        if message.is_outgoing() {
            self.drop_unsent(&message.wa_id);
        } else {
            self.put_typing(chat.id, false, false);
        }
        if open == Some(chat.id) {
            self.put_bubble(message);
        }
        self.put_chat(chat);
    }

    /// Shows a message, unless it belongs above what is loaded: scrolling up loads it. While a page
    /// is loading it is kept: the response may be older ([`Inbox::show_page`]).
    pub(super) fn put_bubble(self, message: Message) {
        let bubble = Bubble::Stored(message);
        let above = self.bubbles_tail.get_untracked() == Tail::More
            && self.bubbles.first().is_some_and(|first| bubble.rank() < first.rank());
        if !above || self.bubbles.cell(&bubble.key()).is_some() {
            self.bubbles.put(bubble);
        }
    }

    /// Removes a message that disappeared. Loaded rows alone have it.
    fn drop_gone(self, message: MessageId) {
        let is_gone = |bubble: &Bubble| bubble.stored().is_some_and(|one| one.id == message);
        for bubble in self.bubbles.matching(is_gone) {
            self.bubbles.remove(&bubble.key());
            self.close_orphans();
        }
    }

    /// Shows a chat's row, unless it belongs below what is loaded: scrolling down loads it. One that the
    /// list does not show, or not any more, leaves it.
    fn put_chat(self, chat: Chat) {
        self.open.maybe_update(|open| match open {
            Open::Ready(shown) if shown.id == chat.id && *shown != chat => {
                *shown = chat.clone();
                true
            }
            _ => false,
        });
        if self.number.get_untracked().is_some_and(|number| number != chat.connection) {
            return;
        }
        if !is_listed(&chat, self.filter.get_untracked()) {
            return self.chats.remove(&chat.id);
        }
        let below = self.chats_tail.get_untracked() != Tail::End
            && self.chats.last().is_some_and(|last| chat.rank() > last.rank());
        if !below || self.chats.cell(&chat.id).is_some() {
            self.chats.put(chat);
        }
    }

    fn put_drafts(self, drafts: Vec<Draft>, all: bool) {
        self.drafts.update(|known| {
            known.retain(|one| !all && drafts.iter().all(|draft| draft.chat != one.chat));
            known.extend(drafts);
        });
    }

    fn put_typing(self, chat: ChatId, typing: bool, recording: bool) {
        let shown = (self.clock.now.get_untracked() + TYPING, recording);
        self.typing.maybe_update(|all| match typing {
            true => all.insert(chat, shown) != Some(shown),
            false => all.remove(&chat).is_some(),
        });
    }
}

/// Returns true if the list with this filter has the chat.
fn is_listed(chat: &Chat, filter: ChatFilter) -> bool {
    let is_archived = chat.marks.has(ChatMark::Archived);
    !chat.marks.has(ChatMark::Unlisted)
        && match filter {
            ChatFilter::All => !is_archived,
            ChatFilter::Groups => chat.group && !is_archived,
            ChatFilter::Archived => is_archived,
        }
}
