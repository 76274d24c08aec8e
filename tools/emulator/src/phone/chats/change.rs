//! Changes of conversations by their user.

use super::{ChatMessage, Chats, MessageKind, MessageStatus, Mute, log::Chat};

/// A change of a conversation that its user makes, on the phone or on a linked device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatChange {
    Archive(bool),
    Pin(bool),
    Mute(Mute),
    /// Marks the conversation unread, or read with all of its messages.
    MarkUnread(bool),
    /// Stars the message `id`, or takes the star away.
    Star {
        id: String,
        on: bool,
    },
    /// Gives the conversation a label, or takes it away; `label` is its id.
    Label {
        label: String,
        on: bool,
    },
    /// Deletes one message for this account only.
    DeleteMessage {
        id: String,
    },
    /// Deletes the messages and keeps the conversation.
    Clear {
        starred: bool,
    },
    /// Deletes the conversation.
    Delete,
}

impl Chats {
    /// Applies a change that was made at a time, in seconds since 1970. Messages after `up_to` were
    /// unknown to the device that cleared or deleted the conversation, so they stay.
    pub(in crate::phone) fn change(
        &mut self,
        name: &str,
        change: &ChatChange,
        at: i64,
        up_to: Option<i64>,
    ) {
        let chat = self.entry(name);
        match change {
            ChatChange::Archive(archived) => chat.settings.archived = *archived,
            ChatChange::Pin(pinned) => chat.settings.pinned_at = pinned.then_some(at),
            ChatChange::Mute(mute) => chat.settings.mute = *mute,
            ChatChange::MarkUnread(true) => chat.settings.marked_unread = true,
            ChatChange::MarkUnread(false) => {
                self.mark_read(name);
            }
            ChatChange::Star { id, on } => {
                if *on {
                    chat.settings.starred.insert(id.clone());
                } else {
                    chat.settings.starred.remove(id);
                }
                if let Some(message) = chat.message_mut(id) {
                    message.starred = *on;
                }
            }
            ChatChange::Label { label, on: true } => {
                chat.settings.labels.insert(label.clone());
            }
            ChatChange::Label { label, on: false } => {
                chat.settings.labels.remove(label);
            }
            ChatChange::DeleteMessage { id } => chat.keep(|message| message.id != *id),
            ChatChange::Clear { starred } => {
                chat.keep(|message| is_later(message, up_to) || (message.starred && !starred));
            }
            ChatChange::Delete => {
                chat.keep(|message| is_later(message, up_to));
                if chat.messages().is_empty() {
                    self.remove(name);
                }
            }
        }
    }
}

fn is_later(message: &ChatMessage, up_to: Option<i64>) -> bool {
    up_to.is_some_and(|up_to| message.timestamp > up_to)
}

impl Chat {
    /// Removes all messages but some.
    fn keep(&mut self, stays: impl Fn(&ChatMessage) -> bool) {
        self.retain(stays);
        let starred = std::mem::take(&mut self.settings.starred);
        self.settings.starred =
            starred.into_iter().filter(|id| self.message(id).is_some()).collect();
        let unread = self.messages().iter().filter(|message| is_unread(message)).count();
        self.set_unread(u32::try_from(unread).unwrap_or(u32::MAX));
    }
}

fn is_unread(message: &ChatMessage) -> bool {
    !message.from_me
        && message.kind != MessageKind::Reaction
        && message.status < MessageStatus::Read
}
