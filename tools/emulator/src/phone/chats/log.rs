use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::{ChatMessage, ChatSettings, MessageKind, MessageStatus, update::Update};

/// The phone's conversations, by number (or by JID for groups and unknown LIDs).
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Chats(BTreeMap<String, Chat>);

/// One conversation, oldest message first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Chat {
    unread: u32,
    messages: Vec<ChatMessage>,
    /// The index of a message in `messages`.
    positions: HashMap<String, usize>,
    /// Updates of messages that have not arrived or could not be decrypted yet.
    #[serde(default)]
    early: Vec<Update>,
    /// Seconds until new messages disappear; 0 if they stay.
    #[serde(default)]
    timer: u32,
    /// The time of its setting, in seconds since 1970.
    #[serde(default)]
    timer_at: i64,
    #[serde(default)]
    pub(super) settings: ChatSettings,
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

    /// Opens a chat and listens to all of its voice notes. Returns the messages that were unread or not
    /// played, oldest first.
    pub fn mark_played(&mut self, name: &str) -> Vec<UnreadMessage> {
        self.0.get_mut(name).map(Chat::mark_played).unwrap_or_default()
    }

    pub(in crate::phone) fn entry(&mut self, name: &str) -> &mut Chat {
        self.0.entry(name.to_owned()).or_default()
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Chat> {
        self.0.get_mut(name)
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.0.remove(name);
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

    /// What the user has set about it.
    pub fn settings(&self) -> &ChatSettings {
        &self.settings
    }

    pub(super) fn set_unread(&mut self, unread: u32) {
        self.unread = unread;
    }

    /// Removes the messages that a predicate does not accept.
    pub(super) fn retain(&mut self, stays: impl Fn(&ChatMessage) -> bool) {
        self.messages.retain(stays);
        let ids = self.messages.iter().enumerate();
        self.positions = ids.map(|(position, row)| (row.id.clone(), position)).collect();
    }

    /// Seconds until new messages disappear; 0 if they stay.
    pub fn timer(&self) -> u32 {
        self.timer
    }

    /// The time at which the timer was set, in seconds since 1970; 0 if it never was.
    pub fn timer_at(&self) -> i64 {
        self.timer_at
    }

    /// Sets the timer. Returns `false` if it was set to this already, or was set later.
    pub(in crate::phone) fn set_timer(&mut self, seconds: u32, at: i64) -> bool {
        if at < self.timer_at {
            return false;
        }
        self.timer_at = at;
        std::mem::replace(&mut self.timer, seconds) != seconds
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
            if known.kind != MessageKind::Undecryptable {
                known.copies += 1;
                return false;
            }
            *known = message;
            self.apply_early(position);
            return true;
        }
        if !message.from_me && message.kind != MessageKind::Reaction {
            self.unread += 1;
        }
        let position = self.messages.len();
        self.positions.insert(message.id.clone(), position);
        self.messages.push(message);
        self.apply_early(position);
        true
    }

    /// Applies an update to its message, or keeps it until the message is there. Returns `false` if
    /// nothing visible changed.
    pub(super) fn update(&mut self, update: Update) -> bool {
        match self.message_mut(&update.target) {
            Some(message) if message.kind != MessageKind::Undecryptable => message.apply(update),
            _ => {
                self.early.push(update);
                false
            }
        }
    }

    fn apply_early(&mut self, position: usize) {
        let message = &mut self.messages[position];
        if message.kind == MessageKind::Undecryptable {
            return;
        }
        let (due, early): (Vec<_>, Vec<_>) = std::mem::take(&mut self.early)
            .into_iter()
            .partition(|update| update.target == message.id);
        self.early = early;
        for update in due {
            message.apply(update);
        }
    }

    /// Removes the row of a message that could not be decrypted at first and turned out to be an
    /// update.
    pub(super) fn remove_undecryptable(&mut self, id: &str) {
        let is_undecryptable =
            self.message(id).is_some_and(|row| row.kind == MessageKind::Undecryptable);
        let position = self.positions.get(id).copied().filter(|_| is_undecryptable);
        let Some(position) = position else {
            return;
        };
        let row = self.messages.remove(position);
        self.positions.remove(id);
        for later in self.positions.values_mut().filter(|later| **later > position) {
            *later -= 1;
        }
        if !row.from_me && row.status < MessageStatus::Read {
            self.unread = self.unread.saturating_sub(1);
        }
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
        self.advance_incoming(|_| MessageStatus::Read)
    }

    fn mark_played(&mut self) -> Vec<UnreadMessage> {
        self.advance_incoming(|message| {
            let is_voice_note = message.media.as_ref().is_some_and(|media| media.ptt);
            if is_voice_note { MessageStatus::Played } else { MessageStatus::Read }
        })
    }

    /// Advances the incoming messages, each to its `status_of`. Returns those that changed.
    fn advance_incoming(
        &mut self,
        status_of: impl Fn(&ChatMessage) -> MessageStatus,
    ) -> Vec<UnreadMessage> {
        self.unread = 0;
        self.settings.marked_unread = false;
        let mut changed = Vec::new();
        for message in &mut self.messages {
            let status = status_of(message);
            let is_past = message.from_me || message.status >= status;
            if is_past || message.kind == MessageKind::Undecryptable {
                continue;
            }
            message.status = status;
            changed.push(UnreadMessage { id: message.id.clone(), from: message.from.clone() });
        }
        changed
    }
}
