//! The second factor of a person: turning it on and off.

/// Draws the address of an [`Enrolment`], which a phone scans.
pub use gateway::draw_qr;
use model::TwoFactor;
use store::{Enrolment, Secret, Viewer};
use tower_sessions::session::Id;

use crate::throttle::key::Key;
use crate::{Error, Services};

/// The state of a person's second factor.
///
/// # Errors
/// [`Error::Store`].
pub async fn state(viewer: &Viewer) -> Result<TwoFactor, Error> {
    Ok(viewer.two_factor().await?)
}

/// Creates a secret for a person's phone. A login does not ask for it until it is confirmed.
///
/// # Errors
/// [`store::Error::TotpEnabled`] when they have a factor.
pub async fn begin(viewer: &Viewer) -> Result<Enrolment, Error> {
    Ok(viewer.totp_begin().await?)
}

/// The enrolment with this mark ([`Enrolment::mark`]), if it is not confirmed yet. One that was
/// begun in another session is not shown: somebody else may be using that session, and would know
/// the secret.
///
/// # Errors
/// [`Error::Store`].
pub async fn begun(viewer: &Viewer, mark: Option<&str>) -> Result<Option<Enrolment>, Error> {
    let pending = viewer.totp_pending().await?;
    Ok(pending.filter(|pending| mark == Some(pending.mark().as_str())))
}

/// Turns the second factor of a person on who is logged in, with their password as a further proof,
/// and ends all their sessions but this one. Returns the recovery codes.
///
/// # Errors
/// [`Error::TooMany`]; [`store::Error::WrongPassword`], [`store::Error::WrongCode`].
pub async fn turn_on(
    services: &Services,
    viewer: &Viewer,
    password: &str,
    code: &str,
    session: &Id,
) -> Result<Vec<Secret>, Error> {
    let keys = [Key::proof(viewer.user().id, &session.to_string())];
    services.throttle.check(&keys, viewer.totp_enable(password, code, Some(session))).await
}

/// Turns the second factor on of a person whose login waits for it, and ends all their sessions.
/// Without `password` they have given it just now. Returns the recovery codes.
///
/// # Errors
/// Those of [`turn_on`].
pub async fn turn_on_at_login(
    services: &Services,
    viewer: &Viewer,
    password: Option<&str>,
    code: &str,
    session: &Id,
) -> Result<Vec<Secret>, Error> {
    // The secret is this session's own: others have nothing to guess.
    let keys = [Key::proof(viewer.user().id, &session.to_string())];
    let proof = async {
        match password {
            Some(password) => viewer.totp_enable(password, code, None).await,
            None => viewer.totp_confirm(code).await,
        }
    };
    services.throttle.check(&keys, proof).await
}

/// Turns the second factor of a person off, and ends all their sessions but this one. Returns true
/// if it was on; the code is checked only then.
///
/// # Errors
/// Those of [`turn_on`].
pub async fn turn_off(
    services: &Services,
    viewer: &Viewer,
    password: &str,
    code: &str,
    session: &Id,
) -> Result<bool, Error> {
    let keys = [Key::proof(viewer.user().id, &session.to_string())];
    services.throttle.check(&keys, viewer.totp_disable(password, code, Some(session))).await
}
