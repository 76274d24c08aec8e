//! User administration from the command line, without being a user: `inbox-pirata user …`.

use model::{AuditAction, User, UserId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};

use super::{Email, NewUser, link, new_user, notice, password, second_factor};
use crate::{
    ActorContext, Error, NewAuditEntry, SecretKeys, Store, access::users, audit, entity::user,
    secrets, web_sessions,
};

/// The administration of users from the command line. It needs no proof: a person who can run the
/// program on the machine can read the database as well.
#[derive(Debug, Clone)]
pub struct Operator {
    store: Store,
}

impl Store {
    /// Returns the operations of the operator who runs the program on the machine.
    pub fn operator(&self) -> Operator {
        Operator { store: self.clone() }
    }
}

impl Operator {
    /// Adds a user, including the first one.
    ///
    /// # Errors
    /// [`Error::EmailTaken`]; [`Error::Invalid`].
    pub async fn create(&self, new: NewUser) -> Result<User, Error> {
        super::create(&self.store, ActorContext::console(), new).await
    }

    /// Returns all active users, sorted by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn list(&self) -> Result<Vec<User>, Error> {
        users::active_users(self.store.db()).await
    }

    /// Sets a user's password, reactivates them if they were deactivated, and ends their sessions
    /// and links.
    ///
    /// # Errors
    /// [`Error::NotFound`] if nobody has this address; [`Error::Invalid`].
    pub async fn reset_password(&self, email: &str, new_password: &str) -> Result<(), Error> {
        new_user::check_password(new_password)?;
        let hash = password::hash(new_password).await?;
        let mut writing = self.store.write().await?;
        let id = by_email(&writing.tx, email).await?;
        user::Entity::update_many()
            .col_expr(user::Column::PasswordHash, Expr::val(hash))
            .col_expr(user::Column::Active, Expr::val(true))
            .col_expr(user::Column::Invited, Expr::val(false))
            .filter(user::Column::Id.eq(id.0))
            .exec(&writing.tx)
            .await?;
        link::end_all(&writing.tx, id).await?;
        web_sessions::end(&writing.tx, id, None).await?;
        notice::leave(&writing.tx, id).await?;
        let entry = NewAuditEntry::new(AuditAction::PasswordReset).subject(id);
        audit::record(&writing.tx, &ActorContext::console(), entry).await?;
        writing.access_changed(id);
        writing.commit().await
    }

    /// Removes the second factor of a user who lost phone and recovery codes, and ends their
    /// sessions. Without a second factor it does nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] if nobody has this address.
    pub async fn totp_reset(&self, email: &str) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let id = by_email(&writing.tx, email).await?;
        second_factor::take_away(&mut writing, &ActorContext::console(), id).await?;
        writing.commit().await
    }
}

impl Operator {
    /// Removes the second factors that none of these keys can decrypt, and ends the sessions of
    /// their people: the recovery for a key that is lost for good. Returns their number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn discard_unreadable(&self, keys: &SecretKeys) -> Result<usize, Error> {
        let mut writing = self.store.write().await?;
        let lost = secrets::unreadable(&writing.tx, keys, &secrets::TOTP_SECRET).await?;
        for user in &lost {
            second_factor::take_away(&mut writing, &ActorContext::console(), UserId(*user)).await?;
        }
        writing.commit().await?;
        Ok(lost.len())
    }
}

async fn by_email(tx: &impl ConnectionTrait, email: &str) -> Result<UserId, Error> {
    let email = Email::read(email).map_err(|_| Error::NotFound)?;
    let theirs = user::Column::Email.eq(email.as_str());
    let row = user::Entity::find().filter(theirs).one(tx).await?.ok_or(Error::NotFound)?;
    Ok(UserId(row.id))
}
