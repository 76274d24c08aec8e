use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::{ChatMessage, MessageKind, MessageStatus};

/// The phone's conversations, by number (or by JID for groups and unknown LIDs).
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Chats(BTreeMap<String, Chat>);

/// One conversation, oldest message first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Chat {
    unread: u32,
    messages: Vec<ChatMessage>,
    /// The index of a message in `messages`, which only ever grows.
    positions: HashMap<String, usize>,
}

/// A message that was just marked read, for the receipt to its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadMessage {
    pub id: String,
    pub from: String,
}

impl Chats {
    /// Iterates over all conversations with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Chat)> {
        self.0.iter().map(|(name, chat)| (name.as_str(), chat))
    }

    /// One conversation.
    pub fn get(&self, name: &str) -> Option<&Chat> {
        self.0.get(name)
    }

    /// The messages of one conversation, oldest first; empty if there is no such conversation.
    pub fn messages(&self, name: &str) -> &[ChatMessage] {
        self.get(name).map(Chat::messages).unwrap_or_default()
    }

    /// One message of a conversation.
    pub fn message(&self, name: &str, id: &str) -> Option<&ChatMessage> {
        self.get(name)?.message(id)
    }

    /// Advances own messages of a chat to `status`, after a receipt or ack. Returns the number of
    /// changed messages. Late receipts of an earlier status change nothing.
    pub fn advance<'a>(
        &mut self,
        name: &str,
        ids: impl IntoIterator<Item = &'a str>,
        status: MessageStatus,
    ) -> usize {
        let Some(chat) = self.0.get_mut(name) else {
            return 0;
        };
        ids.into_iter().filter(|id| chat.advance(id, status)).count()
    }

    /// Opens a chat: all incoming messages become read. Returns those that were unread, oldest
    /// first.
    pub fn mark_read(&mut self, name: &str) -> Vec<UnreadMessage> {
        self.0.get_mut(name).map(Chat::mark_read).unwrap_or_default()
    }

    pub(super) fn entry(&mut self, name: &str) -> &mut Chat {
        self.0.entry(name.to_owned()).or_default()
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Chat> {
        self.0.get_mut(name)
    }
}

impl Chat {
    pub fn messages(&self) -> &[ChatMessage] {
        &self.messages
    }

    pub fn message(&self, id: &str) -> Option<&ChatMessage> {
        self.messages.get(*self.positions.get(id)?)
    }

    /// Number of incoming messages the user has not read.
    pub fn unread(&self) -> u32 {
        self.unread
    }

    pub fn last(&self) -> Option<&ChatMessage> {
        self.messages.last()
    }

    /// Adds a message. Returns `false` if its id is there already, and counts a copy then. A
    /// retried message replaces the undecryptable one.
    pub(super) fn add(&mut self, message: ChatMessage) -> bool {
        if let Some(&position) = self.positions.get(&message.id) {
            let known = &mut self.messages[position];
            if known.from != message.from || message.kind == MessageKind::Undecryptable {
                return false;
            }
            let retried = known.kind == MessageKind::Undecryptable;
            match retried {
                true => *known = message,
                false => known.copies += 1,
            }
            return retried;
        }
        if !message.from_me && message.kind != MessageKind::Reaction {
            self.unread += 1;
        }
        self.positions.insert(message.id.clone(), self.messages.len());
        self.messages.push(message);
        true
    }

    pub(super) fn message_mut(&mut self, id: &str) -> Option<&mut ChatMessage> {
        self.messages.get_mut(*self.positions.get(id)?)
    }

    fn advance(&mut self, id: &str, status: MessageStatus) -> bool {
        match self.message_mut(id) {
            Some(message) if message.from_me && message.status < status => {
                message.status = status;
                true
            }
            _ => false,
        }
    }

    fn mark_read(&mut self) -> Vec<UnreadMessage> {
        self.unread = 0;
        self.messages
            .iter_mut()
            .filter(|message| !message.from_me && message.status < MessageStatus::Read)
            .filter(|message| message.kind != MessageKind::Undecryptable)
            .map(|message| {
                message.status = MessageStatus::Read;
                UnreadMessage { id: message.id.clone(), from: message.from.clone() }
            })
            .collect()
    }
}
