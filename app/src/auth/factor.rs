//! The second factor as part of what a session has proved.
//!
//! A session stores which factor it has proved. Each request compares that with what the user needs
//! now: if a factor was turned on, or is required of their role, after they logged in, the session
//! counts as logged out until they prove it (`login::finish`). It can still be listed and ended as
//! theirs.

use axum_login::tower_sessions::{Session, session};
use model::UserId;
use store::{Enrolment, FactorId, Store, Viewer};

use super::{AuthSession, LoggedIn};
use crate::ApiError;

/// The key under which a session stores the factor that was proved in it.
const PROVED: &str = "login.factor";
/// The key under which it stores the enrolment that was begun in it.
const BEGUN: &str = "login.enrolling";

/// The user of a session that has not proved the second factor they need by now. It is an extension
/// of the request.
#[derive(Debug, Clone)]
pub struct Unproved(pub(super) LoggedIn);

/// Removes the user from a session that lacks the factor they need.
///
/// # Errors
/// The session cannot be read.
pub async fn take_unproved(auth: &mut AuthSession) -> Result<Option<Unproved>, session::Error> {
    let Some(user) = &auth.user else { return Ok(None) };
    if user.admits(proved(&auth.session).await?) {
        return Ok(None);
    }
    Ok(auth.user.take().map(Unproved))
}

/// Returns true if a session, some time after its login, still has the factor that its user needs
/// by now.
///
/// # Errors
/// The database failed.
pub async fn still_admits(
    store: &Store,
    user: UserId,
    session: &Session,
) -> Result<bool, store::Error> {
    let Ok(proved) = proved(session).await else { return Ok(false) };
    let user = store.accounts().for_session(user).await?;
    Ok(user.is_some_and(|user| user.admits(proved)))
}

/// Creates a secret for a person's phone, for this session alone.
///
/// # Errors
/// [`ApiError::Forbidden`] when they have a factor.
pub(crate) async fn begin(viewer: &Viewer, session: &Session) -> Result<Enrolment, ApiError> {
    let made = service::second_factor::begin(viewer).await?;
    super::keep_expiry(session).await?;
    session.insert(BEGUN, made.mark()).await.map_err(ApiError::internal)?;
    Ok(made)
}

/// The enrolment that was begun in this session and is not confirmed yet.
///
/// # Errors
/// [`ApiError::Internal`].
pub(crate) async fn begun(
    viewer: &Viewer,
    session: &Session,
) -> Result<Option<Enrolment>, ApiError> {
    let here: Option<String> = session.get(BEGUN).await.map_err(ApiError::internal)?;
    Ok(service::second_factor::begun(viewer, here.as_deref()).await?)
}

/// Stores the factor that was proved in a session, or none.
pub(super) async fn keep(
    session: &Session,
    factor: Option<FactorId>,
) -> Result<(), session::Error> {
    match factor {
        Some(factor) => session.insert(PROVED, factor).await,
        None => session.remove_value(PROVED).await.map(|_| ()),
    }
}

async fn proved(session: &Session) -> Result<Option<FactorId>, session::Error> {
    session.get(PROVED).await
}
