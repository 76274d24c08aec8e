//! Reads rows as messages for pages and events. A page takes two queries, however long it is.

use std::collections::BTreeSet;

use model::{
    Author, ChatId, Media, MediaView, Message, MessageId, MessageKind, WaMessageId, bounds,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType,
    QueryFilter as _, QuerySelect as _, RelationTrait as _, Select,
    sea_query::{Expr, ExprTrait as _},
};

use super::{long_text::beginning, reactions::Reactions};
use crate::{
    Error, codec,
    entity::{chat, contact, media, message, user},
    names,
};

/// The characters of a text that are read for a bubble. One more than the bubble shows tells that
/// there is more text.
const READ: usize = bounds::BUBBLE + 1;

/// The most ids of one query; SQLite binds 32,766 values at most.
const AT_ONCE: usize = 10_000;

/// Returns messages for events. The right to read them is checked on delivery.
pub(crate) async fn by_id(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = MessageId>,
) -> Result<Vec<Message>, Error> {
    let ids: BTreeSet<i64> = ids.map(|id| id.0).collect();
    let ids: Vec<i64> = ids.into_iter().collect();
    let mut messages = Vec::with_capacity(ids.len());
    for ids in ids.chunks(AT_ONCE) {
        let select = message::Entity::find().filter(message::Column::Id.is_in(ids.iter().copied()));
        messages.extend(rows(db, select).await?);
    }
    Ok(messages)
}

pub(crate) async fn rows(
    db: &impl ConnectionTrait,
    select: Select<message::Entity>,
) -> Result<Vec<Message>, Error> {
    let rows: Vec<Row> = complete(select).into_model().all(db).await?;
    let reactions = Reactions::load(db, rows.iter().map(|row| &*row.wa_id)).await?;
    rows.into_iter().map(|row| row.into_model(&reactions)).collect()
}

/// Joins the columns that a row shows beside its own, and reads no more of its text than is shown.
pub(crate) fn complete(select: Select<message::Entity>) -> Select<message::Entity> {
    message::without_text(select)
        .expr_as(beginning(message::Column::Text, READ), "text")
        .join(JoinType::InnerJoin, message::Relation::Chat.def())
        .join(JoinType::LeftJoin, message::Relation::Author.def())
        .join(JoinType::LeftJoin, message::Relation::Sender.def())
        .join_rev(JoinType::LeftJoin, media::Relation::Message.def())
        // A group is a chat without a contact. Only there the sender is named.
        .expr_as(Expr::col(chat::Column::ContactId.as_column_ref()).is_null(), "in_group")
        .column_as(user::Column::Name, "author_name")
        .column_as(contact::Column::Phone, "phone")
        .column_as(contact::Column::Lid, "lid")
        .column_as(contact::Column::SavedName, "saved_name")
        .column_as(contact::Column::PushName, "push_name")
        .column_as(media::Column::Name, "file_name")
        .column(media::Column::Mime)
        .column(media::Column::Size)
        .column(media::Column::Width)
        .column(media::Column::Height)
        .expr_as(Expr::col(media::Column::Preview.as_column_ref()).is_not_null(), "has_preview")
        .column(media::Column::State)
        .column(media::Column::Tries)
        .column(media::Column::NextAt)
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    chat_id: i64,
    sender_id: i64,
    wa_id: String,
    kind: String,
    text: String,
    sent_at: i64,
    position: i64,
    delivery: Option<String>,
    edited_at: Option<i64>,
    in_group: bool,
    author_name: Option<String>,
    phone: Option<String>,
    lid: Option<String>,
    saved_name: Option<String>,
    push_name: Option<String>,
    file_name: Option<String>,
    mime: Option<String>,
    size: Option<i64>,
    width: Option<i64>,
    height: Option<i64>,
    has_preview: bool,
    state: Option<String>,
    tries: Option<i64>,
    next_at: Option<i64>,
}

impl Row {
    fn into_model(self, reactions: &Reactions) -> Result<Message, Error> {
        let kind = MessageKind::from_name(&self.kind);
        let shown = text::shown(kind, &self.text);
        let reactions = reactions.of(self.chat_id, &self.wa_id);
        let wa_id = WaMessageId::parse(&self.wa_id)
            .map_err(|_| Error::Corrupt { what: "a message id", value: self.wa_id })?;
        let author = match (self.sender_id, self.author_name) {
            (message::OURSELVES, Some(name)) => Author::User { name: text::line(&name) },
            (message::OURSELVES, None) => Author::Phone,
            _ if self.in_group => {
                let name =
                    names::display_name(self.saved_name, self.push_name, self.phone.as_deref());
                Author::Contact { name: name.or(self.lid.as_deref().map(names::fallback)) }
            }
            _ => Author::Contact { name: None },
        };
        let side = |pixels: i64| u32::try_from(pixels).ok();
        let mime = self.mime.unwrap_or_default();
        let view = text::view(kind, &mime);
        let media = match self.state {
            Some(state) if kind != MessageKind::Revoked => Some(Media {
                name: (view == MediaView::File)
                    .then(|| text::file_name(kind, &mime, self.file_name.as_deref())),
                view,
                size: self.size.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0),
                shape: self.width.and_then(side).zip(self.height.and_then(side)),
                preview: self.has_preview,
                state: codec::read_media_state(state, self.tries.unwrap_or(0), self.next_at)?,
            }),
            _ => None,
        };
        Ok(Message {
            id: MessageId(self.id),
            wa_id,
            chat: ChatId(self.chat_id),
            author,
            kind,
            text: shown.text,
            rich: shown.rich,
            more: shown.more,
            edited: self.edited_at,
            reactions,
            sent_at: codec::time(self.sent_at),
            position: self.position,
            delivery: codec::read_delivery(self.delivery.as_deref())?,
            media,
        })
    }
}
