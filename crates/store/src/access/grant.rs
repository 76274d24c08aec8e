//! Proofs. Their constructors are visible in `access` only.

use std::{marker::PhantomData, net::IpAddr};

use model::{ConnectionId, UserId};

use super::Scope;
use crate::By;

/// May send from a number.
#[derive(Debug, Clone, Copy)]
pub enum Write {}

/// May link, unlink and rename a number and see its QR. Neither sending nor granting access.
#[derive(Debug, Clone, Copy)]
pub enum Manage {}

/// May remove a number with everything in it.
#[derive(Debug, Clone, Copy)]
pub enum Remove {}

/// The proof that a user had the right `R` on a number a moment ago. Meant to be used at once, not
/// to be kept.
#[derive(Debug)]
pub struct Grant<R> {
    connection: ConnectionId,
    user: UserId,
    ip: Option<IpAddr>,
    right: PhantomData<R>,
}

impl<R> Grant<R> {
    pub(super) fn new(connection: ConnectionId, user: UserId, ip: Option<IpAddr>) -> Self {
        Self { connection, user, ip, right: PhantomData }
    }

    /// On which number.
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// Who has it, for the log and for the author of a message.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// What its user may read: a right on a number is none on its private chats.
    pub(crate) fn scope(&self) -> Scope {
        Scope::of_anybody(self.user)
    }

    /// Who has it and from where, for the audit trail.
    pub fn by(&self) -> By {
        By::user(self.user, self.ip)
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

    /// Who it is.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Who it is and from where, for the audit trail.
    pub fn by(&self) -> By {
        By::user(self.user, self.ip)
    }
}
