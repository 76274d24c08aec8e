//! Giving a user access to a number, and taking it away.

use model::{ConnectionId, UserId};
use sea_orm::{ActiveValue::Set, EntityTrait as _, sea_query::OnConflict};

use super::Admin;
use crate::{
    Error, Store, codec,
    entity::{connection, number_access, user},
};

/// What is given. Every kind includes reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
    /// Link and unlink, without sending.
    Manage,
    WriteAndManage,
}

impl Access {
    fn writes(self) -> bool {
        matches!(self, Self::Write | Self::WriteAndManage)
    }

    fn manages(self) -> bool {
        matches!(self, Self::Manage | Self::WriteAndManage)
    }
}

impl Store {
    /// Gives `user` this access to a number, in place of what they had been given before.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user or number.
    pub async fn grant_access(
        &self,
        admin: &Admin,
        to: UserId,
        on: ConnectionId,
        access: Access,
    ) -> Result<(), Error> {
        let writing = self.write().await?;
        let known = user::Entity::find_by_id(to.0).one(&writing.tx).await?.is_some()
            && connection::Entity::find_by_id(on.0).one(&writing.tx).await?.is_some();
        if !known {
            return Err(Error::NotFound);
        }
        let row = number_access::ActiveModel {
            user_id: Set(to.0),
            connection_id: Set(on.0),
            can_read: Set(true),
            can_write: Set(access.writes()),
            can_manage: Set(access.manages()),
            granted_by: Set(admin.user().0),
            created_at: Set(codec::now()),
        };
        let replace = OnConflict::columns([
            number_access::Column::UserId,
            number_access::Column::ConnectionId,
        ])
        .update_columns([
            number_access::Column::CanRead,
            number_access::Column::CanWrite,
            number_access::Column::CanManage,
            number_access::Column::GrantedBy,
            number_access::Column::CreatedAt,
        ])
        .to_owned();
        number_access::Entity::insert(row)
            .on_conflict(replace)
            .exec_without_returning(&writing.tx)
            .await?;
        writing.commit().await
    }

    /// Takes away what `user` was given on a number. Owners and admins keep their access; taking
    /// away what was never given does nothing.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn revoke_access(
        &self,
        _admin: &Admin,
        from: UserId,
        on: ConnectionId,
    ) -> Result<(), Error> {
        let writing = self.write().await?;
        number_access::Entity::delete_by_id((from.0, on.0)).exec(&writing.tx).await?;
        writing.commit().await
    }
}
