//! Operations as the session of a number sends them.

use chrono::{DateTime, Utc};
use model::{ChatId, MessageKind, OperationId, WaMessageId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, FromQueryResult, JoinType, QuerySelect as _,
    RelationTrait as _, Select,
    sea_query::{Expr, SimpleExpr},
};

use crate::{
    Error, codec,
    entity::{chat, message, outbox},
    messages::said,
};

/// An operation to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub id: OperationId,
    /// The chat, whose operations go out one after the other.
    pub chat: ChatId,
    /// The id of the stanza, also when it is sent again.
    pub wa_id: WaMessageId,
    /// The address that WhatsApp used last for the chat.
    pub to_jid: String,
    /// The number of attempts that failed.
    pub attempts: u32,
    /// The time at which a user queued it, by the clock of this machine.
    pub queued_at: DateTime<Utc>,
    /// True if an earlier attempt may have reached WhatsApp; see [`Outbox::sent`](super::Outbox::sent).
    pub was_sent: bool,
    pub operation: Operation,
}

/// The content of an operation. `target` is WhatsApp's id of the message that it changes, and
/// `taken_at` the time at which WhatsApp took that message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// A text message.
    Send {
        text: String,
        /// The message that it answers.
        reply_to: Option<OutgoingQuote>,
        /// WhatsApp's `forwarding_score`; 0 for an original.
        forwarded: u32,
    },
    /// An own message gets another text.
    Edit {
        target: WaMessageId,
        taken_at: DateTime<Utc>,
        text: String,
        /// The quote of the edited message, which it keeps.
        reply_to: Option<OutgoingQuote>,
    },
    /// An own message is deleted for everybody.
    Revoke { target: WaMessageId, taken_at: DateTime<Utc> },
    /// The number reacts to a message; an empty emoji withdraws its reaction.
    React {
        target: WaMessageId,
        /// True if the message is one of the number itself.
        from_me: bool,
        emoji: String,
    },
}

/// The quoted part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingQuote {
    pub wa_id: WaMessageId,
    pub author: QuotedBy,
    pub kind: MessageKind,
    /// The beginning of its text or caption.
    pub text: String,
}

/// The author of a quoted message of a one-to-one chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotedBy {
    /// The number itself.
    Ourselves,
    /// The contact of the chat.
    Contact,
}

/// Reads selected rows of the outbox with what they need of their message and chat.
pub(super) async fn rows(
    db: &impl ConnectionTrait,
    select: Select<outbox::Entity>,
) -> Result<Vec<Outgoing>, Error> {
    // Only a message that is sent needs its own text. An edit on the own phone may have changed it.
    let is_sent = outbox::Column::Kind.eq(outbox::SEND);
    let text: SimpleExpr = Expr::case(is_sent, said::text()).finally(Expr::val("")).into();
    let rows: Vec<Row> = select
        .join(JoinType::InnerJoin, outbox::Relation::Message.def())
        .join(JoinType::InnerJoin, outbox::Relation::Chat.def())
        .select_only()
        .columns([
            outbox::Column::Id,
            outbox::Column::ChatId,
            outbox::Column::Kind,
            outbox::Column::WaId,
            outbox::Column::Payload,
            outbox::Column::Attempts,
            outbox::Column::QueuedAt,
            outbox::Column::FirstSentAt,
        ])
        .column_as(message::Column::WaId, "target")
        .columns([
            message::Column::SenderId,
            message::Column::SentAt,
            message::Column::TakenAt,
            message::Column::Forwarded,
            message::Column::QuotedWaId,
            message::Column::QuotedSenderId,
            message::Column::QuotedKind,
            message::Column::QuotedText,
        ])
        .expr_as(text, "text")
        .column(chat::Column::Address)
        .into_model()
        .all(db)
        .await?;
    rows.into_iter().map(Row::into_model).collect()
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    chat_id: i64,
    kind: String,
    wa_id: String,
    payload: String,
    attempts: i64,
    queued_at: Option<i64>,
    first_sent_at: Option<i64>,
    target: String,
    sender_id: i64,
    sent_at: i64,
    taken_at: Option<i64>,
    forwarded: i64,
    quoted_wa_id: Option<String>,
    quoted_sender_id: Option<i64>,
    quoted_kind: Option<String>,
    quoted_text: Option<String>,
    text: String,
    address: String,
}

impl Row {
    fn into_model(mut self) -> Result<Outgoing, Error> {
        let reply_to = self.quote();
        let target = codec::read_message_id(&self.target)?;
        let taken_at = codec::time(self.taken_at.unwrap_or(self.sent_at));
        let operation = match &*self.kind {
            outbox::SEND => {
                let forwarded = u32::try_from(self.forwarded).unwrap_or_default();
                Operation::Send { text: self.text, reply_to, forwarded }
            }
            outbox::EDIT => Operation::Edit { target, taken_at, text: self.payload, reply_to },
            outbox::REVOKE => Operation::Revoke { target, taken_at },
            outbox::REACT => {
                let from_me = self.sender_id == message::OURSELVES;
                Operation::React { target, from_me, emoji: self.payload }
            }
            _ => return Err(Error::Corrupt { what: "an operation", value: self.kind }),
        };
        Ok(Outgoing {
            id: OperationId(self.id),
            chat: ChatId(self.chat_id),
            wa_id: codec::read_message_id(&self.wa_id)?,
            to_jid: self.address,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            queued_at: codec::time(self.queued_at.unwrap_or_else(codec::now)),
            was_sent: self.first_sent_at.is_some(),
            operation,
        })
    }

    /// Returns the quote of the message. One with an impossible id, which an own phone may have
    /// sent, is left out.
    fn quote(&mut self) -> Option<OutgoingQuote> {
        let wa_id = WaMessageId::parse(&self.quoted_wa_id.take()?).ok()?;
        let author = match self.quoted_sender_id {
            Some(message::OURSELVES) => QuotedBy::Ourselves,
            _ => QuotedBy::Contact,
        };
        let kind = self.quoted_kind.as_deref().unwrap_or_default();
        Some(OutgoingQuote {
            wa_id,
            author,
            kind: MessageKind::from_name(kind),
            text: self.quoted_text.take().unwrap_or_default(),
        })
    }
}
