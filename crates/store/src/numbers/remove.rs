//! Removes a number with everything in it.

use model::{AuditAction, ConnectionId, Removal, UserId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::Expr,
};

use super::overview;
use crate::{
    Error, Grant, NewAuditEntry, Remove, Store, audit,
    entity::{chat, connection, message},
    write::Writing,
};

impl Store {
    /// Returns a summary of what is removed with a number, for the confirmation.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the number is gone.
    pub async fn removal(&self, grant: &Grant<Remove>) -> Result<Removal, Error> {
        let (db, id, scope) = (self.db(), grant.connection(), grant.scope());
        let row = connection::Entity::find_by_id(id.0).one(db).await?.ok_or(Error::NotFound)?;
        let chats = scope.chats().filter(chat::Column::ConnectionId.eq(id.0)).count(db).await?;
        let messages =
            scope.messages().filter(message::Column::ConnectionId.eq(id.0)).count(db).await?;
        let agents = overview::agents(db, Some(id)).await?.remove(&id).unwrap_or_default();
        Ok(Removal {
            label: row.label,
            linked_phone: row.phone.filter(|_| row.linked).as_deref().map(phone::number),
            chats,
            messages,
            agents,
        })
    }

    /// Removes a number, its chats including private ones, and every grant on it. If it was the
    /// owner's default, their oldest remaining number becomes the default. The caller unlinks the
    /// number before, since the session and its keys are not in this crate.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the number is gone already.
    pub async fn remove_connection(&self, grant: &Grant<Remove>) -> Result<(), Error> {
        let id = grant.connection();
        let mut writing = self.write().await?;
        let row = connection::Entity::find_by_id(id.0).one(&writing.tx).await?;
        let row = row.ok_or(Error::NotFound)?;
        let entry = NewAuditEntry::new(AuditAction::ConnectionRemoved)
            .connection(id)
            .subject(UserId(row.owner_id));
        audit::record(&writing.tx, &grant.actor(), entry).await?;
        // Its predecessor is replaced by the successor of this number, or by none any more.
        connection::Entity::update_many()
            .col_expr(connection::Column::ReplacedBy, Expr::val(row.replaced_by))
            .filter(connection::Column::ReplacedBy.eq(id.0))
            .exec(&writing.tx)
            .await?;
        connection::Entity::delete_by_id(id.0).exec(&writing.tx).await?;
        if let Some(owner) = row.default_of {
            set_next_default(&writing, owner).await?;
        }
        writing.access_changed(id);
        writing.commit().await
    }
}

/// Makes the oldest remaining number of an owner their default.
async fn set_next_default(writing: &Writing, owner: i64) -> Result<(), Error> {
    let oldest: Option<i64> = connection::Entity::find()
        .select_only()
        .column(connection::Column::Id)
        .filter(connection::Column::OwnerId.eq(owner))
        .filter(connection::Column::ReplacedBy.is_null())
        .order_by_asc(connection::Column::Id)
        .into_tuple()
        .one(&writing.tx)
        .await?;
    let Some(oldest) = oldest.map(ConnectionId) else { return Ok(()) };
    connection::Entity::update_many()
        .col_expr(connection::Column::DefaultOf, Expr::val(owner))
        .filter(connection::Column::Id.eq(oldest.0))
        .exec(&writing.tx)
        .await?;
    Ok(())
}
