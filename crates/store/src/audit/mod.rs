//! The audit trail: an append-only history of the actions of users.
//!
//! [`ActorContext`] of `access` names the actor and their address, [`NewAuditEntry`] the action. A change
//! writes its entry with [`record`] in its own transaction, so that neither exists without the
//! other; actions that change nothing in the database (a failed login, a pairing) use
//! [`Store::audit`]. Administrators read the history through [`page`], and a person reads the
//! actions on their own account through [`of_user`].
//!
//! An entry holds ids, names and the details of its action. It never holds a message's text, a QR,
//! a password or a token: the only text from outside is [`NewAuditEntry::target`], which is cut to
//! a label.

mod entry;
mod of_user;
mod page;

use model::{ConnectionId, UserId};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _};

pub use entry::NewAuditEntry;
pub(crate) use of_user::{by_or_to, done_to, last_done_before};
pub use page::AuditExport;

use crate::{
    ActorContext, Error, Store, codec,
    entity::{audit, connection, user},
};

impl Store {
    /// Records an action that changed nothing in the database. Changes record their entry
    /// themselves.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn audit(&self, actor: &ActorContext, entry: NewAuditEntry) -> Result<(), Error> {
        let writing = self.write().await?;
        record(&writing.tx, actor, entry).await?;
        writing.commit().await
    }
}

/// Writes an entry within the transaction of the change. Call it before the change removes a person
/// or a number, because it reads their names.
pub(crate) async fn record(
    tx: &impl ConnectionTrait,
    actor: &ActorContext,
    entry: NewAuditEntry,
) -> Result<(), Error> {
    let actor_name = match actor.user_id() {
        Some(id) => name(tx, id).await?.unwrap_or_default(),
        None => actor.kind().to_owned(),
    };
    let target = match (entry.target, entry.subject) {
        (None, Some(subject)) => name(tx, subject).await?,
        (target, _) => target,
    };
    let connection_label = match entry.connection {
        Some(id) => label(tx, id).await?,
        None => None,
    };
    let row = audit::ActiveModel {
        at: Set(codec::now()),
        actor_id: Set(actor.user_id().map(|id| id.0)),
        actor: Set(actor_name),
        action: Set(entry.action.as_str().to_owned()),
        connection_id: Set(entry.connection.map(|id| id.0)),
        connection_label: Set(connection_label),
        subject_id: Set(entry.subject.map(|id| id.0)),
        target: Set(target),
        ip: Set(actor.ip().map(|ip| ip.to_string())),
        detail: Set(codec::detail(&entry.detail)),
        ..Default::default()
    };
    audit::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

async fn name(tx: &impl ConnectionTrait, id: UserId) -> Result<Option<String>, Error> {
    Ok(user::Entity::find_by_id(id.0).one(tx).await?.map(|row| row.name))
}

async fn label(tx: &impl ConnectionTrait, id: ConnectionId) -> Result<Option<String>, Error> {
    Ok(connection::Entity::find_by_id(id.0).one(tx).await?.map(|row| row.label))
}
