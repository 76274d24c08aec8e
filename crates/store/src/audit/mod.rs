//! Who did what: an append-only history.
//!
//! [`By`] says who and from where, [`Entry`] what. A change writes its entry with [`record`] in its own
//! transaction, so that neither is there without the other; what changes nothing in the database (a
//! failed login, a pairing) goes through [`Store::audit`]. [`page`] is how administrators read it,
//! and [`about`] what a person reads of what was done to them.
//!
//! An entry holds ids, names and what its action needs. Never a message's text, a QR, a password or
//! a token: the only text that comes from outside is [`Entry::target`], which is cut to a label.

mod about;
mod by;
mod entry;
mod page;

use model::{ConnectionId, UserId};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _};

pub(crate) use about::{by_or_to, done_to, last_before};
pub use by::By;
pub use entry::Entry;
pub use page::AuditExport;

use crate::{
    Error, Store, codec,
    entity::{audit, connection, user},
};

impl Store {
    /// Writes down what changed nothing in the database. Whatever does is written down by itself.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn audit(&self, by: &By, entry: Entry) -> Result<(), Error> {
        let writing = self.write().await?;
        record(&writing.tx, by, entry).await?;
        writing.commit().await
    }
}

/// Writes an entry within the transaction of the change. Where the change removes a person or a
/// number, call it before: names are read now.
pub(crate) async fn record(tx: &impl ConnectionTrait, by: &By, entry: Entry) -> Result<(), Error> {
    let actor = match by.person() {
        Some(id) => name(tx, id).await?.unwrap_or_default(),
        None => by.kind().to_owned(),
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
        actor_id: Set(by.person().map(|id| id.0)),
        actor: Set(actor),
        action: Set(entry.action.as_str().to_owned()),
        connection_id: Set(entry.connection.map(|id| id.0)),
        connection_label: Set(connection_label),
        subject_id: Set(entry.subject.map(|id| id.0)),
        target: Set(target),
        ip: Set(by.ip().map(|ip| ip.to_string())),
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
