//! The message that the next text answers.

use leptos::prelude::*;
use model::{Message, Quote, bounds};

use super::{Inbox, Open};

impl Inbox {
    /// Answers a message with the next text. The reply belongs to the open conversation, and is gone
    /// when the text is sent or another conversation is opened.
    pub(crate) fn reply_to(self, message: &Message) {
        self.reply.set(Some(Quote {
            message: Some(message.id),
            author: message.author.clone(),
            kind: message.kind,
            excerpt: message.text.chars().take(bounds::EXCERPT).collect(),
        }));
    }

    /// The name of the contact of the open conversation.
    pub(crate) fn contact(self) -> String {
        self.open.with(|open| match open {
            Open::Ready(chat) => chat.name.clone(),
            _ => String::new(),
        })
    }
}
