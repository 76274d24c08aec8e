//! An update of an earlier message: an edit, a deletion, a reaction, a vote, or the wish to keep it.

use super::choices;
use crate::codec;

/// An update, and the message that it applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateOf {
    /// WhatsApp's id of the message.
    pub target: String,
    /// The update.
    pub what: MessageUpdate,
}

/// A change of an earlier message.
///
/// It is stored from any sender; the right to make it is checked when it is applied. The author of
/// a message may edit and delete it. [`Self::RevokedByAdmin`] is accepted from every sender, since
/// WhatsApp's server lets it through in groups only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageUpdate {
    /// The new text or caption.
    Edited(String),
    /// The message was deleted for everybody.
    Revoked,
    /// An administrator of the group deleted the message for everybody.
    RevokedByAdmin,
    /// The sender reacted with this emoji; the empty string withdraws the reaction.
    Reaction(String),
    /// A vote in a poll: WhatsApp's `PollUpdateMessage`, encrypted with the secret of the poll. It waits
    /// for the poll, and until the session of the number has opened it ([`crate::SealedVote`]).
    Vote(Vec<u8>),
    /// The options that a vote chose, by their positions in the poll; none take an earlier vote back.
    Voted(Vec<u32>),
    /// The message is kept although its chat has a timer, or not any more. Whoever is in the chat decides so
    /// for everybody, and the last one counts.
    Kept(bool),
}

/// The kind of the content of a message as it was sent; see [`super::said`].
pub(super) const SAID: &str = "said";
/// The kind of an own update that was made here and does not count any more, since a later one
/// replaced it. Its stanza id stays, so that a repeated request is recognised.
pub(super) const REPLACED: &str = "replaced";
pub(super) const EDITED: &str = "edited";
pub(super) const REVOKED: &str = "revoked";
pub(super) const REVOKED_BY_ADMIN: &str = "revoked_by_admin";
pub(super) const REACTION: &str = "reaction";
pub(crate) const VOTE: &str = "vote";
pub(crate) const VOTED: &str = "voted";
pub(super) const KEPT: &str = "kept";

/// The kinds that may change the row of a message.
pub(super) const EFFECTIVE: [&str; 4] = [EDITED, REVOKED, REVOKED_BY_ADMIN, KEPT];

impl MessageUpdate {
    /// Returns the kind of its row.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Edited(_) => EDITED,
            Self::Revoked => REVOKED,
            Self::RevokedByAdmin => REVOKED_BY_ADMIN,
            Self::Reaction(_) => REACTION,
            Self::Vote(_) => VOTE,
            Self::Voted(_) => VOTED,
            Self::Kept(_) => KEPT,
        }
    }

    /// Returns true if it may change the content of the message, or the time at which it disappears.
    pub(crate) fn is_effective(&self) -> bool {
        EFFECTIVE.contains(&self.kind())
    }

    /// Returns true for a reaction that is not one emoji, which no app offers and which would put
    /// text into another person's bubble, and for a vote that is too long.
    pub(crate) fn is_invalid(&self) -> bool {
        match self {
            Self::Reaction(emoji) => !emoji.is_empty() && !text::is_reaction(emoji),
            Self::Vote(protobuf) => protobuf.len() > model::bounds::VOTE,
            Self::Edited(_)
            | Self::Revoked
            | Self::RevokedByAdmin
            | Self::Voted(_)
            | Self::Kept(_) => false,
        }
    }

    /// Returns the value of its row.
    pub(super) fn value(&self) -> String {
        match self {
            Self::Edited(text) => codec::storable(text),
            Self::Reaction(emoji) => codec::storable(emoji),
            Self::Vote(protobuf) => hex::encode(protobuf),
            Self::Voted(choices) => choices::column(choices),
            Self::Kept(true) => KEPT.to_owned(),
            Self::Kept(false) | Self::Revoked | Self::RevokedByAdmin => String::new(),
        }
    }
}
