//! Proofs. Their constructors are visible in `access` only.

use std::marker::PhantomData;

use model::{ConnectionId, UserId};

/// May send from a number.
#[derive(Debug, Clone, Copy)]
pub enum Write {}

/// May link and unlink a number and see its QR. Neither sending nor granting access.
#[derive(Debug, Clone, Copy)]
pub enum Manage {}

/// The proof that a user had the right `R` on a number a moment ago. Meant to be used at once, not
/// to be kept.
#[derive(Debug)]
pub struct Grant<R> {
    connection: ConnectionId,
    user: UserId,
    right: PhantomData<R>,
}

impl<R> Grant<R> {
    pub(super) fn new(connection: ConnectionId, user: UserId) -> Self {
        Self { connection, user, right: PhantomData }
    }

    /// On which number.
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// Who has it, for the log and for the author of a message.
    pub fn user(&self) -> UserId {
        self.user
    }
}

/// The proof that a user administers the installation.
#[derive(Debug)]
pub struct Admin {
    user: UserId,
}

impl Admin {
    pub(super) fn new(user: UserId) -> Self {
        Self { user }
    }

    /// Who it is.
    pub fn user(&self) -> UserId {
        self.user
    }
}
