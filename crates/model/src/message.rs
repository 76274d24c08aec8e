//! A message, as a bubble shows it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::{
    ChatId, ContactId, Media, MessageId, Notice, PendingChange, Piece, Quote, Reaction,
    WaMessageId,
    change::{EDITABLE_FOR, REVOCABLE_FOR, time_left},
    content::GroupNotice,
};

/// Length of the longest text of a message, in characters; the limit of WhatsApp.
pub const MAX_TEXT: usize = 65_536;

/// Time for which a message that could not be decrypted is expected to come. The phone of the
/// sender is asked again within minutes, and what has not come after a day does not come.
pub const AWAITED_FOR: TimeDelta = TimeDelta::days(1);

/// One message of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub wa_id: WaMessageId,
    pub chat: ChatId,
    pub author: Author,
    /// The member of a group who wrote it; `None` in chats with one person, and for the number's own.
    /// Pages choose the colour of the author by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<ContactId>,
    pub kind: MessageKind,
    /// The text or caption, or the beginning of a long one; empty if there is none. Of a place,
    /// contacts or a poll these are the words by which lists show it.
    pub text: String,
    /// The same text with its formatting and links; empty if it has none. Of a place, contacts or a
    /// poll it is the whole content, which is shown in place of the text. The preview of a link is a
    /// piece above those of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rich: Vec<Piece>,
    /// The text is longer; all of it is at [`Self::text_address`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Set if no person wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// The change of the group that it is, of a message of the kind [`MessageKind::System`] without a
    /// notice. Only the server knows this, and makes it the text in the reader's language.
    #[serde(skip)]
    pub change: Option<GroupNotice>,
    /// It mentions the number.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mentions_us: bool,
    /// The members who read it, of a message of the number in a group.
    #[serde(default, skip_serializing_if = "crate::skip::is_zero")]
    pub read_by: u32,
    /// The number keeps it among its favourites.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub starred: bool,
    /// Set if its author has changed the text since; each edit has another number.
    pub edited: Option<i64>,
    /// The message that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Quote>,
    #[serde(default, skip_serializing_if = "Forwarded::is_original")]
    pub forwarded: Forwarded,
    /// The reactions, those with the same emoji together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// Changes that were made here and that WhatsApp has not confirmed, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<PendingChange>,
    #[serde(with = "crate::time")]
    pub sent_at: DateTime<Utc>,
    /// The time at which WhatsApp took a message that was written here, if that is later than
    /// [`Self::sent_at`].
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::time::option")]
    pub taken_at: Option<DateTime<Utc>>,
    /// The sort key within a chat; see `store::ingest` for its definition.
    pub position: i64,
    /// Set on outgoing messages only.
    pub delivery: Option<Delivery>,
    /// The file that belongs to it.
    pub media: Option<Media>,
}

impl Message {
    pub fn is_outgoing(&self) -> bool {
        !matches!(self.author, Author::Contact { .. })
    }

    /// Returns the time left to edit the message: zero or negative when it is over, and all of it
    /// while the message waits to be sent. Messages that cannot be edited at all have it too.
    pub fn edit_left(&self, now: DateTime<Utc>) -> TimeDelta {
        time_left(EDITABLE_FOR, self.changeable_since(), now)
    }

    /// Returns the time left to delete the message for everybody, as [`Self::edit_left`].
    pub fn revoke_left(&self, now: DateTime<Utc>) -> TimeDelta {
        time_left(REVOCABLE_FOR, self.changeable_since(), now)
    }

    /// Returns the time from which the age of the message counts for its changes; `None` while it
    /// waits to be sent.
    fn changeable_since(&self) -> Option<DateTime<Utc>> {
        let is_queued = self.delivery == Some(Delivery::Queued);
        (!is_queued).then(|| self.taken_at.unwrap_or(self.sent_at))
    }

    /// Returns the address of the whole text of a message.
    pub fn text_address(message: MessageId) -> String {
        format!("/mensagem/{message}")
    }

    /// Returns the address of the page of the votes in a poll.
    pub fn votes_address(poll: MessageId) -> String {
        format!("/enquete/{poll}")
    }
}

/// The whole text, or the whole card, of a message for which [`Message::more`] is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WholeText {
    pub text: String,
    /// The same text with its formatting and links; empty if it has none.
    pub rich: Vec<Piece>,
}

/// The author of a message. The team sees this; the customer never does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The other side; `name` is set in groups.
    Contact { name: Option<String> },
    /// A user of this installation.
    User { name: String },
    /// The number's own phone or another of its linked devices.
    Phone,
}

/// The number of hands that a message has passed through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forwarded {
    /// Its author wrote it in this chat.
    #[default]
    Original,
    Forwarded,
    /// It was forwarded five times or more, which WhatsApp shows with two arrows.
    ManyTimes,
}

impl Forwarded {
    /// The score from which WhatsApp considers a message forwarded many times.
    const MANY: u32 = 5;
    /// The score that WhatsApp sends for such a message.
    const MANY_TIMES_SCORE: u32 = 127;

    /// Reads WhatsApp's `forwarding_score`, which is 0 for an original.
    pub fn of_score(score: u32) -> Self {
        match score {
            0 => Self::Original,
            score if score < Self::MANY => Self::Forwarded,
            _ => Self::ManyTimes,
        }
    }

    /// Returns the score of a copy of a message with this score (`getMsgForwardingScoreWhenForwarded`
    /// of WhatsApp Web).
    pub fn next_score(score: u32) -> u32 {
        let next = score.saturating_add(1);
        if next < Self::MANY { next } else { Self::MANY_TIMES_SCORE }
    }

    /// Returns true for [`Self::Original`].
    pub fn is_original(&self) -> bool {
        *self == Self::Original
    }
}

/// The kind of a message. Kinds without text or file are shown by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MessageKind {
    Text,
    Image,
    Video,
    Audio,
    Document,
    Sticker,
    Location,
    /// A place that was shared for a time.
    LiveLocation,
    Contact,
    Poll,
    /// A call that nobody answered.
    Call,
    /// WhatsApp itself says something about the chat.
    System,
    /// It was deleted for everybody and has no content any more.
    Revoked,
    /// It arrived, but could not be decrypted (yet).
    Undecryptable,
    /// It stays on the phone: a view-once message, or one that is not sent again after a failed
    /// decryption.
    OnPhone,
    /// A kind this version does not know.
    Unsupported,
}

impl MessageKind {
    /// Returns the name in the database, which is the same as in JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns true for a placeholder of a message whose content is missing.
    pub fn is_placeholder(self) -> bool {
        matches!(self, Self::Undecryptable | Self::OnPhone)
    }

    /// Returns true if nobody can answer it, react to it or copy it: there is no content, or no person
    /// wrote it.
    pub fn is_inert(self) -> bool {
        self == Self::Revoked || self.is_notice() || self.is_placeholder()
    }

    /// Returns true for a line about the chat, which is no message to WhatsApp.
    pub fn is_notice(self) -> bool {
        matches!(self, Self::Call | Self::System)
    }

    /// Returns true for a kind of which the text is only the words by which lists show it. They are
    /// from a program and no person typed them.
    pub fn is_card(self) -> bool {
        matches!(self, Self::Location | Self::LiveLocation | Self::Contact | Self::Poll)
    }

    /// Returns true for a kind that can be a part of an album.
    pub fn is_in_albums(self) -> bool {
        matches!(self, Self::Image | Self::Video)
    }

    /// Reads [`Self::as_str`]; an unknown name is [`Self::Unsupported`].
    pub fn from_name(name: &str) -> Self {
        name.parse().unwrap_or(Self::Unsupported)
    }
}

/// The delivery of an outgoing message: clock, ✓, ✓✓, blue ✓✓, or failed. A voice note that was played
/// has a name of its own for its blue ✓✓.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It is stored here and not acknowledged by WhatsApp's server yet.
    Queued,
    /// WhatsApp's server has acknowledged it.
    Sent,
    Delivered,
    Read,
    /// The recipient listened to it. Only voice notes come to this.
    Played,
    /// It is not tried again by itself.
    Failed {
        reason: FailReason,
    },
}

impl Delivery {
    /// Returns true if a receipt of `next` moves this forward. Receipts come late and out of order,
    /// and a delivered message never becomes merely sent again.
    pub fn advances_to(self, next: Self) -> bool {
        fn rank(delivery: Delivery) -> u8 {
            match delivery {
                Delivery::Failed { .. } => 0,
                Delivery::Queued => 1,
                Delivery::Sent => 2,
                Delivery::Delivered => 3,
                Delivery::Read => 4,
                Delivery::Played => 5,
            }
        }
        match next {
            Self::Failed { .. } => self == Self::Queued,
            next => rank(next) > rank(self),
        }
    }
}

/// The reason why a message failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FailReason {
    /// The recipient has no WhatsApp, or WhatsApp refused the recipient.
    Recipient,
    /// WhatsApp limits whom this number may write to (nacks 463 and 479).
    Restricted,
    /// The number was unlinked before the message could be sent.
    Unlinked,
    /// The number was not connected, or no browser sent the rest of the file, for as long as a message
    /// may wait; or the file of a message that was forwarded could not be copied.
    Expired,
    /// WhatsApp or the library refused it for another reason.
    Refused,
    /// A change waited until WhatsApp no longer allows it.
    TooLate,
    /// A change of a message that was not sent itself.
    NotSent,
    /// WhatsApp did not take the file of the message, or it is not what it was sent as.
    Upload,
    /// A user cancelled the sending of the file.
    Cancelled,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_only_move_forward() {
        use Delivery::{Delivered, Failed, Played, Queued, Read, Sent};
        let failed = Failed { reason: FailReason::Refused };
        assert!(
            Queued.advances_to(Sent) && Sent.advances_to(Read) && Queued.advances_to(Delivered)
        );
        assert!(!Read.advances_to(Delivered) && !Sent.advances_to(Sent));
        assert!(
            [failed, Queued, Sent, Delivered, Read].into_iter().all(|one| one.advances_to(Played))
        );
        assert!(!Played.advances_to(Read) && !Played.advances_to(Played));
        assert!(Queued.advances_to(failed) && !Sent.advances_to(failed));
        assert!(failed.advances_to(Queued), "a retry queues it again");
    }

    #[test]
    fn a_copy_of_a_copy_ends_as_forwarded_many_times() {
        let scores: Vec<u32> =
            std::iter::successors(Some(0), |score| Some(Forwarded::next_score(*score)))
                .take(7)
                .collect();
        assert_eq!(scores, [0, 1, 2, 3, 4, 127, 127]);
        assert_eq!(Forwarded::of_score(0), Forwarded::Original);
        assert_eq!(Forwarded::of_score(4), Forwarded::Forwarded);
        assert_eq!(Forwarded::of_score(127), Forwarded::ManyTimes);
    }

    #[test]
    fn kinds_survive_the_database() {
        for kind in [
            MessageKind::Text,
            MessageKind::LiveLocation,
            MessageKind::Poll,
            MessageKind::Call,
            MessageKind::System,
            MessageKind::OnPhone,
        ] {
            assert_eq!(MessageKind::from_name(kind.as_str()), kind);
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert_eq!(MessageKind::from_name("hologram"), MessageKind::Unsupported);
    }
}
