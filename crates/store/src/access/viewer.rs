//! The access of one user.

use std::net::IpAddr;

use model::{ChatId, ConnectionId, Role, User, UserId};
use sea_orm::{EntityTrait as _, QueryFilter as _, QuerySelect as _};

use super::{ActorContext, Admin, Grant, Manage, Remove, Right, Scope, Write, users};
use crate::{Error, Store, entity::connection};

/// The data that one user may read, and the changes they may make. Its reads are spread over
/// [`inbox`](crate::inbox) and [`live`](crate::live), by subject.
#[derive(Debug, Clone)]
pub struct Viewer {
    store: Store,
    user: User,
    ip: Option<IpAddr>,
}

impl Store {
    /// Returns the access of one user. It is made per request: the user is read from the database
    /// now.
    ///
    /// # Errors
    /// [`Error::NotFound`] for unknown and deactivated users.
    pub async fn viewer(&self, user: UserId) -> Result<Viewer, Error> {
        let user = users::active_user(self.db(), user).await?.ok_or(Error::NotFound)?;
        Ok(Viewer { store: self.clone(), user, ip: None })
    }
}

impl Viewer {
    /// Sets the address of the request. It is recorded with the changes of this viewer and its
    /// proofs.
    pub fn from_ip(self, ip: Option<IpAddr>) -> Self {
        Self { ip, ..self }
    }

    /// Returns the user and their address, for the audit trail.
    pub fn actor(&self) -> ActorContext {
        ActorContext::user(self.user.id, self.ip)
    }

    /// Returns the user, as they were when this was made.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Returns the proof that this user may send from a number.
    ///
    /// # Errors
    /// [`Error::NotFound`] if they may not, or there is no such number.
    pub async fn grant_write(&self, connection: ConnectionId) -> Result<Grant<Write>, Error> {
        self.require(connection, Right::Write).await?;
        Ok(Grant::new(connection, self.user.id, self.ip))
    }

    /// Returns the proof that this user may link, unlink and rename a number and see its QR.
    ///
    /// # Errors
    /// [`Error::NotFound`] if they may not, or there is no such number.
    pub async fn grant_manage(&self, connection: ConnectionId) -> Result<Grant<Manage>, Error> {
        self.require(connection, Right::Manage).await?;
        Ok(Grant::new(connection, self.user.id, self.ip))
    }

    /// Returns the proof that this user may remove a number: its owner and admins may.
    ///
    /// # Errors
    /// [`Error::NotFound`] if they may not, or there is no such number.
    pub async fn grant_remove(&self, connection: ConnectionId) -> Result<Grant<Remove>, Error> {
        self.require(connection, Right::Remove).await?;
        Ok(Grant::new(connection, self.user.id, self.ip))
    }

    /// Returns a conversation, with the proof that this user may write in it. The proof changes no
    /// message of another conversation.
    ///
    /// # Errors
    /// [`Error::NotFound`] if they may not write, or there is no such conversation.
    pub async fn write_chat(&self, chat: ChatId) -> Result<(Grant<Write>, model::Chat), Error> {
        let chat = self.chat(chat).await?;
        let grant = self.grant_write(chat.connection).await?.in_chat(chat.id);
        Ok((grant, chat))
    }

    /// Returns a conversation, with the proof that this user may remove its messages: the owner of its
    /// number and, unless it is private, administrators.
    ///
    /// # Errors
    /// [`Error::NotFound`] if they may not, or there is no such conversation.
    pub async fn remove_in_chat(
        &self,
        chat: ChatId,
    ) -> Result<(Grant<Remove>, model::Chat), Error> {
        let chat = self.chat(chat).await?;
        let grant = self.grant_remove(chat.connection).await?.in_chat(chat.id);
        Ok((grant, chat))
    }

    /// Returns the proof that this user administers the installation.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all other users.
    pub async fn admin(&self) -> Result<Admin, Error> {
        // The user is read again, because the proof must not be older than the role.
        let user = users::active_user(self.store.db(), self.user.id).await?;
        match user {
            Some(User { id, role: Role::Admin, .. }) => Ok(Admin::new(id, self.ip)),
            _ => Err(Error::Forbidden),
        }
    }

    pub(crate) async fn may(&self, connection: ConnectionId, right: Right) -> Result<bool, Error> {
        let row: Option<i64> = connection::Entity::find_by_id(connection.0)
            .filter(self.scope().allows(right, connection::Column::Id))
            .select_only()
            .column(connection::Column::Id)
            .into_tuple()
            .one(self.store.db())
            .await?;
        Ok(row.is_some())
    }

    pub(crate) async fn require(
        &self,
        connection: ConnectionId,
        right: Right,
    ) -> Result<(), Error> {
        if self.may(connection, right).await? { Ok(()) } else { Err(Error::NotFound) }
    }

    pub(crate) fn scope(&self) -> Scope {
        Scope::of(&self.user)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }
}
