//! Operations of web requests on users.

use std::net::IpAddr;

use model::{AuditAction, Role, User, UserId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, ExprTrait as _, PaginatorTrait as _, QueryFilter as _,
    sea_query::Expr,
};

use super::{Email, Hashing, NewUser, Newcomer, new_user, password};
use crate::{ActorContext, Admin, Error, NewAuditEntry, Store, access::users, entity::user};

/// Logins and the administration of users.
#[derive(Debug, Clone)]
pub struct Accounts {
    store: Store,
}

impl Store {
    /// Returns the logins and the administration of users.
    pub fn accounts(&self) -> Accounts {
        Accounts { store: self.clone() }
    }
}

impl Accounts {
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Returns true if any user exists. Until then the only page is the one that makes the first
    /// admin.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn any(&self) -> Result<bool, Error> {
        Ok(user::Entity::find().count(self.store.db()).await? > 0)
    }

    /// Makes the first user of an installation, an admin regardless of `new.role`. Of two
    /// concurrent requests, one succeeds. `ip` is the address of the request.
    ///
    /// # Errors
    /// [`Error::AlreadySetUp`] if any user exists; [`Error::Invalid`].
    pub async fn create_first_admin(
        &self,
        new: NewUser,
        ip: Option<IpAddr>,
    ) -> Result<User, Error> {
        let new = new.checked()?;
        // Users are counted before the hashing too, because anybody can call this and hashing is
        // expensive.
        if self.any().await? {
            return Err(Error::AlreadySetUp);
        }
        let hash = password::hash(&new.password).await?;
        let writing = self.store.write().await?;
        if user::Entity::find().count(&writing.tx).await? > 0 {
            return Err(Error::AlreadySetUp);
        }
        let (actor, first) = (ActorContext::anonymous(ip), Newcomer::Member(&hash));
        let user = super::insert(&writing, &actor, first, new.name, new.email, Role::Admin).await?;
        writing.commit().await?;
        Ok(user)
    }

    /// Adds a user.
    ///
    /// # Errors
    /// [`Error::EmailTaken`]; [`Error::Invalid`].
    pub async fn create(&self, admin: &Admin, new: NewUser) -> Result<User, Error> {
        super::create(&self.store, admin.actor(), new).await
    }

    /// Returns the user if address and password are right and they are active. It takes the same
    /// time for known and unknown addresses. A hash with older parameters is replaced.
    ///
    /// # Errors
    /// [`Error::Busy`]; [`Error::Database`], [`Error::Hash`]; a wrong password is no error.
    pub async fn verify(&self, email: &str, password: &str) -> Result<Option<User>, Error> {
        let email = Email::read(email).ok();
        // A password that cannot have been accepted is replaced by an empty one: it is not worth a
        // long hash, but the check must take the time of one.
        let password = if new_user::check_password(password).is_ok() { password } else { "" };
        let row = user::Entity::find()
            // No user has an empty address.
            .filter(user::Column::Email.eq(email.as_ref().map_or("", Email::as_str)))
            .filter(user::Column::Active.eq(true))
            .one(self.store.db())
            .await?;
        let stored = row.as_ref().map(|row| row.password_hash.clone());
        let verdict = password::verify(password, stored).await?;
        match (row, verdict) {
            (Some(row), password::Verdict::Right) => users::to_model(row).map(Some),
            (Some(row), password::Verdict::Outdated { rehashed }) => {
                self.replace_hash(&row, rehashed).await?;
                users::to_model(row).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Returns the numbers of passwords that are being checked and that wait.
    pub fn hashing(&self) -> Hashing {
        password::hashing()
    }

    /// Records a failed login, with the person whose address was used. The typed text is stored
    /// only if it looks like an address, because it may have been the password.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn login_failed(&self, typed: &str, ip: Option<IpAddr>) -> Result<(), Error> {
        let mut entry = NewAuditEntry::new(AuditAction::LoginFailed);
        if let Ok(email) = Email::read(typed) {
            entry = entry.target(email.as_str());
            let theirs = user::Entity::find().filter(user::Column::Email.eq(email.as_str()));
            if let Some(row) = theirs.one(self.store.db()).await? {
                entry = entry.subject(UserId(row.id));
            }
        }
        self.store.audit(&ActorContext::anonymous(ip), entry).await
    }

    /// Replaces the hash that was just verified, unless the password was changed meanwhile.
    async fn replace_hash(&self, row: &user::Model, rehashed: String) -> Result<(), Error> {
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
