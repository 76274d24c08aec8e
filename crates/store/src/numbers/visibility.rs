//! What contacts see of the people who work with a number.

use model::{AuditAction, ConnectionId, Visibility};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, EntityTrait as _, sea_query::OnConflict,
};

use crate::{
    Error, Grant, Ingest, NewAuditEntry, Store, Viewer, Write, access::Right, audit,
    entity::number_visibility, live::Work,
};

impl Viewer {
    /// Returns what contacts see of the people who work with a number.
    ///
    /// # Errors
    /// [`Error::NotFound`] unless this user owns the number or is an admin.
    pub async fn visibility(&self, number: ConnectionId) -> Result<Visibility, Error> {
        self.require(number, Right::Policy).await?;
        of_number(self.store().db(), number).await
    }

    /// Decides what contacts see of the people who work with a number from now on. Receipts that wait
    /// follow it too.
    ///
    /// # Errors
    /// [`Error::NotFound`] unless this user owns the number or is an admin.
    pub async fn set_visibility(
        &self,
        number: ConnectionId,
        visibility: Visibility,
    ) -> Result<(), Error> {
        self.require(number, Right::Policy).await?;
        let mut writing = self.store().write().await?;
        if of_number(&writing.tx, number).await? == visibility {
            return Ok(());
        }
        store(&writing.tx, number, visibility).await?;
        let entry = NewAuditEntry::new(AuditAction::ConnectionChanged)
            .connection(number)
            .detail("hides_reading", visibility.hides_reading)
            .detail("hides_online", visibility.hides_online);
        audit::record(&writing.tx, &self.actor(), entry).await?;
        writing.wake(number, Work::Visibility);
        writing.commit().await
    }
}

impl Store {
    /// Returns what contacts see of the people who work with the grant's number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn visibility_of(&self, grant: &Grant<Write>) -> Result<Visibility, Error> {
        of_number(self.db(), grant.connection()).await
    }
}

impl Ingest {
    /// Returns what contacts see of the people who work with the number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn visibility(&self) -> Result<Visibility, Error> {
        of_number(self.store().db(), self.connection()).await
    }
}

/// Gives the number that replaces another one what contacts see of it.
pub(super) async fn copy(
    tx: &DatabaseTransaction,
    from: ConnectionId,
    to: ConnectionId,
) -> Result<(), Error> {
    let visibility = of_number(tx, from).await?;
    if visibility == Visibility::default() { Ok(()) } else { store(tx, to, visibility).await }
}

pub(crate) async fn of_number(
    db: &impl ConnectionTrait,
    number: ConnectionId,
) -> Result<Visibility, Error> {
    let row = number_visibility::Entity::find_by_id(number.0).one(db).await?;
    Ok(row.map_or_else(Visibility::default, |row| Visibility {
        hides_reading: row.hides_reading,
        hides_online: row.hides_online,
    }))
}

async fn store(
    tx: &DatabaseTransaction,
    number: ConnectionId,
    visibility: Visibility,
) -> Result<(), Error> {
    let row = number_visibility::ActiveModel {
        connection_id: Set(number.0),
        hides_reading: Set(visibility.hides_reading),
        hides_online: Set(visibility.hides_online),
    };
    let columns = [number_visibility::Column::HidesReading, number_visibility::Column::HidesOnline];
    let replaced = OnConflict::column(number_visibility::Column::ConnectionId)
        .update_columns(columns)
        .to_owned();
    number_visibility::Entity::insert(row).on_conflict(replaced).exec_without_returning(tx).await?;
    Ok(())
}
