//! What became of the number's own session.

use model::{Delivery, EndReason, FailReason};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, JoinType, QueryFilter as _, QuerySelect as _,
    RelationTrait as _, sea_query::Expr,
};

use super::Ingest;
use crate::{
    Error, codec,
    entity::{connection, message, outbox},
    outbox::advance,
};

impl Ingest {
    /// A phone linked this number: credentials exist from now on. `phone` is its international
    /// digits, `jid` and `lid` the complete own addresses.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such connection.
    pub async fn linked(
        &self,
        phone: &str,
        jid: Option<&str>,
        lid: Option<&str>,
        push_name: Option<&str>,
    ) -> Result<(), Error> {
        let writing = self.store.write().await?;
        let mut update = connection::Entity::update_many()
            .col_expr(connection::Column::Linked, Expr::val(true))
            .col_expr(connection::Column::LastEnd, Expr::val(None::<String>))
            .col_expr(connection::Column::Phone, Expr::val(phone))
            .col_expr(connection::Column::Jid, Expr::val(jid))
            .col_expr(connection::Column::Lid, Expr::val(lid));
        // Not told at every login.
        if let Some(name) = push_name {
            let name = codec::storable(name);
            update = update.col_expr(connection::Column::PushName, Expr::val(name));
        }
        let changed =
            update.filter(connection::Column::Id.eq(self.connection.0)).exec(&writing.tx).await?;
        if changed.rows_affected == 0 {
            return Err(Error::NotFound);
        }
        writing.commit().await
    }

    /// The link is gone for good, and with it what was waiting to be sent. The number and its
    /// conversations stay.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unlinked(&self, reason: EndReason) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        connection::Entity::update_many()
            .col_expr(connection::Column::Linked, Expr::val(false))
            .col_expr(connection::Column::LastEnd, Expr::val(codec::end_reason(reason)))
            .filter(connection::Column::Id.eq(self.connection.0))
            .exec(&writing.tx)
            .await?;
        let waiting = message::Entity::find()
            .join_rev(JoinType::InnerJoin, outbox::Relation::Message.def())
            .filter(outbox::Column::ConnectionId.eq(self.connection.0))
            .all(&writing.tx)
            .await?;
        for row in waiting {
            let failed = Delivery::Failed { reason: FailReason::Unlinked };
            advance(&mut writing, &row, failed).await?;
        }
        writing.commit().await
    }

    /// The session ended, or an attempt to link did; credentials are as they were.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn ended(&self, reason: EndReason) -> Result<(), Error> {
        let writing = self.store.write().await?;
        connection::Entity::update_many()
            .col_expr(connection::Column::LastEnd, Expr::val(codec::end_reason(reason)))
            .filter(connection::Column::Id.eq(self.connection.0))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }
}
