//! Linking, unlinking and the end of a number's session.

use model::{AuditAction, ConnectionId, EndReason, FailReason, bounds};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, sea_query::Expr,
};

use super::{Ingest, downtime};
use crate::{
    ActorContext, Error, NewAuditEntry, audit,
    chats::actions,
    codec,
    entity::{connection, outbox},
    messages::{reads, uploading::fail_uploading},
    outbox::fail_waiting,
    write::Writing,
};

/// The result of a scan of the QR code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a phone that is not the expected one has to be unlinked"]
pub enum Scanned {
    /// The phone is linked.
    Linked,
    /// The phone is not the number's own, or it belongs to another number. Nothing but this reason
    /// was stored; the caller unlinks the phone at once and deletes its keys.
    Refused(EndReason),
}

impl Ingest {
    /// Stores that a phone linked this number: credentials exist from now on, and the number
    /// belongs to that phone for good. `phone` is its international digits; `jid` and `lid` are the
    /// complete own addresses.
    ///
    /// A phone other than the number's own is refused. So is a phone that belongs to another
    /// number: two entries would show every message twice, to different people.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such connection.
    pub async fn linked(
        &self,
        phone: &str,
        jid: Option<&str>,
        lid: Option<&str>,
        push_name: Option<&str>,
    ) -> Result<Scanned, Error> {
        let writing = self.store.write().await?;
        let row = connection::Entity::find_by_id(self.connection.0).one(&writing.tx).await?;
        let row = row.ok_or(Error::NotFound)?;
        if let Some(reason) = refusal(&writing, &row, phone).await? {
            let mut row: connection::ActiveModel = row.into();
            row.last_end = Set(Some(codec::end_reason(reason)));
            row.update(&writing.tx).await?;
            writing.commit().await?;
            return Ok(Scanned::Refused(reason));
        }
        // This is called at every login; only that of a new device is audited.
        let is_new = !row.linked;
        if is_new {
            let entry = NewAuditEntry::new(AuditAction::Paired).connection(self.connection);
            audit::record(&writing.tx, &ActorContext::system(), entry).await?;
        }
        let mut row: connection::ActiveModel = row.into();
        row.linked = Set(true);
        if is_new {
            // No device was told of changes meanwhile.
            row.groups_at = Set(None);
        }
        row.last_end = Set(None);
        row.expected_phone = Set(None);
        // The number's own phone is linked again.
        row.replaced_by = Set(None);
        row.phone = Set(Some(phone.to_owned()));
        row.jid = Set(jid.map(str::to_owned));
        row.lid = Set(lid.map(str::to_owned));
        // The name is not part of every login.
        if let Some(name) = push_name {
            row.push_name = Set(Some(codec::storable(text::cut(name, bounds::NAME))));
        }
        row.update(&writing.tx).await?;
        writing.commit().await?;
        Ok(Scanned::Linked)
    }

    /// Stores that the link is gone for good, fails the messages and changes that were waiting to be
    /// sent, and drops the read receipts. The number and its chats stay. `actor` is the cause of the
    /// unlinking.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unlinked(&self, reason: EndReason, actor: &ActorContext) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let row = connection::Entity::find_by_id(self.connection.0).one(&writing.tx).await?;
        let was_linked = row.is_some_and(|row| row.linked);
        connection::Entity::update_many()
            .col_expr(connection::Column::Linked, Expr::val(false))
            .col_expr(connection::Column::LastEnd, Expr::val(codec::end_reason(reason)))
            .filter(connection::Column::Id.eq(self.connection.0))
            .exec(&writing.tx)
            .await?;
        let entry = match reason {
            EndReason::WrongNumber { ends_in } => {
                let entry = NewAuditEntry::new(AuditAction::WrongNumber);
                Some(entry.detail("ends_in", format!("{ends_in:04}")))
            }
            EndReason::PhoneInUse { number } => Some(
                NewAuditEntry::new(AuditAction::PhoneInUse).detail("number", number.to_string()),
            ),
            _ => was_linked.then(|| NewAuditEntry::new(AuditAction::Unlinked)),
        };
        if let Some(entry) = entry {
            audit::record(&writing.tx, actor, entry.connection(self.connection)).await?;
        }
        // A scan by another phone does not change the queue of the number's own phone.
        if !was_linked {
            return writing.commit().await;
        }
        downtime::close(&writing, self.connection).await?;
        reads::forget(&writing.tx, self.connection).await?;
        let queued =
            outbox::Entity::find().filter(outbox::Column::ConnectionId.eq(self.connection.0));
        fail_waiting(&mut writing, queued, FailReason::Unlinked).await?;
        fail_uploading(&mut writing, self.connection, FailReason::Unlinked).await?;
        actions::complete_removals(&writing.tx, self.connection).await?;
        writing.commit().await
    }

    /// Stores the end of a session or of an attempt to link. Credentials are unchanged.
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

/// Returns the reason why this phone may not link the number, if there is one.
async fn refusal(
    writing: &Writing,
    row: &connection::Model,
    phone: &str,
) -> Result<Option<EndReason>, Error> {
    if row.own_phone().is_some_and(|own| !phone::is_same(own, phone)) {
        return Ok(Some(EndReason::WrongNumber { ends_in: last_digits(phone) }));
    }
    // Two numbers that had the same phone before this was refused stay linked.
    if row.linked {
        return Ok(None);
    }
    let mut others = connection::Entity::find();
    if row.phone.is_some() {
        // Two numbers had the phone one after the other: either may be linked again.
        others = others.filter(connection::Column::Linked.eq(true));
    }
    let others: Vec<(i64, String)> = others
        .select_only()
        .columns([connection::Column::Id, connection::Column::Phone])
        .filter(connection::Column::Phone.is_not_null())
        .filter(connection::Column::Id.ne(row.id))
        .into_tuple()
        .all(&writing.tx)
        .await?;
    let same = others.into_iter().find(|(_, other)| phone::is_same(other, phone));
    Ok(same.map(|(id, _)| EndReason::PhoneInUse { number: ConnectionId(id) }))
}

fn last_digits(phone: &str) -> u16 {
    let digits = phone.bytes().filter(u8::is_ascii_digit).map(|b| u16::from(b - b'0'));
    digits.fold(0, |last, digit| last % 1000 * 10 + digit)
}
