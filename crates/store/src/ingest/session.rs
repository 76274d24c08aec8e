//! What became of the number's own session.

use model::{AuditAction, ConnectionId, Delivery, EndReason, FailReason, bounds};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, JoinType,
    QueryFilter as _, QuerySelect as _, RelationTrait as _, sea_query::Expr,
};

use super::{Ingest, identity};
use crate::{
    By, Entry, Error, audit, codec,
    entity::{connection, message, outbox},
    outbox::advance,
    receipts,
    write::Writing,
};

/// What became of a phone that scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a phone that is not the expected one has to be unlinked"]
pub enum Scanned {
    /// It is linked.
    Linked,
    /// It is not the number's own, or it is another number's. Nothing of it was stored but this
    /// reason; it is to be unlinked at once and its keys deleted.
    Refused(EndReason),
}

impl Ingest {
    /// A phone linked this number: credentials exist from now on, and the number belongs to that phone
    /// for good. `phone` is its international digits, `jid` and `lid` the complete own addresses.
    ///
    /// Refused is another phone than the number's own, and one that belongs to another number: two
    /// entries would show every message twice, to different people.
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
        // Told at every login; that of a new device is the one to remember.
        if !row.linked {
            let entry = Entry::new(AuditAction::Paired).connection(self.connection);
            audit::record(&writing.tx, &By::system(), entry).await?;
        }
        let mut row: connection::ActiveModel = row.into();
        row.linked = Set(true);
        row.last_end = Set(None);
        row.expected_phone = Set(None);
        // Its own phone is back.
        row.replaced_by = Set(None);
        row.phone = Set(Some(phone.to_owned()));
        row.jid = Set(jid.map(str::to_owned));
        row.lid = Set(lid.map(str::to_owned));
        // Not told at every login.
        if let Some(name) = push_name {
            row.push_name = Set(Some(codec::storable(text::cut(name, bounds::NAME))));
        }
        row.update(&writing.tx).await?;
        writing.commit().await?;
        Ok(Scanned::Linked)
    }

    /// The link is gone for good, and with it what was waiting to be sent. The number and its
    /// conversations stay. `by` is whose doing it was.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unlinked(&self, reason: EndReason, by: &By) -> Result<(), Error> {
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
                let entry = Entry::new(AuditAction::WrongNumber);
                Some(entry.detail("ends_in", format!("{ends_in:04}")))
            }
            EndReason::PhoneInUse { number } => {
                Some(Entry::new(AuditAction::PhoneInUse).detail("number", number.to_string()))
            }
            _ => was_linked.then(|| Entry::new(AuditAction::Unlinked)),
        };
        if let Some(entry) = entry {
            audit::record(&writing.tx, by, entry.connection(self.connection)).await?;
        }
        // Another phone's scan leaves the queue of the number's own phone alone.
        if !was_linked {
            return writing.commit().await;
        }
        receipts::forget(&writing.tx, self.connection).await?;
        let waiting = message::Entity::find()
            .join_rev(JoinType::InnerJoin, outbox::Relation::Message.def())
            .filter(outbox::Column::ConnectionId.eq(self.connection.0))
            .all(&writing.tx)
            .await?;
        for row in waiting {
            let failed = Delivery::Failed { reason: FailReason::Unlinked };
            advance(&mut writing, &row, failed).await?;
        }
        writing.commit().await
    }

    /// The session ended, or an attempt to link did; credentials are as they were.
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

/// Why this phone may not link the number, if so.
async fn refusal(
    writing: &Writing,
    row: &connection::Model,
    phone: &str,
) -> Result<Option<EndReason>, Error> {
    if row.own_phone().is_some_and(|own| !identity::is_same_phone(own, phone)) {
        return Ok(Some(EndReason::WrongNumber { ends_in: last_digits(phone) }));
    }
    // Two that had the same phone before this was refused stay as they are.
    if row.linked {
        return Ok(None);
    }
    let mut others = connection::Entity::find();
    if row.phone.is_some() {
        // Two that had it one after the other: either may be the one.
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
    let same = others.into_iter().find(|(_, other)| identity::is_same_phone(other, phone));
    Ok(same.map(|(id, _)| EndReason::PhoneInUse { number: ConnectionId(id) }))
}

fn last_digits(phone: &str) -> u16 {
    let digits = phone.bytes().filter(u8::is_ascii_digit).map(|b| u16::from(b - b'0'));
    digits.fold(0, |last, digit| last % 1000 * 10 + digit)
}
