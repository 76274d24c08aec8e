//! The first administrator of an installation.

mod code;

use std::net::IpAddr;

use model::User;
use store::NewUser;

pub use self::code::SetupCode;
use crate::refusals::refused;
use crate::{Error, Services};

/// Returns true if there are no users yet.
///
/// # Errors
/// [`Error::Store`].
pub async fn is_first_run(services: &Services) -> Result<bool, Error> {
    Ok(!services.store.accounts().any().await?)
}

/// Creates the first administrator, who proves by `code` that they have seen the terminal of the
/// server.
///
/// # Errors
/// [`store::Error::AlreadySetUp`] once there is a user: no code is valid then.
/// [`Error::WrongSetupCode`]; those of [`store::Accounts::create_first_admin`].
pub async fn create_first_admin(
    services: &Services,
    code: &str,
    admin: NewUser,
    ip: Option<IpAddr>,
) -> Result<User, Error> {
    let accounts = services.store.accounts();
    if accounts.any().await? {
        return Err(store::Error::AlreadySetUp.into());
    }
    if !services.setup.is(code) {
        refused("setup-code");
        return Err(Error::WrongSetupCode);
    }
    Ok(accounts.create_first_admin(admin, ip).await?)
}
