//! What web requests do with users.

use std::net::IpAddr;

use model::{AuditAction, Role, User, UserId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, ExprTrait as _, PaginatorTrait as _, QueryFilter as _,
    sea_query::Expr,
};

use super::{Email, Hashing, NewUser, Newcomer, new_user, password};
use crate::{Admin, By, Entry, Error, Store, entity::user};

/// Logins and the administration of users.
#[derive(Debug, Clone)]
pub struct Accounts {
    store: Store,
}

impl Accounts {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Whether anybody exists yet. Until then the only page is the one that makes the first admin.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn any(&self) -> Result<bool, Error> {
        Ok(user::Entity::find().count(self.store.db()).await? > 0)
    }

    /// Makes the first user of an installation, an admin whatever `new.role` says. Of two requests
    /// at once, one succeeds. `ip` is where the request came from.
    ///
    /// # Errors
    /// [`Error::AlreadySetUp`] when anybody exists; [`Error::Invalid`].
    pub async fn create_first_admin(
        &self,
        new: NewUser,
        ip: Option<IpAddr>,
    ) -> Result<User, Error> {
        let new = new.checked()?;
        // Asked before as well: this is open to everybody, and hashing is dear.
        if self.any().await? {
            return Err(Error::AlreadySetUp);
        }
        let hash = password::hash(&new.password).await?;
        let writing = self.store.write().await?;
        if user::Entity::find().count(&writing.tx).await? > 0 {
            return Err(Error::AlreadySetUp);
        }
        let (by, first) = (By::anonymous(ip), Newcomer::Member(&hash));
        let user = super::insert(&writing, &by, first, new.name, new.email, Role::Admin).await?;
        writing.commit().await?;
        Ok(user)
    }

    /// Adds a user.
    ///
    /// # Errors
    /// [`Error::EmailTaken`]; [`Error::Invalid`].
    pub async fn create(&self, admin: &Admin, new: NewUser) -> Result<User, Error> {
        super::create(&self.store, admin.by(), new).await
    }

    /// Who this is, if address and password are right and they are active. Takes the same time
    /// whether or not the address is known. A hash with older parameters is renewed on the way.
    ///
    /// # Errors
    /// [`Error::Busy`]; [`Error::Database`], [`Error::Hash`]; a wrong password is no error.
    pub async fn verify(&self, email: &str, password: &str) -> Result<Option<User>, Error> {
        let email = Email::read(email).ok();
        // What cannot have been accepted is not worth a long hash, but worth the time of one.
        let password = if new_user::check_password(password).is_ok() { password } else { "" };
        let row = user::Entity::find()
            // Nobody has an empty address.
            .filter(user::Column::Email.eq(email.as_ref().map_or("", Email::as_str)))
            .filter(user::Column::Active.eq(true))
            .one(self.store.db())
            .await?;
        let stored = row.as_ref().map(|row| row.password_hash.clone());
        let verdict = password::verify(password, stored).await?;
        match (row, verdict) {
            (Some(row), password::Verdict::Right) => super::to_model(row).map(Some),
            (Some(row), password::Verdict::Outdated { rehashed }) => {
                self.renew(&row, rehashed).await?;
                super::to_model(row).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Returns the number of passwords that are being checked.
    pub fn hashing(&self) -> Hashing {
        password::hashing()
    }

    /// Writes down that a login failed, with the person whose address it was. What was typed is kept
    /// only if it looks like an address: it may have been the password.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn login_failed(&self, typed: &str, ip: Option<IpAddr>) -> Result<(), Error> {
        let mut entry = Entry::new(AuditAction::LoginFailed);
        if let Ok(email) = Email::read(typed) {
            entry = entry.target(email.as_str());
            let theirs = user::Entity::find().filter(user::Column::Email.eq(email.as_str()));
            if let Some(row) = theirs.one(self.store.db()).await? {
                entry = entry.subject(UserId(row.id));
            }
        }
        self.store.audit(&By::anonymous(ip), entry).await
    }

    /// Replaces the hash just verified, unless the password was changed meanwhile.
    async fn renew(&self, row: &user::Model, rehashed: String) -> Result<(), Error> {
        let writing = self.store.write().await?;
        user::Entity::update_many()
            .col_expr(user::Column::PasswordHash, Expr::val(rehashed))
            .filter(user::Column::Id.eq(row.id))
            .filter(user::Column::PasswordHash.into_expr().eq(&*row.password_hash))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }
}
