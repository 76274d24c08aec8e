//! Replaces a number whose phone changed.
//!
//! A chat belongs to the phone that it was held with. So the old number is kept, readable by the
//! same users, and a new one replaces it: with the same label, colour, privacy, grants and decision about
//! calls and what contacts see, and without chats.

use model::{AuditAction, ConnectionId, UserId};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _,
};

use crate::{
    Error, Grant, Manage, NewAuditEntry, NewNumber, Store, audit, calls, codec,
    entity::{connection, number_access},
    write::Writing,
};

use super::{insert, visibility};

impl Store {
    /// Prepares a number for another phone. Returns the number to link: a new one, or the one that
    /// an earlier call created. A number that belongs to no phone yet is returned itself; only its
    /// expected phone is cleared.
    ///
    /// # Errors
    /// [`Error::Linked`] while a phone is linked; [`Error::NotFound`] when the number is gone.
    pub async fn change_phone(&self, grant: &Grant<Manage>) -> Result<ConnectionId, Error> {
        let id = grant.connection();
        let mut writing = self.write().await?;
        let row = connection::Entity::find_by_id(id.0).one(&writing.tx).await?;
        let row = row.ok_or(Error::NotFound)?;
        if row.linked {
            return Err(Error::Linked);
        }
        if let Some(successor) = row.replaced_by {
            return Ok(ConnectionId(successor));
        }
        let successor = match row.phone.is_some() {
            true => create_successor(&mut writing, grant, &row).await?,
            false => id,
        };
        let entry = NewAuditEntry::new(AuditAction::PhoneChanged)
            .connection(id)
            .detail("number", successor.to_string());
        audit::record(&writing.tx, &grant.actor(), entry).await?;
        let mut row = row.into_active_model();
        row.expected_phone = Set(None);
        row.last_end = Set(None);
        if successor != id {
            row.replaced_by = Set(Some(successor.0));
        }
        row.update(&writing.tx).await?;
        writing.access_changed(id);
        writing.commit().await?;
        Ok(successor)
    }
}

/// Creates the number that replaces a row.
async fn create_successor(
    writing: &mut Writing,
    grant: &Grant<Manage>,
    row: &connection::Model,
) -> Result<ConnectionId, Error> {
    let id = ConnectionId(row.id);
    if row.default_of.is_some() {
        // The successor becomes the default: a user has only one.
        let change = connection::ActiveModel {
            id: Set(row.id),
            default_of: Set(None),
            ..Default::default()
        };
        change.update(&writing.tx).await?;
    }
    let new = NewNumber {
        label: row.label.clone(),
        color: Some(codec::read_color(id, row.color.as_deref())?),
        expected_phone: None,
    };
    let successor = insert(writing, &grant.actor(), UserId(row.owner_id), new).await?;
    let change = connection::ActiveModel {
        id: Set(successor.0),
        default_of: Set(row.default_of),
        private_by_default: Set(row.private_by_default),
        ..Default::default()
    };
    change.update(&writing.tx).await?;
    calls::copy(&writing.tx, id, successor).await?;
    visibility::copy(&writing.tx, id, successor).await?;
    let grants = number_access::Entity::find()
        .filter(number_access::Column::ConnectionId.eq(row.id))
        .all(&writing.tx)
        .await?;
    for granted in grants {
        let mut granted = granted.into_active_model();
        granted.connection_id = Set(successor.0);
        number_access::Entity::insert(granted).exec_without_returning(&writing.tx).await?;
    }
    Ok(successor)
}
