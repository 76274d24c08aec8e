//! Changes the label and the colour of a number, and the phone that may link it first.

use model::{AuditAction, NumberColor, PhoneNumber};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};

use super::add::{checked_label, checked_phone};
use crate::{Error, Grant, Manage, NewAuditEntry, Store, audit, entity::connection};

/// The changed columns of a number, and the audit entry of the change.
type Edit = (connection::ActiveModel, NewAuditEntry);

impl Store {
    /// Renames a number.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an invalid label; [`Error::NotFound`] when the number is gone.
    pub async fn rename_connection(&self, grant: &Grant<Manage>, label: &str) -> Result<(), Error> {
        let label = checked_label(label)?;
        self.edit(grant, |row| {
            let entry = NewAuditEntry::new(AuditAction::ConnectionRenamed)
                .detail("from", &row.label)
                .detail("to", &label);
            let change =
                connection::ActiveModel { label: Set(label.clone()), ..Default::default() };
            Ok((row.label != label).then_some((change, entry)))
        })
        .await
    }

    /// Sets the colour of a number, or with `None` its automatic colour.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the number is gone.
    pub async fn recolor_connection(
        &self,
        grant: &Grant<Manage>,
        color: Option<NumberColor>,
    ) -> Result<(), Error> {
        let color = color.map(|color| color.as_str().to_owned());
        self.edit(grant, |row| {
            let entry = NewAuditEntry::new(AuditAction::ConnectionChanged)
                .detail("color", color.as_deref().unwrap_or_default());
            let change =
                connection::ActiveModel { color: Set(color.clone()), ..Default::default() };
            Ok((row.color != color).then_some((change, entry)))
        })
        .await
    }

    /// Sets the only phone that may link a number first; with `None` any phone may. A Brazilian
    /// mobile is the same phone with and without the ninth digit.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an invalid phone number; [`Error::Linked`] when the number belongs to
    /// a phone already; [`Error::NotFound`] when the number is gone.
    pub async fn expect_phone(
        &self,
        grant: &Grant<Manage>,
        phone: Option<&PhoneNumber>,
    ) -> Result<(), Error> {
        let phone = phone.map(checked_phone).transpose()?;
        self.edit(grant, |row| {
            if row.phone.is_some() {
                return Err(Error::Linked);
            }
            let entry = NewAuditEntry::new(AuditAction::ConnectionChanged)
                .detail("expected_phone", phone.as_deref().unwrap_or_default());
            let change = connection::ActiveModel {
                expected_phone: Set(phone.clone()),
                ..Default::default()
            };
            Ok((row.expected_phone != phone).then_some((change, entry)))
        })
        .await
    }

    /// Applies the change that `edit` returns, if any, and records it in the audit log.
    async fn edit(
        &self,
        grant: &Grant<Manage>,
        edit: impl FnOnce(&connection::Model) -> Result<Option<Edit>, Error>,
    ) -> Result<(), Error> {
        let id = grant.connection();
        let mut writing = self.write().await?;
        let row = connection::Entity::find_by_id(id.0).one(&writing.tx).await?;
        let Some((change, entry)) = edit(&row.ok_or(Error::NotFound)?)? else { return Ok(()) };
        let change = connection::ActiveModel { id: Set(id.0), ..change };
        change.update(&writing.tx).await?;
        audit::record(&writing.tx, &grant.actor(), entry.connection(id)).await?;
        writing.access_changed(id);
        writing.commit().await
    }
}
