//! What whoever runs the binary may do with users, without being one: `inbox-pirata user …`.

use model::{AuditAction, User, UserId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};

use super::{Email, NewUser, link, new_user, notice, password, second_factor};
use crate::{By, Entry, Error, SecretKeys, Store, audit, entity::user, secrets, web_sessions};

/// The administration of users from the command line. Needs no proof: who can run the program on
/// the machine can read the database as well.
#[derive(Debug, Clone)]
pub struct Operator {
    store: Store,
}

impl Operator {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Adds a user, the first one too.
    ///
    /// # Errors
    /// [`Error::EmailTaken`]; [`Error::Invalid`].
    pub async fn create(&self, new: NewUser) -> Result<User, Error> {
        super::create(&self.store, By::console(), new).await
    }

    /// Everybody who may come in, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn list(&self) -> Result<Vec<User>, Error> {
        super::active_users(self.store.db()).await
    }

    /// Gives a user another password, lets them in again if they were deactivated, and ends their
    /// sessions and links.
    ///
    /// # Errors
    /// [`Error::NotFound`] when nobody has this address; [`Error::Invalid`].
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
        let entry = Entry::new(AuditAction::PasswordReset).subject(id);
        audit::record(&writing.tx, &By::console(), entry).await?;
        writing.access_changed(id);
        writing.commit().await
    }

    /// Takes a user's second factor away, for whoever lost phone and recovery codes, and ends their
    /// sessions. Without one it does nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] when nobody has this address.
    pub async fn totp_reset(&self, email: &str) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let id = by_email(&writing.tx, email).await?;
        second_factor::take_away(&mut writing, &By::console(), id).await?;
        writing.commit().await
    }
}

impl Operator {
    /// Takes the second factors away that none of these keys can read, and ends the sessions of their
    /// people: the way out when a key is lost for good. Returns how many they were.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn discard_unreadable(&self, keys: &SecretKeys) -> Result<usize, Error> {
        let mut writing = self.store.write().await?;
        let lost = secrets::unreadable(&writing.tx, keys, &secrets::TOTP_SECRET).await?;
        for user in &lost {
            second_factor::take_away(&mut writing, &By::console(), UserId(*user)).await?;
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
