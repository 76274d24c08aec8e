//! The administration of users. All of it is for administrators only
//! ([`store::Error::Forbidden`]).

use model::{Account, Role, User, UserId, UserStatus};
use store::Viewer;

use crate::{Error, Services};

/// All users, and the rules for them.
pub struct Overview {
    pub accounts: Vec<Account>,
    /// The roles that must have a second factor.
    pub required: Vec<Role>,
}

/// All users, and the rules for them.
///
/// # Errors
/// [`Error::Store`].
pub async fn overview(services: &Services, viewer: &Viewer) -> Result<Overview, Error> {
    let (admin, accounts) = (viewer.admin().await?, services.store.accounts());
    let required = accounts.totp_required(&admin).await?;
    Ok(Overview { accounts: accounts.list(&admin).await?, required })
}

/// The active users.
///
/// # Errors
/// [`Error::Store`].
pub async fn active(services: &Services, viewer: &Viewer) -> Result<Vec<User>, Error> {
    let accounts = services.store.accounts().list(&viewer.admin().await?).await?;
    let active = accounts.into_iter().filter(|account| account.status == UserStatus::Active);
    Ok(active.map(|account| account.user).collect())
}

/// Gives a user another role, which takes effect on all pages they have open.
///
/// # Errors
/// [`store::Error::LastAdmin`], [`store::Error::NotFound`].
pub async fn set_role(
    services: &Services,
    viewer: &Viewer,
    user: UserId,
    role: Role,
) -> Result<(), Error> {
    let admin = viewer.admin().await?;
    Ok(services.store.accounts().set_role(&admin, user, role).await?)
}

/// Activates a user, or deactivates them and ends all their sessions.
///
/// # Errors
/// [`store::Error::LastAdmin`], [`store::Error::NotFound`].
pub async fn set_active(
    services: &Services,
    viewer: &Viewer,
    user: UserId,
    active: bool,
) -> Result<(), Error> {
    let admin = viewer.admin().await?;
    Ok(services.store.accounts().set_active(&admin, user, active).await?)
}

/// Ends all sessions of a user.
///
/// # Errors
/// Those of [`store::WebSessions::end_all`].
pub async fn end_sessions(services: &Services, viewer: &Viewer, user: UserId) -> Result<(), Error> {
    let admin = viewer.admin().await?;
    services.store.web_sessions().end_all(&admin, user).await?;
    Ok(())
}

/// Sets whether all users of a role must have a second factor. Those without one have to turn it on
/// at once.
///
/// # Errors
/// [`Error::Store`].
pub async fn require_second_factor(
    services: &Services,
    viewer: &Viewer,
    role: Role,
    required: bool,
) -> Result<(), Error> {
    let admin = viewer.admin().await?;
    Ok(services.store.accounts().require_totp(&admin, role, required).await?)
}

/// Removes the second factor of another user, who lost their phone.
///
/// # Errors
/// Those of [`store::Accounts::totp_reset`].
pub async fn reset_second_factor(
    services: &Services,
    viewer: &Viewer,
    user: UserId,
) -> Result<(), Error> {
    let admin = viewer.admin().await?;
    Ok(services.store.accounts().totp_reset(&admin, user).await?)
}
