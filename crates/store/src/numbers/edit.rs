//! What a number is called, and which phone may link it.

use model::{AuditAction, NumberColor};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};

use super::add::{checked_label, checked_phone};
use crate::{Entry, Error, Grant, Manage, Store, audit, entity::connection};

impl Store {
    /// Calls a number something else.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no label; [`Error::NotFound`] when the number is gone.
    pub async fn rename_connection(&self, grant: &Grant<Manage>, label: &str) -> Result<(), Error> {
        let label = checked_label(label)?;
        self.edit(grant, |row| {
            let entry = Entry::new(AuditAction::ConnectionRenamed)
                .detail("from", &row.label)
                .detail("to", &label);
            let change =
                connection::ActiveModel { label: Set(label.clone()), ..Default::default() };
            Ok((row.label != label).then_some((change, entry)))
        })
        .await
    }

    /// Gives a number a colour, or with `None` the one it has by itself.
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
            let entry = Entry::new(AuditAction::ConnectionChanged)
                .detail("color", color.as_deref().unwrap_or_default());
            let change =
                connection::ActiveModel { color: Set(color.clone()), ..Default::default() };
            Ok((row.color != color).then_some((change, entry)))
        })
        .await
    }

    /// Declares the only phone that may link a number first, in international digits, or with `None`
    /// lets any. Of Brazilian mobiles, with or without the ninth digit is the same.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no phone number; [`Error::Linked`] when it belongs to a
    /// phone already;
    /// [`Error::NotFound`] when the number is gone.
    pub async fn expect_phone(
        &self,
        grant: &Grant<Manage>,
        phone: Option<&str>,
    ) -> Result<(), Error> {
        let phone = phone.map(checked_phone).transpose()?;
        self.edit(grant, |row| {
            if row.phone.is_some() {
                return Err(Error::Linked);
            }
            let entry = Entry::new(AuditAction::ConnectionChanged)
                .detail("expected_phone", phone.as_deref().unwrap_or_default());
            let change = connection::ActiveModel {
                expected_phone: Set(phone.clone()),
                ..Default::default()
            };
            Ok((row.expected_phone != phone).then_some((change, entry)))
        })
        .await
    }

    /// Makes the change that `edit` wants of a row, if any, and writes it down.
    async fn edit(
        &self,
        grant: &Grant<Manage>,
        edit: impl FnOnce(&connection::Model) -> Result<Option<(connection::ActiveModel, Entry)>, Error>,
    ) -> Result<(), Error> {
        let id = grant.connection();
        let mut writing = self.write().await?;
        let row = connection::Entity::find_by_id(id.0).one(&writing.tx).await?;
        let Some((change, entry)) = edit(&row.ok_or(Error::NotFound)?)? else { return Ok(()) };
        let change = connection::ActiveModel { id: Set(id.0), ..change };
        change.update(&writing.tx).await?;
        audit::record(&writing.tx, &grant.by(), entry.connection(id)).await?;
        writing.access_changed(id);
        writing.commit().await
    }
}
