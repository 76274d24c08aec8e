//! The message that the next text answers. It is stored for the tab, and a reload does not lose it.

use leptos::prelude::*;
use model::{ChatId, Message, MessageKind, Quote, bounds};

use super::{Bubble, Inbox, Open};
use crate::browser;

impl Inbox {
    /// Answers a message with the next text of the open conversation.
    pub(crate) fn reply_to(self, message: &Message) {
        self.set_reply(Some(Quote {
            message: Some(message.id),
            author: message.author.clone(),
            kind: message.kind,
            excerpt: message.text.chars().take(bounds::EXCERPT).collect(),
        }));
    }

    /// Sets the message that the next text of the open conversation answers.
    pub(crate) fn set_reply(self, quote: Option<Quote>) {
        if let Some(chat) = self.open.get_untracked().id() {
            let key = self.reply_key(chat);
            match &quote {
                Some(quote) => browser::keep(&key, quote),
                None => browser::forget(&key),
            }
        }
        self.reply.set(quote);
    }

    /// Restores the reply that was not sent in the open conversation.
    pub(crate) fn recall_reply(self) {
        let chat = self.open.get_untracked().id();
        self.reply.set(chat.and_then(|chat| browser::recall(&self.reply_key(chat))));
        self.drop_revoked_reply();
    }

    /// Drops the reply if its message was deleted meanwhile.
    pub(super) fn drop_revoked_reply(self) {
        let Some(quote) = self.reply.get_untracked() else { return };
        let is_revoked = |bubble: &Bubble| {
            bubble.kind() == MessageKind::Revoked
                && bubble.stored().is_some_and(|one| Some(one.id) == quote.message)
        };
        if !self.bubbles.matching(is_revoked).is_empty() {
            self.set_reply(None);
        }
    }

    /// The name of the contact of the open conversation.
    pub(crate) fn contact(self) -> String {
        self.open.with(|open| match open {
            Open::Ready(chat) => chat.name.clone(),
            _ => String::new(),
        })
    }

    /// The key under which the tab stores a reply. It contains the user, so that the next user of
    /// this tab does not find it.
    fn reply_key(self, chat: ChatId) -> String {
        format!("reply-{}-{chat}", self.me.with_value(|me| me.id))
    }
}
