//! Numbers: the list of a user, one number, the user's own, and the linked ones for the start of
//! the server.

use chrono::Utc;
use model::{ConnectionId, Downtime, EndReason, NumberColor, UserId, message::AWAITED_FOR};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, RelationTrait as _,
    Select,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};

use super::insert;
use crate::{
    Error, NewNumber, Store, Viewer,
    access::{Right, Scope, users},
    codec,
    entity::{connection, downtime, media, message},
};

/// The label of a number until a user gives it another.
const DEFAULT_LABEL: &str = "WhatsApp";

/// A number as stored in the database. The `gateway` has its current connection state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionRow {
    pub id: ConnectionId,
    pub label: String,
    pub color: NumberColor,
    /// International digits of the phone it belongs to, once it has been linked.
    pub phone: Option<String>,
    /// International digits of the only phone that may link it first.
    pub expected_phone: Option<String>,
    /// The number that replaced it when its phone changed.
    pub replaced_by: Option<ConnectionId>,
    /// True if its older chats may belong to another phone.
    pub maybe_mixed: bool,
    /// The label of the number whose phone scanned the code last, if this viewer may read it.
    pub phone_holder: Option<String>,
    pub owner: UserId,
    /// True if it is the default number of this viewer.
    pub is_default: bool,
    /// True if it has credentials.
    pub linked: bool,
    /// The end of its last session; `None` before the first, and while it is linked without
    /// trouble.
    pub last_end: Option<EndReason>,
    /// True if this viewer owns it or was granted it, and does not only see it as an administrator.
    pub assigned: bool,
    /// True if this viewer may send from it. A replaced number sends nothing.
    pub can_write: bool,
    /// True if this viewer may link, unlink and rename it.
    pub can_manage: bool,
    /// Its last downtime.
    pub downtime: Option<Downtime>,
    /// The count of incomplete messages in chats that this viewer may read: messages of the last
    /// day that could not be decrypted, and messages whose file could not be fetched so far.
    pub pending: u32,
    /// True if chats without a mark of their own are private. Always false for anybody but the
    /// owner.
    pub private_by_default: bool,
}

/// A number that has credentials, and is connected when the server starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    pub id: ConnectionId,
    pub owner: UserId,
    pub phone: Option<String>,
}

impl Viewer {
    /// Returns the numbers that this user may read: the default first, then the others by label,
    /// and replaced ones last.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn connections(&self) -> Result<Vec<ConnectionRow>, Error> {
        let mut rows = self.rows(self.scope().connections()).await?;
        rows.sort_by_key(|row| (row.replaced_by.is_some(), !row.is_default));
        Ok(rows)
    }

    /// Returns one number.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none that this user may read.
    pub async fn connection(&self, id: ConnectionId) -> Result<ConnectionRow, Error> {
        let one = self.scope().connections().filter(connection::Column::Id.eq(id.0));
        self.rows(one).await?.pop().ok_or(Error::NotFound)
    }

    /// Returns the downtimes of a number, newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none that this user may read.
    pub async fn downtimes(&self, id: ConnectionId, limit: u64) -> Result<Vec<Downtime>, Error> {
        self.connection(id).await?;
        let own = self.may(id, Right::Own).await?;
        let rows = downtime::Entity::find()
            .filter(downtime::Column::ConnectionId.eq(id.0))
            .filter(downtime::Column::ToAt.gt(downtime::OPEN))
            .order_by_desc(downtime::Column::Id)
            .limit(limit)
            .all(self.store().db())
            .await?;
        Ok(rows.into_iter().map(|row| row.into_model(own)).collect())
    }

    /// Returns the user's own default number, and creates it on the first call. Two concurrent
    /// requests get the same one.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the user was deactivated since this viewer was created.
    pub async fn own_connection(&self) -> Result<ConnectionId, Error> {
        let me = self.user().id;
        let own = || connection::Entity::find().filter(connection::Column::DefaultOf.eq(me.0));
        if let Some(row) = own().one(self.store().db()).await? {
            // This read uses the scope, so a deactivated user gets nothing here either.
            return self.connection(ConnectionId(row.id)).await.map(|row| row.id);
        }
        let mut writing = self.store().write().await?;
        users::active_user(&writing.tx, me).await?.ok_or(Error::NotFound)?;
        if let Some(row) = own().one(&writing.tx).await? {
            return Ok(ConnectionId(row.id));
        }
        let new = NewNumber { label: DEFAULT_LABEL.to_owned(), color: None, expected_phone: None };
        let id = insert(&mut writing, &self.actor(), me, new).await?;
        writing.commit().await?;
        Ok(id)
    }

    async fn rows(&self, scoped: Select<connection::Entity>) -> Result<Vec<ConnectionRow>, Error> {
        rows(self.store().db(), self.scope(), scoped).await
    }
}

/// Returns these numbers as the scope's user sees them, by label.
pub(crate) async fn rows(
    db: &impl ConnectionTrait,
    scope: Scope,
    select: Select<connection::Entity>,
) -> Result<Vec<ConnectionRow>, Error> {
    let rows: Vec<Row> = complete(scope, select).into_model().all(db).await?;
    let rows: Result<_, _> = rows.into_iter().map(Row::into_model).collect();
    with_holders(db, scope, rows?).await
}

/// Adds the label of the number that owns the phone, where that phone scanned the code of another
/// number.
async fn with_holders(
    db: &impl ConnectionTrait,
    scope: Scope,
    mut rows: Vec<ConnectionRow>,
) -> Result<Vec<ConnectionRow>, Error> {
    for row in &mut rows {
        if let Some(EndReason::PhoneInUse { number }) = row.last_end {
            let label: Option<String> = scope
                .connections()
                .filter(connection::Column::Id.eq(number.0))
                .select_only()
                .column(connection::Column::Label)
                .into_tuple()
                .one(db)
                .await?;
            row.phone_holder = label.as_deref().map(text::line);
        }
    }
    Ok(rows)
}

/// Adds the rights of the scope's user on each number, and the columns that a row shows beside its
/// own.
pub(crate) fn complete(
    scope: Scope,
    select: Select<connection::Entity>,
) -> Select<connection::Entity> {
    select
        .expr_as(scope.without_role().allows(Right::Read, connection::Column::Id), "assigned")
        .expr_as(scope.allows(Right::Write, connection::Column::Id), "can_write")
        .expr_as(scope.allows(Right::Manage, connection::Column::Id), "can_manage")
        .expr_as(scope.allows(Right::Own, connection::Column::Id), "is_own")
        .expr_as(pending(scope), "pending")
        .expr_as(last_downtime(downtime::Column::FromAt), "downtime_from")
        .expr_as(last_downtime(downtime::Column::ToAt), "downtime_to")
        .expr_as(last_downtime(downtime::Column::Recovered), "recovered")
        .expr_as(last_downtime(downtime::Column::RecoveredPrivate), "recovered_private")
        .order_by_asc(connection::Column::Label)
        .order_by_asc(connection::Column::Id)
}

/// Counts incomplete messages: placeholders whose content WhatsApp may still send, and files that
/// could not be fetched so far.
fn pending(scope: Scope) -> SimpleExpr {
    placeholders(scope).add(files(scope))
}

/// Counts placeholders. The condition is worded like that of the partial index
/// `message_undecryptable`; otherwise the index is not used.
fn placeholders(scope: Scope) -> SimpleExpr {
    let counted = message::Entity::find()
        .select_only()
        .expr(message::Column::Id.count())
        .filter(Expr::cust("\"message\".\"kind\" = 'undecryptable'"))
        .filter(
            Expr::col(message::Column::ConnectionId.as_column_ref())
                .eq(Expr::col(connection::Column::Id.as_column_ref())),
        )
        .filter(message::Column::SentAt.gt(codec::micros(Utc::now() - AWAITED_FOR)))
        .filter(scope.sees_chat(message::Column::ChatId))
        .into_query();
    Expr::SubQuery(None, Box::new(counted.into()))
}

/// Counts awaited files after a failure. The condition is worded like that of the partial index
/// `media_awaited`; otherwise the index is not used.
fn files(scope: Scope) -> SimpleExpr {
    let counted = media::Entity::find()
        .select_only()
        .expr(media::Column::MessageId.count())
        .join(JoinType::InnerJoin, media::Relation::Message.def())
        .filter(Expr::cust("\"media\".\"state\" = 'awaited'"))
        .filter(
            Expr::col(media::Column::ConnectionId.as_column_ref())
                .eq(Expr::col(connection::Column::Id.as_column_ref())),
        )
        .filter(media::Column::Tries.gt(0))
        .filter(scope.sees_chat(message::Column::ChatId))
        .into_query();
    Expr::SubQuery(None, Box::new(counted.into()))
}

fn last_downtime(column: downtime::Column) -> SimpleExpr {
    let last = downtime::Entity::find()
        .select_only()
        .column(column)
        .filter(
            Expr::col(downtime::Column::ConnectionId.as_column_ref())
                .eq(Expr::col(connection::Column::Id.as_column_ref())),
        )
        .filter(downtime::Column::ToAt.gt(downtime::OPEN))
        .order_by_desc(downtime::Column::Id)
        .limit(1)
        .into_query();
    Expr::SubQuery(None, Box::new(last.into()))
}

impl Store {
    /// Returns the numbers that have credentials, for the start of the server.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn linked_connections(&self) -> Result<Vec<Linked>, Error> {
        let rows = connection::Entity::find()
            .filter(connection::Column::Linked.eq(true))
            .order_by_asc(connection::Column::Id)
            .all(self.db())
            .await?;
        let linked = rows.into_iter().map(|row| Linked {
            id: ConnectionId(row.id),
            owner: UserId(row.owner_id),
            phone: row.phone,
        });
        Ok(linked.collect())
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    owner_id: i64,
    default_of: Option<i64>,
    label: String,
    color: Option<String>,
    linked: bool,
    phone: Option<String>,
    expected_phone: Option<String>,
    replaced_by: Option<i64>,
    maybe_mixed: bool,
    last_end: Option<String>,
    private_by_default: bool,
    assigned: bool,
    can_write: bool,
    can_manage: bool,
    is_own: bool,
    pending: i64,
    downtime_from: Option<i64>,
    downtime_to: Option<i64>,
    recovered: Option<i64>,
    recovered_private: Option<i64>,
}

impl Row {
    fn into_model(self) -> Result<ConnectionRow, Error> {
        let id = ConnectionId(self.id);
        let count = |messages: i64| u32::try_from(messages).unwrap_or(u32::MAX);
        let range = self.downtime_from.zip(self.downtime_to);
        let downtime = range.map(|(from_at, to_at)| downtime::Model {
            id: 0,
            connection_id: self.id,
            from_at,
            to_at,
            recovered: self.recovered.unwrap_or(0),
            recovered_private: self.recovered_private.unwrap_or(0),
        });
        Ok(ConnectionRow {
            id,
            label: text::line(&self.label),
            color: codec::read_color(id, self.color.as_deref())?,
            phone: self.phone,
            expected_phone: self.expected_phone,
            replaced_by: self.replaced_by.map(ConnectionId),
            maybe_mixed: self.maybe_mixed,
            phone_holder: None,
            owner: UserId(self.owner_id),
            is_default: self.default_of.is_some() && self.is_own,
            linked: self.linked,
            last_end: codec::read_end_reason(self.last_end.as_deref())?,
            assigned: self.assigned,
            can_write: self.can_write && self.replaced_by.is_none(),
            can_manage: self.can_manage,
            downtime: downtime.map(|row| row.into_model(self.is_own)),
            pending: count(self.pending),
            private_by_default: self.private_by_default && self.is_own,
        })
    }
}
