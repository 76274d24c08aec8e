//! Links with which a person chooses their password: invitations and resets.

use std::net::IpAddr;

use model::{LoginLink, Role, User, UserId};
use store::{Secret, Viewer};

use crate::{Error, Services};

/// Adds a user who chooses their own password, and returns the token of their invitation and what it
/// is for.
///
/// # Errors
/// [`store::Error::Forbidden`] unless the viewer is an administrator; those of
/// [`store::Accounts::invite`].
pub async fn invite(
    services: &Services,
    viewer: &Viewer,
    name: &str,
    email: &str,
    role: Role,
) -> Result<(Secret, LoginLink), Error> {
    let admin = viewer.admin().await?;
    let (_, token) = services.store.accounts().invite(&admin, name, email, role).await?;
    with_link(services, token).await
}

/// Makes a new invitation for a user who has not logged in yet, or a link to choose another
/// password. Earlier links stop working. Returns its token and what it is for.
///
/// # Errors
/// [`store::Error::Forbidden`] unless the viewer is an administrator; [`store::Error::NotFound`].
pub async fn make(
    services: &Services,
    viewer: &Viewer,
    user: UserId,
) -> Result<(Secret, LoginLink), Error> {
    let admin = viewer.admin().await?;
    let (_, token) = services.store.accounts().make_link(&admin, user).await?;
    with_link(services, token).await
}

/// The person whom a link is for.
///
/// # Errors
/// [`store::Error::InvalidLink`] if it is unknown, used, replaced or too old.
pub async fn find(services: &Services, token: &str) -> Result<LoginLink, Error> {
    Ok(services.store.accounts().link(token).await?)
}

/// Sets the password of the person whom a link is for. It works once. Tries are not
/// counted, because a token of 256 random bits cannot be guessed.
///
/// # Errors
/// [`store::Error::InvalidLink`]; [`store::Error::Invalid`] if the password is not acceptable.
pub async fn spend(
    services: &Services,
    token: &str,
    password: &str,
    ip: Option<IpAddr>,
) -> Result<User, Error> {
    Ok(services.store.accounts().use_link(token, password, ip).await?)
}

async fn with_link(services: &Services, token: Secret) -> Result<(Secret, LoginLink), Error> {
    let link = find(services, token.expose()).await?;
    Ok((token, link))
}
