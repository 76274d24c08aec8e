//! Proofs of rights. Their constructors are visible in `access` only.

use std::{marker::PhantomData, net::IpAddr};

use model::{ChatId, ConnectionId, UserId};

use super::ActorContext;
use super::Scope;

/// The right to send from a number.
#[derive(Debug, Clone, Copy)]
pub enum Write {}

/// The right to link, unlink and rename a number and see its QR. It includes neither sending nor
/// granting access.
#[derive(Debug, Clone, Copy)]
pub enum Manage {}

/// The right to remove a number with everything in it.
#[derive(Debug, Clone, Copy)]
pub enum Remove {}

/// The proof that a user had the right `R` on a number a moment ago. It is meant to be used at
/// once, not to be stored.
#[derive(Debug)]
pub struct Grant<R> {
    connection: ConnectionId,
    /// The only chat whose messages it is good for; `None` for all chats of the number.
    chat: Option<ChatId>,
    user: UserId,
    ip: Option<IpAddr>,
    right: PhantomData<R>,
}

impl<R> Grant<R> {
    pub(super) fn new(connection: ConnectionId, user: UserId, ip: Option<IpAddr>) -> Self {
        Self { connection, chat: None, user, ip, right: PhantomData }
    }

    /// Limits the proof to the messages of one chat.
    pub(super) fn in_chat(self, chat: ChatId) -> Self {
        Self { chat: Some(chat), ..self }
    }

    /// Returns true if the proof is good for the messages of this chat.
    pub(crate) fn is_for(&self, chat: ChatId) -> bool {
        self.chat.is_none_or(|only| only == chat)
    }

    /// Returns the number.
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// Returns the user, for the log and for the author of a message.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Returns the rows that the user may read: a right on a number gives none on its private
    /// chats.
    pub(crate) fn scope(&self) -> Scope {
        Scope::of_anybody(self.user)
    }

    /// Returns the user and their address, for the audit trail.
    pub fn actor(&self) -> ActorContext {
        ActorContext::user(self.user, self.ip)
    }
}

/// The proof that a user administers the installation.
#[derive(Debug)]
pub struct Admin {
    user: UserId,
    ip: Option<IpAddr>,
}

impl Admin {
    pub(super) fn new(user: UserId, ip: Option<IpAddr>) -> Self {
        Self { user, ip }
    }

    /// Returns the administrator.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Returns the administrator and their address, for the audit trail.
    pub fn actor(&self) -> ActorContext {
        ActorContext::user(self.user, self.ip)
    }
}
