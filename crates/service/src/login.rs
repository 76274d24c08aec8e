//! Login and logout: the password first, then a second factor if there is one. This module checks the
//! proofs; the callers keep the session of the browser.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use model::{AuditAction, UserId, UserPreferences};
use serde::{Deserialize, Serialize};
use store::{ActorContext, DeviceToken, Email, NewAuditEntry, SecondFactor, SessionUser};

use crate::throttle::key::Key;
use crate::{Error, Requester, Services};

/// The time for entering the second factor. It exceeds the longest wait between two codes.
const HALF_LOGIN_LASTS: TimeDelta = TimeDelta::minutes(20);

/// Proves that a person has given the right password, for as long as they may take to give a second
/// factor. It is stored in their browser's session, which has no user yet.
#[derive(Serialize, Deserialize)]
pub struct PasswordProof {
    user: UserId,
    /// If the password changes meanwhile, the proof is void.
    fingerprint: Vec<u8>,
    until: DateTime<Utc>,
}

impl PasswordProof {
    /// A proof for a person who has given their password just now.
    pub fn of(user: &SessionUser) -> Self {
        Self {
            user: user.user.id,
            fingerprint: user.auth_hash.clone(),
            until: Utc::now() + HALF_LOGIN_LASTS,
        }
    }

    /// The end of its validity.
    pub fn until(&self) -> DateTime<Utc> {
        self.until
    }

    /// The person whose password was right, in their current state.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if the proof is void.
    pub async fn user(&self, services: &Services) -> Result<SessionUser, Error> {
        let user = services.store.accounts().for_session(self.user).await?;
        let user = user.ok_or(Error::Unauthenticated)?;
        match user.auth_hash == self.fingerprint && Utc::now() < self.until {
            true => Ok(user),
            false => Err(Error::Unauthenticated),
        }
    }
}

/// The person of a session, in their current state.
///
/// # Errors
/// [`store::Error::NotFound`] once deactivated.
pub async fn session_user(services: &Services, id: UserId) -> Result<SessionUser, Error> {
    let user = services.store.accounts().for_session(id).await?;
    Ok(user.ok_or(store::Error::NotFound)?)
}

/// Checks e-mail and password. A second factor may have to follow ([`SessionUser::needs`]).
///
/// # Errors
/// [`Error::Unauthenticated`] when they do not belong together; [`store::Error::Invalid`] for a
/// malformed address; [`Error::TooMany`] after too many tries for one account or from one place.
pub async fn check_password(
    services: &Services,
    email: &str,
    password: &str,
    from: &Requester,
) -> Result<SessionUser, Error> {
    let accounts = services.store.accounts();
    let email = Email::read(email)?;
    let origin = accounts.known(&email, &from.devices, from.own_network()).await?;
    let keys = Key::account(&email, &origin, from.client);
    let proof = async {
        let user = accounts.verify(email.as_str(), password).await?;
        let user = user.ok_or(store::Error::WrongPassword)?;
        accounts.for_session(user.id).await?.ok_or(store::Error::NotFound)
    };
    match services.throttle.check(&keys, proof).await {
        Err(Error::Store(store::Error::WrongPassword)) => {
            accounts.login_failed(email.as_str(), from.ip()).await?;
            Err(Error::Unauthenticated)
        }
        checked => checked,
    }
}

/// Checks the code of a person who gave the right password. There is nothing to check if they need
/// none by now. No code is right for a person who has to turn a factor on first
/// ([`crate::second_factor::turn_on_at_login`]).
///
/// # Errors
/// [`store::Error::WrongCode`]; [`Error::TooMany`].
pub async fn check_code(
    services: &Services,
    user: &SessionUser,
    code: &str,
    from: &Requester,
) -> Result<(), Error> {
    let (accounts, id) = (services.store.accounts(), user.user.id);
    let origin = accounts.known_to(id, &from.devices, from.own_network()).await?;
    let keys = Key::code(id, &origin, from.client);
    let proof = async {
        match user.needs {
            SecondFactor::Required => accounts.totp_check(id, code, from.ip()).await,
            SecondFactor::MustEnrol => Err(store::Error::WrongCode),
            SecondFactor::None => Ok(()),
        }
    };
    let outcome = services.throttle.check(&keys, proof).await;
    if matches!(outcome, Err(Error::Store(store::Error::WrongCode))) {
        accounts.login_failed(&user.user.email, from.ip()).await?;
    }
    outcome
}

/// Records the login of a person who has proved their identity. Returns their preferences, for this
/// browser.
///
/// # Errors
/// [`Error::Store`].
pub async fn begin(
    services: &Services,
    user: UserId,
    ip: Option<IpAddr>,
) -> Result<UserPreferences, Error> {
    let preferences = services.store.viewer(user).await?.preferences().await?;
    let entry = NewAuditEntry::new(AuditAction::Login);
    services.store.audit(&ActorContext::user(user, ip), entry).await?;
    Ok(preferences)
}

/// Records the logout of a person.
///
/// # Errors
/// [`Error::Store`].
pub async fn end(services: &Services, user: UserId, ip: Option<IpAddr>) -> Result<(), Error> {
    let entry = NewAuditEntry::new(AuditAction::Logout);
    Ok(services.store.audit(&ActorContext::user(user, ip), entry).await?)
}

/// Makes a browser known to a person who has just proved their identity. Returns the tokens that
/// the browser keeps from now on.
///
/// # Errors
/// [`Error::Store`].
pub async fn remember_browser(
    services: &Services,
    user: UserId,
    browser: Requester,
) -> Result<Vec<DeviceToken>, Error> {
    let network = browser.own_network();
    Ok(services.store.accounts().remember_device(user, browser.devices, network).await?)
}
