//! The commands of the machine's operator. They need no viewer and no running server.

use model::User;
use store::{NewUser, Store};

use crate::Error;

/// Adds a user with a password.
///
/// # Errors
/// Those of [`store::Operator::create`].
pub async fn add_user(store: &Store, new: NewUser) -> Result<User, Error> {
    Ok(store.operator().create(new).await?)
}

/// All users.
///
/// # Errors
/// [`Error::Store`].
pub async fn users(store: &Store) -> Result<Vec<User>, Error> {
    Ok(store.operator().list().await?)
}

/// Sets the password of a user, which ends all their sessions.
///
/// # Errors
/// Those of [`store::Operator::reset_password`].
pub async fn reset_password(store: &Store, email: &str, password: &str) -> Result<(), Error> {
    Ok(store.operator().reset_password(email, password).await?)
}

/// Removes the second factor of a user, which ends all their sessions.
///
/// # Errors
/// Those of [`store::Operator::totp_reset`].
pub async fn reset_second_factor(store: &Store, email: &str) -> Result<(), Error> {
    Ok(store.operator().totp_reset(email).await?)
}
