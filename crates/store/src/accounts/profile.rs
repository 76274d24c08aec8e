//! What a person changes about themselves.

use model::{AuditAction, UserId, UserPreferences};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    sea_query::Expr,
};
use tower_sessions::session::Id;

use super::{active_row, link, new_user, password};
use crate::{Entry, Error, Store, Viewer, audit, codec, entity::user, web_sessions};

impl Viewer {
    /// Changes one's own name.
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
        let entry =
            Entry::new(AuditAction::UserRenamed).detail("from", &row.name).detail("to", &name);
        audit::record(&writing.tx, &self.by(), entry).await?;
        user::Entity::update_many()
            .col_expr(user::Column::Name, Expr::val(name))
            .filter(user::Column::Id.eq(me.0))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }

    /// Chooses another password, the old one being the proof, and ends every other session and link.
    ///
    /// Sessions are bound to a hash that changes with the password
    /// ([`SessionUser::auth_hash`](crate::SessionUser::auth_hash)), so the request has to log `current` in
    /// anew.
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
            // Not changed by somebody else since it was proven.
            .filter(user::Column::PasswordHash.into_expr().eq(proven))
            .exec(&writing.tx)
            .await?;
        if changed.rows_affected == 0 {
            return Err(Error::WrongPassword);
        }
        link::end_all(&writing.tx, me).await?;
        web_sessions::end(&writing.tx, me, Some(current)).await?;
        let entry = Entry::new(AuditAction::PasswordChanged);
        audit::record(&writing.tx, &self.by(), entry).await?;
        writing.access_changed(me);
        writing.commit().await
    }

    /// How this person wants the interface.
    ///
    /// # Errors
    /// [`Error::NotFound`] once deactivated.
    pub async fn preferences(&self) -> Result<UserPreferences, Error> {
        let db = self.store().db();
        let row = active_row(db, self.user().id).await?.ok_or(Error::NotFound)?;
        let language = row.language.map(|word| codec::read_word("a language", word));
        let theme = row.theme.map(|word| codec::read_word("a theme", word));
        let enter_key = row.enter_key.map(|word| codec::read_word("an Enter key", word));
        Ok(UserPreferences {
            language: language.transpose()?,
            theme: theme.transpose()?,
            enter_key: enter_key.transpose()?,
        })
    }

    /// Keeps how this person wants the interface.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_preferences(&self, wanted: UserPreferences) -> Result<(), Error> {
        let writing = self.store().write().await?;
        user::Entity::update_many()
            .col_expr(user::Column::Language, Expr::val(wanted.language.map(codec::word)))
            .col_expr(user::Column::Theme, Expr::val(wanted.theme.map(codec::word)))
            .col_expr(user::Column::EnterKey, Expr::val(wanted.enter_key.map(codec::word)))
            .filter(user::Column::Id.eq(self.user().id.0))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }
}

/// Checks a person's password where it is asked for as a proof, and returns the hash that it fits.
pub(super) async fn prove(store: &Store, user: UserId, typed: &str) -> Result<String, Error> {
    let row = active_row(store.db(), user).await?.ok_or(Error::NotFound)?;
    // What cannot have been accepted is not worth a long hash.
    new_user::check_password(typed).map_err(|_| Error::WrongPassword)?;
    match password::verify(typed, Some(row.password_hash.clone())).await? {
        password::Verdict::Wrong => Err(Error::WrongPassword),
        password::Verdict::Right | password::Verdict::Outdated { .. } => Ok(row.password_hash),
    }
}

/// Refuses when the password was changed after it was proven.
pub(super) async fn still_proven(
    tx: &impl ConnectionTrait,
    user: UserId,
    proven: &str,
) -> Result<(), Error> {
    let row = active_row(tx, user).await?.ok_or(Error::NotFound)?;
    if row.password_hash == proven { Ok(()) } else { Err(Error::WrongPassword) }
}
