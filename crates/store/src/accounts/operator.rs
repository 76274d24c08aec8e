//! What whoever runs the binary may do with users, without being one: `inbox-pirata user …`.

use model::User;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};

use super::{NewUser, new_user, password};
use crate::{Error, Store, entity::user};

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
        let new = new.checked()?;
        let hash = password::hash(&new.password).await?;
        let writing = self.store.write().await?;
        let user = super::insert(&writing, &new, hash).await?;
        writing.commit().await?;
        Ok(user)
    }

    /// Everybody who may come in, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn list(&self) -> Result<Vec<User>, Error> {
        super::active_users(self.store.db()).await
    }

    /// Gives a user another password, lets them in again if they were deactivated, and ends every
    /// session that rests on the old password.
    ///
    /// # Errors
    /// [`Error::NotFound`] when nobody has this address; [`Error::Invalid`].
    pub async fn reset_password(&self, email: &str, new_password: &str) -> Result<(), Error> {
        new_user::check_password(new_password)?;
        let hash = password::hash(new_password).await?;
        let writing = self.store.write().await?;
        let changed = user::Entity::update_many()
            .col_expr(user::Column::PasswordHash, Expr::val(hash))
            .col_expr(user::Column::Active, Expr::val(true))
            .filter(user::Column::Email.eq(new_user::normalized_email(email)))
            .exec(&writing.tx)
            .await?;
        if changed.rows_affected == 0 {
            return Err(Error::NotFound);
        }
        writing.commit().await
    }
}
