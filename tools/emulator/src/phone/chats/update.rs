//! Changes of messages that are in the chat already.

use serde::{Deserialize, Serialize};

use super::{ChatMessage, MessageKind};

/// A stanza that changes another message of the chat.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Update {
    /// The id of the stanza.
    pub(super) id: String,
    /// The id of the message.
    pub(super) target: String,
    /// The number of the stanza's author.
    pub(super) author: String,
    /// The author's clock, in milliseconds.
    pub(super) at: i64,
    pub(super) change: Change,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Change {
    Edit(Option<String>),
    Revoke,
    /// An emoji, empty if it takes the earlier one back.
    Reaction(String),
    /// The chosen options, none if they take the earlier vote back.
    Vote(Vec<String>),
}

/// An edit or revocation that reached the phone, or was made on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedUpdate {
    /// The id of its own stanza.
    pub id: String,
    pub kind: UpdateKind,
    /// The author's clock, in milliseconds.
    pub at: i64,
    /// Number of times the stanza arrived and was decrypted. Only the first one has an effect.
    pub copies: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateKind {
    Edit,
    Revoke,
}

/// The last reaction of a person to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownReaction {
    /// The person's number, or LID if the number is not known.
    pub from: String,
    /// Empty if the person took the reaction back.
    pub emoji: String,
    /// The person's clock, in milliseconds.
    pub at: i64,
}

/// The last vote of a person in a poll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownVote {
    /// The person's number, or LID if the number is not known.
    pub from: String,
    /// The chosen options, none if the person took the vote back.
    pub options: Vec<String>,
    /// The person's clock, in milliseconds.
    pub at: i64,
}

impl ChatMessage {
    /// Applies an update, if its author may make it. Returns `false` if nothing visible changed.
    ///
    /// Stanzas may overtake each other when one of them is requested again, so the latest by its
    /// author's clock counts.
    pub(super) fn apply(&mut self, update: Update) -> bool {
        let Update { id, author, at, change, .. } = update;
        match change {
            Change::Reaction(emoji) => self.react(ShownReaction { from: author, emoji, at }),
            Change::Vote(options) => self.vote(ShownVote { from: author, options, at }),
            _ if author != self.from => false,
            Change::Edit(text) => {
                let is_latest = self.edits().all(|edit| edit.at <= at);
                let is_shown = is_latest && self.kind != MessageKind::Revoked;
                if !self.receive(id, UpdateKind::Edit, at) || !is_shown {
                    return false;
                }
                self.text = text;
                self.link_preview = None;
                self.edited = true;
                true
            }
            Change::Revoke => {
                if !self.receive(id, UpdateKind::Revoke, at) {
                    return false;
                }
                self.kind = MessageKind::Revoked;
                self.text = None;
                self.link_preview = None;
                self.media = None;
                self.location = None;
                self.contacts.clear();
                true
            }
        }
    }

    fn edits(&self) -> impl Iterator<Item = &ReceivedUpdate> {
        self.updates.iter().filter(|update| update.kind == UpdateKind::Edit)
    }

    /// Records an update. Returns `false` for a copy, and counts it.
    fn receive(&mut self, id: String, kind: UpdateKind, at: i64) -> bool {
        if let Some(known) = self.updates.iter_mut().find(|update| update.id == id) {
            known.copies += 1;
            return false;
        }
        self.updates.push(ReceivedUpdate { id, kind, at, copies: 1 });
        true
    }

    fn vote(&mut self, vote: ShownVote) -> bool {
        let earlier = self.votes.iter_mut().find(|earlier| earlier.from == vote.from);
        match earlier {
            Some(earlier) if earlier.at > vote.at => return false,
            Some(earlier) => *earlier = vote,
            None => self.votes.push(vote),
        }
        true
    }

    fn react(&mut self, reaction: ShownReaction) -> bool {
        let earlier = self.reactions.iter_mut().find(|earlier| earlier.from == reaction.from);
        match earlier {
            Some(earlier) if earlier.at > reaction.at => return false,
            Some(earlier) => *earlier = reaction,
            None => self.reactions.push(reaction),
        }
        true
    }
}
