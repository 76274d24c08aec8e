//! The message that the next text answers. It is stored for the tab, and a reload does not lose it.
//! The part `actions` drops it when that message is deleted.

use leptos::prelude::*;
use model::{ChatId, Message, Quote, bounds};

use super::{Inbox, Open};
use crate::browser;

impl Inbox {
    /// Answers a message with the next text of the open conversation.
    pub(crate) fn reply_to(self, message: &Message) {
        self.set_reply(Some(Quote {
            message: Some(message.id),
            author: message.author.clone(),
            sender: message.sender,
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
