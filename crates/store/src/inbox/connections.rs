//! Numbers: the list, one, the user's own, and those to bring up at boot.

use std::collections::HashSet;

use model::{ConnectionId, EndReason, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select,
};

use crate::{
    Error, Store, Viewer,
    access::{Right, allows},
    codec,
    entity::connection,
};

/// What a number is called until somebody names it.
const DEFAULT_LABEL: &str = "WhatsApp";

/// A number as the database knows it; whether it is connected right now, the `gateway` knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionRow {
    pub id: ConnectionId,
    pub label: String,
    /// International digits, once it has been linked.
    pub phone: Option<String>,
    pub owner: UserId,
    /// It has credentials.
    pub linked: bool,
    /// How its last session ended; `None` before the first and while linked without trouble.
    pub last_end: Option<EndReason>,
    /// This viewer may send from it.
    pub can_write: bool,
    /// This viewer may link and unlink it.
    pub can_manage: bool,
}

/// A number that has credentials and is to be connected without anybody asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    pub id: ConnectionId,
    pub owner: UserId,
    pub phone: Option<String>,
}

impl Viewer {
    /// The numbers this user may read: their default first, then by label.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn connections(&self) -> Result<Vec<ConnectionRow>, Error> {
        let mut rows = self.rows(self.scope().connections()).await?;
        rows.sort_by_key(|row| row.default_of != Some(self.user().id.0));
        rows.into_iter().map(Row::into_model).collect()
    }

    /// One number.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none that this user may read.
    pub async fn connection(&self, id: ConnectionId) -> Result<ConnectionRow, Error> {
        let one = self.scope().connections().filter(connection::Column::Id.eq(id.0));
        self.rows(one).await?.pop().ok_or(Error::NotFound)?.into_model()
    }

    /// The numbers this user may read now, for deciding about an event in the stream.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn readable(&self) -> Result<HashSet<ConnectionId>, Error> {
        let ids: Vec<i64> = self
            .scope()
            .connections()
            .select_only()
            .column(connection::Column::Id)
            .into_tuple()
            .all(self.store().db())
            .await?;
        Ok(ids.into_iter().map(ConnectionId).collect())
    }

    /// The user's own default number, made the first time it is asked for. Two requests at once get
    /// the same one.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the user was deactivated since this was made.
    pub async fn own_connection(&self) -> Result<ConnectionId, Error> {
        let me = self.user().id;
        let own = || connection::Entity::find().filter(connection::Column::DefaultOf.eq(me.0));
        if let Some(row) = own().one(self.store().db()).await? {
            // Through the scope, so that a deactivated user gets nothing here either.
            return self.connection(ConnectionId(row.id)).await.map(|row| row.id);
        }
        let writing = self.store().write().await?;
        crate::accounts::active_user(&writing.tx, me).await?.ok_or(Error::NotFound)?;
        if let Some(row) = own().one(&writing.tx).await? {
            return Ok(ConnectionId(row.id));
        }
        let row = connection::ActiveModel {
            owner_id: Set(me.0),
            default_of: Set(Some(me.0)),
            label: Set(DEFAULT_LABEL.to_owned()),
            linked: Set(false),
            created_at: Set(codec::now()),
            ..Default::default()
        };
        let id = connection::Entity::insert(row).exec(&writing.tx).await?.last_insert_id;
        writing.commit().await?;
        Ok(ConnectionId(id))
    }

    async fn rows(&self, scoped: Select<connection::Entity>) -> Result<Vec<Row>, Error> {
        let me = self.user().id;
        let rows = scoped
            .expr_as(allows(me, Right::Write), "can_write")
            .expr_as(allows(me, Right::Manage), "can_manage")
            .order_by_asc(connection::Column::Label)
            .order_by_asc(connection::Column::Id)
            .into_model()
            .all(self.store().db())
            .await?;
        Ok(rows)
    }
}

impl Store {
    /// The numbers that have credentials, for boot.
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
    linked: bool,
    phone: Option<String>,
    last_end: Option<String>,
    can_write: bool,
    can_manage: bool,
}

impl Row {
    fn into_model(self) -> Result<ConnectionRow, Error> {
        Ok(ConnectionRow {
            id: ConnectionId(self.id),
            label: self.label,
            phone: self.phone,
            owner: UserId(self.owner_id),
            linked: self.linked,
            last_end: codec::read_end_reason(self.last_end.as_deref())?,
            can_write: self.can_write,
            can_manage: self.can_manage,
        })
    }
}
