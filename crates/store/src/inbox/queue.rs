//! Inserts a new message: one that a user wrote, a forwarded one, or one with a file. It takes few
//! statements, since all other writes wait meanwhile.

use std::collections::BTreeSet;

use model::{
    ChatId, Closed, Delivery, Message, MessageContent, MessageId, MessageKind, WaMessageId,
    message::MAX_TEXT,
};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait, FromQueryResult, JoinType,
    QueryFilter as _, QuerySelect as _, QueryTrait as _, RelationTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr},
};

use crate::{
    Error, Field, Grant, Write, chats, codec,
    entity::{chat, chat_group, connection, draft, message, outbox},
    groups::group_rows,
    live::Change,
    messages::{
        self, NewMessage, NewQuote, delivery, mentions, operations, position, updates, votes,
    },
    write::Writing,
};

/// The chat that a message is to be sent in.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Place {
    id: i64,
    /// The address that WhatsApp used last for the chat.
    address: String,
    membership: Option<String>,
    announce: Option<bool>,
    lid: Option<bool>,
    replaced_by: Option<i64>,
    /// The user's draft.
    pub(crate) draft: Option<String>,
    /// The highest position.
    newest: Option<i64>,
    /// The position up to which its messages are cleared, and perhaps gone.
    cleared_position: Option<i64>,
    /// The message of the number that has the id already.
    same_id: Option<i64>,
    /// True if a change has the id, or had it until WhatsApp confirmed the change.
    is_change: bool,
}

impl Place {
    /// Returns the chat, if the user of the grant may write in it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Replaced`], or [`Error::Invalid`] if a change has or had the id.
    pub(crate) async fn find(
        tx: &DatabaseTransaction,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: &WaMessageId,
    ) -> Result<Self, Error> {
        let place: Option<Self> = grant
            .scope()
            .chats()
            .filter(chat::Column::Id.eq(chat.0))
            .filter(chat::Column::ConnectionId.eq(grant.connection().0))
            .join(JoinType::LeftJoin, chat::Relation::Group.def())
            .select_only()
            .column(chat::Column::Id)
            .column(chat::Column::Address)
            .column(chat::Column::ClearedPosition)
            .columns([
                chat_group::Column::Membership,
                chat_group::Column::Announce,
                chat_group::Column::Lid,
            ])
            .expr_as(value(replaced_by(grant)), "replaced_by")
            .expr_as(value(draft(grant, chat)), "draft")
            .expr_as(value(newest(chat)), "newest")
            .expr_as(value(same_id(grant, wa_id)), "same_id")
            .expr_as(
                exists(operations::with_id(grant.connection(), wa_id))
                    .or(exists(updates::with_id(grant.connection(), wa_id))),
                "is_change",
            )
            .into_model()
            .one(tx)
            .await?;
        let place = place.ok_or(Error::NotFound)?;
        if place.replaced_by.is_some() {
            return Err(Error::Replaced);
        }
        if place.is_change {
            return Err(Error::Invalid(Field::MessageId));
        }
        Ok(place)
    }

    pub(super) fn chat(&self) -> ChatId {
        ChatId(self.id)
    }

    /// Returns the reason why the number writes nothing in the chat.
    fn closed(&self) -> Option<Closed> {
        let membership = group_rows::membership(self.membership.as_deref()?);
        membership.closed(self.announce == Some(true))
    }

    /// Returns true if the chat names people by hidden identities.
    pub(super) fn names_by_lid(&self) -> bool {
        self.lid.unwrap_or_else(|| self.address.ends_with("@lid"))
    }

    /// Returns the message that has the id already.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is a message of another chat.
    pub(crate) async fn stored(&self, tx: &DatabaseTransaction) -> Result<Option<Message>, Error> {
        let Some(id) = self.same_id else { return Ok(None) };
        match messages::by_id(tx, std::iter::once(MessageId(id))).await?.pop() {
            Some(message) if message.chat == self.chat() => Ok(Some(message)),
            _ => Err(Error::Invalid(Field::MessageId)),
        }
    }
}

/// A message to be sent.
pub(crate) struct Composed<'a> {
    pub(crate) wa_id: &'a WaMessageId,
    pub(crate) kind: MessageKind,
    /// The text, the caption of a file, or the words by which lists show other contents.
    pub(crate) text: String,
    /// The content, if it is more than kind, text and file.
    pub(crate) content: Option<MessageContent>,
    /// The message that it answers.
    pub(crate) quote: Option<NewQuote>,
    /// WhatsApp's `forwarding_score`; 0 for an original.
    pub(crate) forwarded: u32,
    /// The addresses of the people whom the text mentions.
    pub(crate) mentions: BTreeSet<String>,
}

/// Returns a text as it is stored.
///
/// # Errors
/// [`Error::EmptyText`] for a text without a visible character, [`Error::TextTooLong`].
pub(crate) fn sendable(text: &str) -> Result<String, Error> {
    let text = codec::storable(text);
    if !text::has_visible(&text) {
        return Err(Error::EmptyText);
    }
    if text.chars().count() > MAX_TEXT {
        return Err(Error::TextTooLong);
    }
    Ok(text)
}

/// Inserts a message at the end of its chat and in the outbox, and commits.
pub(crate) async fn queue(
    mut writing: Writing,
    grant: &Grant<Write>,
    place: &Place,
    new: Composed<'_>,
) -> Result<Message, Error> {
    let wa_id = new.wa_id;
    let id = insert(&mut writing, grant, place, new).await?;
    let ids = (grant.connection(), place.chat(), id);
    let author = Some(grant.user());
    delivery::queue(&mut writing, outbox::SEND, ids, wa_id.as_str(), author).await?;
    writing.commit_message(id).await
}

/// Inserts a message at the end of its chat, and announces it.
///
/// # Errors
/// [`Error::Closed`] if the chat is a group that takes nothing from the number.
pub(crate) async fn insert(
    writing: &mut Writing,
    grant: &Grant<Write>,
    place: &Place,
    new: Composed<'_>,
) -> Result<MessageId, Error> {
    match place.closed() {
        Some(closed) => Err(Error::Closed(closed)),
        None => insert_anywhere(writing, grant, place, new).await,
    }
}

/// Inserts a message also into a group that takes nothing from the number.
pub(super) async fn insert_anywhere(
    writing: &mut Writing,
    grant: &Grant<Write>,
    place: &Place,
    new: Composed<'_>,
) -> Result<MessageId, Error> {
    let (connection, chat) = (grant.connection(), place.chat());
    let now = codec::now();
    let row = NewMessage {
        connection,
        chat,
        sender: message::OURSELVES,
        wa_id: new.wa_id,
        author: Some(grant.user()),
        kind: new.kind,
        text: new.text,
        content: messages::content::column(votes::with_own_secret(new.content)?.as_ref()),
        quote: new.quote,
        forwarded: new.forwarded,
        sent_at: now,
        position: position::at_the_end(Ord::max(place.newest, place.cleared_position), now),
        delivery: Some(Delivery::Queued),
        // Its time begins when WhatsApp takes it.
        expires_at: None,
        mentions: mentions::column(&new.mentions),
        mentions_us: false,
    };
    let id = messages::insert(&writing.tx, row).await?;
    let id = MessageId(id.ok_or(Error::Invalid(Field::MessageId))?);
    chats::set_last(&writing.tx, chat, id, now).await?;
    writing.announce(connection, Change::Message(chat, id));
    Ok(id)
}

fn value(select: SelectStatement) -> SimpleExpr {
    Expr::SubQuery(None, Box::new(select.into()))
}

/// The condition that there is a selected row.
fn exists<E: EntityTrait>(select: Select<E>) -> SimpleExpr {
    Expr::exists(select.select_only().expr(Expr::val(1)).into_query())
}

/// Selects the number that replaced the grant's number, since its phone changed.
fn replaced_by(grant: &Grant<Write>) -> SelectStatement {
    Query::select()
        .column(("own", connection::Column::ReplacedBy))
        .from_as(connection::Entity, "own")
        .and_where(Expr::col(("own", connection::Column::Id)).eq(grant.connection().0))
        .to_owned()
}

fn draft(grant: &Grant<Write>, chat: ChatId) -> SelectStatement {
    Query::select()
        .column(draft::Column::Text)
        .from(draft::Entity)
        .and_where(draft::Column::UserId.eq(grant.user().0))
        .and_where(draft::Column::ChatId.eq(chat.0))
        .to_owned()
}

fn newest(chat: ChatId) -> SelectStatement {
    Query::select()
        .expr(message::Column::Position.max())
        .from(message::Entity)
        .and_where(message::Column::ChatId.eq(chat.0))
        .to_owned()
}

fn same_id(grant: &Grant<Write>, wa_id: &WaMessageId) -> SelectStatement {
    Query::select()
        .column(message::Column::Id)
        .from(message::Entity)
        .and_where(message::Column::ConnectionId.eq(grant.connection().0))
        .and_where(message::Column::WaId.eq(wa_id.as_str()))
        .and_where(message::Column::SenderId.eq(message::OURSELVES))
        .limit(1)
        .to_owned()
}
