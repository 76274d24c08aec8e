//! A person's changes to their own account.

use model::{AuditAction, UserId, UserPreferences};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    sea_query::Expr,
};
use tower_sessions::session::Id;

use super::{link, new_user, password};
use crate::{
    Error, NewAuditEntry, Store, Viewer, access::users::active_row, audit, codec, entity::user,
    web_sessions,
};

impl Viewer {
    /// Changes the person's own name.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::NotFound`] once deactivated.
    pub async fn rename(&self, name: &str) -> Result<(), Error> {
        let name = new_user::checked_name(name)?;
        let me = self.user().id;
        let writing = self.store().write().await?;
        let row = active_row(&writing.tx, me).await?.ok_or(Error::NotFound)?;
        if row.name == name {
            return Ok(());
        }
        let entry = NewAuditEntry::new(AuditAction::UserRenamed)
            .detail("from", &row.name)
            .detail("to", &name);
        audit::record(&writing.tx, &self.actor(), entry).await?;
        user::Entity::update_many()
            .col_expr(user::Column::Name, Expr::val(name))
            .filter(user::Column::Id.eq(me.0))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }

    /// Changes the password, with the old one as proof, and ends every other session and link.
    ///
    /// Sessions are bound to a hash that changes with the password
    /// ([`SessionUser::auth_hash`](crate::SessionUser::auth_hash)), so the request has to log
    /// `current` in again.
    ///
    /// # Errors
    /// [`Error::WrongPassword`]; [`Error::Invalid`]; [`Error::NotFound`] once deactivated.
    pub async fn change_password(&self, old: &str, new: &str, current: &Id) -> Result<(), Error> {
        let me = self.user().id;
        new_user::check_password(new)?;
        let proven = prove(self.store(), me, old).await?;
        let hash = password::hash(new).await?;
        let mut writing = self.store().write().await?;
        let changed = user::Entity::update_many()
            .col_expr(user::Column::PasswordHash, Expr::val(hash))
            .filter(user::Column::Id.eq(me.0))
            .filter(user::Column::Active.eq(true))
            // The filter fails if somebody else changed the password since the check.
            .filter(user::Column::PasswordHash.into_expr().eq(proven))
            .exec(&writing.tx)
            .await?;
        if changed.rows_affected == 0 {
            return Err(Error::WrongPassword);
        }
        link::end_all(&writing.tx, me).await?;
        web_sessions::end(&writing.tx, me, Some(current)).await?;
        let entry = NewAuditEntry::new(AuditAction::PasswordChanged);
        audit::record(&writing.tx, &self.actor(), entry).await?;
        writing.access_changed(me);
        writing.commit().await
    }

    /// Returns this person's settings of the interface.
    ///
    /// # Errors
    /// [`Error::NotFound`] once deactivated.
    pub async fn preferences(&self) -> Result<UserPreferences, Error> {
        let db = self.store().db();
        let row = active_row(db, self.user().id).await?.ok_or(Error::NotFound)?;
        let language = row.language.map(|text| codec::read_enum("a language", &text));
        let theme = row.theme.map(|text| codec::read_enum("a theme", &text));
        let enter_key = row.enter_key.map(|text| codec::read_enum("an Enter key", &text));
        Ok(UserPreferences {
            language: language.transpose()?,
            theme: theme.transpose()?,
            enter_key: enter_key.transpose()?,
        })
    }

    /// Stores this person's settings of the interface.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_preferences(&self, wanted: UserPreferences) -> Result<(), Error> {
        let writing = self.store().write().await?;
        user::Entity::update_many()
            .col_expr(user::Column::Language, Expr::val(wanted.language.map(codec::enum_text)))
            .col_expr(user::Column::Theme, Expr::val(wanted.theme.map(codec::enum_text)))
            .col_expr(user::Column::EnterKey, Expr::val(wanted.enter_key.map(codec::enum_text)))
            .filter(user::Column::Id.eq(self.user().id.0))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }
}

/// Checks a person's password where it is required as proof, and returns the hash that it matches.
pub(super) async fn prove(store: &Store, user: UserId, typed: &str) -> Result<String, Error> {
    let row = active_row(store.db(), user).await?.ok_or(Error::NotFound)?;
    // A password that cannot have been accepted is not worth computing a hash.
    new_user::check_password(typed).map_err(|_| Error::WrongPassword)?;
    match password::verify(typed, Some(row.password_hash.clone())).await? {
        password::Verdict::Wrong => Err(Error::WrongPassword),
        password::Verdict::Right | password::Verdict::Outdated { .. } => Ok(row.password_hash),
    }
}

/// Returns an error if the password was changed after it was checked.
pub(super) async fn still_proven(
    tx: &impl ConnectionTrait,
    user: UserId,
    proven: &str,
) -> Result<(), Error> {
    let row = active_row(tx, user).await?.ok_or(Error::NotFound)?;
    if row.password_hash == proven { Ok(()) } else { Err(Error::WrongPassword) }
}
