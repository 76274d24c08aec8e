//! Chats as rows of the list. A page takes two queries, however long it is.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use model::{Chat, ChatId, ConnectionId, MessageKind, Preview, bounds};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, Func, Order, Query, SimpleExpr},
};

use super::{MessageKey, Updated, beginning, names};
use crate::{
    Error, Viewer,
    access::{Scope, is_private},
    codec,
    entity::{chat, connection, contact, message},
    ingest::identity::is_same_phone,
};

/// The characters of a text that are read for a preview. It is longer than the preview, since
/// formatting that begins in it may end after it.
const READ: usize = 1_000;

/// A page of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatsPage {
    /// The number, or `None` for all numbers that the viewer may read.
    pub connection: Option<ConnectionId>,
    /// The row before the page; `None` for the first page. The last row of a page is the key of the
    /// next, so rows that move up meanwhile neither repeat nor hide others.
    pub before: Option<(DateTime<Utc>, ChatId)>,
    pub limit: u64,
}

impl Viewer {
    /// Returns a page of chats, newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when [`ChatsPage::connection`] is not readable.
    pub async fn chats(&self, page: ChatsPage) -> Result<Vec<Chat>, Error> {
        if let Some(connection) = page.connection {
            // No access is an error, and not an empty page.
            self.connection(connection).await?;
        }
        rows(self.store().db(), of_page(self.scope(), page)).await
    }

    /// Returns one chat.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none that this user may read.
    pub async fn chat(&self, id: ChatId) -> Result<Chat, Error> {
        let one = self.scope().chats().filter(chat::Column::Id.eq(id.0));
        rows(self.store().db(), one).await?.pop().ok_or(Error::NotFound)
    }

    /// Returns those of these chats that the user may read now. The stream of events asks this.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn readable(&self, chats: &[ChatId]) -> Result<HashSet<ChatId>, Error> {
        let ids: Vec<i64> = self
            .scope()
            .chats()
            .filter(chat::Column::Id.is_in(chats.iter().map(|id| id.0)))
            .select_only()
            .column(chat::Column::Id)
            .into_tuple()
            .all(self.store().db())
            .await?;
        Ok(ids.into_iter().map(ChatId).collect())
    }
}

pub(super) fn of_page(scope: Scope, page: ChatsPage) -> Select<chat::Entity> {
    let mut select = scope.chats();
    if let Some(connection) = page.connection {
        select = select.filter(chat::Column::ConnectionId.eq(connection.0));
    }
    if let Some((at, id)) = page.before {
        let at = codec::micros(at);
        // With the first condition the database enters the index where the page begins.
        select = select.filter(chat::Column::LastAt.lte(at)).filter(
            Condition::any().add(chat::Column::LastAt.lt(at)).add(chat::Column::Id.lt(id.0)),
        );
    }
    select.order_by_desc(chat::Column::LastAt).order_by_desc(chat::Column::Id).limit(page.limit)
}

/// Returns rows for events. The right to read them is checked on delivery.
pub(crate) async fn by_id(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = ChatId>,
) -> Result<Vec<Chat>, Error> {
    let ids: BTreeSet<i64> = ids.map(|id| id.0).collect();
    rows(db, chat::Entity::find().filter(chat::Column::Id.is_in(ids))).await
}

/// Updates the last message of chats in which messages were added, moved or deleted. It is the one
/// with the highest position.
pub(crate) async fn refresh_last(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = ChatId>,
) -> Result<(), Error> {
    let last_at = Expr::col(chat::Column::LastAt.as_column_ref());
    let moved_at = Func::coalesce([newest(activity(codec::now())), last_at]);
    chat::Entity::update_many()
        .col_expr(chat::Column::LastMessageId, newest(Expr::col((NEWEST, message::Column::Id))))
        .col_expr(chat::Column::LastAt, moved_at.into())
        .filter(chat::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
        .exec(db)
        .await?;
    Ok(())
}

const NEWEST: &str = "newest";

/// Selects an expression of a chat's last message; NULL if there is none.
fn newest(what: impl Into<SimpleExpr>) -> SimpleExpr {
    let last = Query::select()
        .expr(what)
        .from_as(message::Entity, NEWEST)
        .and_where(
            Expr::col((NEWEST, message::Column::ChatId))
                .eq(Expr::col(chat::Column::Id.as_column_ref())),
        )
        .order_by((NEWEST, message::Column::Position), Order::Desc)
        .limit(1)
        .to_owned();
    Expr::SubQuery(None, Box::new(last.into()))
}

/// The time of a chat's last activity. WhatsApp's times are whole seconds, so a message of the last
/// two seconds counts from its arrival: of two chats with a message in one second, the later is
/// first.
fn activity(now: i64) -> SimpleExpr {
    const JUST_NOW: i64 = 2_000_000;
    let sent_at = || Expr::col((NEWEST, message::Column::SentAt));
    let has_just_come = sent_at().lte(now).and(sent_at().gt(now - JUST_NOW));
    Expr::case(has_just_come, Expr::val(now)).finally(sent_at()).into()
}

pub(super) async fn rows(
    db: &impl ConnectionTrait,
    select: Select<chat::Entity>,
) -> Result<Vec<Chat>, Error> {
    let rows: Vec<Row> = complete(select).into_model().all(db).await?;
    let updates =
        Updated::load(db, rows.iter().filter_map(|row| row.last_wa_id.as_deref())).await?;
    rows.into_iter().map(|row| row.into_model(&updates)).collect()
}

/// Joins the columns that a row shows beside its own.
pub(super) fn complete(select: Select<chat::Entity>) -> Select<chat::Entity> {
    select
        .join(JoinType::LeftJoin, chat::Relation::Contact.def())
        .join(JoinType::LeftJoin, chat::Relation::LastMessage.def())
        .column_as(contact::Column::Phone, "phone")
        .column_as(contact::Column::SavedName, "saved_name")
        .column_as(contact::Column::PushName, "push_name")
        .column_as(message::Column::WaId, "last_wa_id")
        .column_as(message::Column::SenderId, "last_sender")
        .column_as(message::Column::Kind, "last_kind")
        .column_as(message::Column::Delivery, "last_delivery")
        .expr_as(beginning(message::Column::Text, READ), "last_text")
        .expr_as(unread(), "unread")
        .expr_as(is_private(), "is_private")
        .expr_as(of_number(connection::Column::Phone), "own_phone")
        .expr_as(of_number(connection::Column::Lid), "own_lid")
        .column_as(contact::Column::Lid, "lid")
}

/// Selects a column of the number that a row belongs to.
fn of_number(column: connection::Column) -> SimpleExpr {
    let value = Query::select()
        .column(("owned_by", column))
        .from_as(connection::Entity, "owned_by")
        .and_where(
            Expr::col(("owned_by", connection::Column::Id))
                .eq(Expr::col(chat::Column::ConnectionId.as_column_ref())),
        )
        .to_owned();
    Expr::SubQuery(None, Box::new(value.into()))
}

/// Counts the unread messages of a chat. The count is computed and not stored, so it cannot drift.
/// The index `message_unread` has unread messages only, so the cost is proportional to the count.
fn unread() -> SimpleExpr {
    let counted = Query::select()
        .expr(Func::count(Expr::col(("waiting", message::Column::Id))))
        .from_as(message::Entity, "waiting")
        .and_where(
            Expr::col(("waiting", message::Column::ChatId))
                .eq(Expr::col(chat::Column::Id.as_column_ref())),
        )
        .and_where(Expr::col(("waiting", message::Column::Unread)))
        .to_owned();
    Expr::SubQuery(None, Box::new(counted.into()))
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    connection_id: i64,
    jid: String,
    last_at: i64,
    phone: Option<String>,
    saved_name: Option<String>,
    push_name: Option<String>,
    last_wa_id: Option<String>,
    last_sender: Option<i64>,
    last_kind: Option<String>,
    last_text: Option<String>,
    last_delivery: Option<String>,
    unread: i64,
    is_private: bool,
    own_phone: Option<String>,
    own_lid: Option<String>,
    lid: Option<String>,
}

impl Row {
    fn into_model(self, updates: &Updated) -> Result<Chat, Error> {
        let is_same = |one: Option<&str>, other: Option<&str>| {
            one.zip(other).is_some_and(|(one, other)| is_same_phone(one, other))
        };
        let own_lid = self.own_lid.as_deref().and_then(|lid| lid.split(['@', ':']).next());
        let myself = is_same(self.phone.as_deref(), self.own_phone.as_deref())
            || own_lid.is_some_and(|own| self.lid.as_deref() == Some(own));
        let name = names::display_name(self.saved_name, self.push_name, self.phone.as_deref())
            .unwrap_or_else(|| names::fallback(&self.jid));
        let delivery = codec::read_delivery(self.last_delivery.as_deref())?;
        let last = self.last_wa_id.as_deref().zip(self.last_sender);
        let last = last.map(|(wa_id, sender)| MessageKey { wa_id, chat: self.id, sender });
        let preview = last.zip(self.last_kind).map(|(key, kind)| {
            let text = self.last_text.unwrap_or_default();
            let (kind, text) = updates.content(key, &kind, text);
            // The kind is more useful in a preview than the link to a map.
            let text = if kind == MessageKind::Location { "" } else { &text };
            // An edited text is read up to a higher bound.
            let read = text::cut(text, READ);
            let text = in_one_line(&text::line(&text::plain(kind, read)));
            Preview { kind, text, delivery }
        });
        Ok(Chat {
            id: ChatId(self.id),
            connection: ConnectionId(self.connection_id),
            name,
            phone: if myself { self.phone.or(self.own_phone) } else { self.phone }
                .as_deref()
                .map(phone::number),
            preview,
            last_at: codec::time(self.last_at),
            unread: u32::try_from(self.unread).unwrap_or(u32::MAX),
            private: self.is_private,
            myself,
        })
    }
}

/// Folds a text into one line of at most [`bounds::ROW`] characters, with an ellipsis at the end if
/// it was truncated.
fn in_one_line(text: &str) -> String {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text::cut(&folded, bounds::ROW).len() == folded.len() {
        return folded;
    }
    text::cut(&folded, bounds::ROW - 1).to_owned() + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_one_short_line() {
        assert_eq!(in_one_line("bom dia\r\n\n tudo bem?"), "bom dia tudo bem?");
        assert_eq!(in_one_line(&"é".repeat(bounds::ROW)).chars().count(), bounds::ROW);
        let cut = in_one_line(&"é".repeat(bounds::ROW + 1));
        assert_eq!(cut.chars().count(), bounds::ROW);
        assert!(cut.ends_with('…'));
        let family = in_one_line(&"👨‍👩‍👧‍👦".repeat(bounds::ROW));
        assert!(family.ends_with("👦…") && family.chars().count() <= bounds::ROW);
    }
}
