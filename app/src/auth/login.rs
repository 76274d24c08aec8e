//! Login and logout of a browser: its session, and where it goes next.

use axum_login::AuthUser as _;
use axum_login::tower_sessions::session::Id;
use axum_login::tower_sessions::{Expiry, Session};
use http::request::Parts;
use leptos::prelude::use_context;
use model::{User, UserId};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use service::login::PasswordProof;
use store::{Enrolment, SecondFactor, Secret, SessionLabel, Viewer};
use time::OffsetDateTime;

use super::factor::{self, Unproved};
use super::{AuthSession, LoggedIn, device, origin, session, user_agent};
use crate::{ApiError, api};

/// The lifetime of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Remember {
    /// The session ends when the browser closes.
    No,
    /// The session lasts as long as a login may last at all.
    Yes,
}

/// A person whose password was right, and who still has to give a second factor. It is stored in
/// their browser's session, which has no user yet.
#[derive(Serialize, Deserialize)]
struct HalfLogin {
    #[serde(flatten)]
    proof: PasswordProof,
    remember: Remember,
    next: String,
    /// The password was given a while ago, in a session that lacks the factor by now ([`factor`]).
    #[serde(skip)]
    is_old: bool,
}

impl HalfLogin {
    const KEY: &str = "login.pending";

    fn of(user: &LoggedIn) -> Self {
        Self {
            proof: PasswordProof::of(user),
            remember: Remember::No,
            next: api::INBOX.to_owned(),
            is_old: false,
        }
    }
}

/// The second step of a login, after the right password.
pub(crate) struct PendingLogin {
    pub(crate) user: User,
    /// The secret to enter into their phone first, if their role must have a second factor and they
    /// have none.
    pub(crate) enrolment: Option<Enrolment>,
    /// They are in an existing session that lacks the factor by now.
    pub(crate) is_old: bool,
}

impl PendingLogin {
    /// Turning the factor on takes the password, which was not given just now.
    pub(crate) fn needs_password(&self) -> bool {
        self.is_old && self.enrolment.is_some()
    }
}

/// The longest path that a login leads to, in bytes: it is stored between password and code.
const LONGEST_NEXT: usize = 2048;

/// Checks e-mail and password, and logs in unless a second factor is to follow. Returns the path to
/// go to: `next` if it is one of this site, else the inbox; or the page that asks for the second
/// factor.
///
/// # Errors
/// [`ApiError::Unauthenticated`] when they do not belong together; [`ApiError::Invalid`] for a
/// malformed address; [`ApiError::TooMany`] after too many tries for one account or from one place.
pub async fn log_in(
    email: &str,
    password: &str,
    remember: Remember,
    next: Option<&str>,
) -> Result<String, ApiError> {
    let mut auth = session().await?;
    let from = device::requester();
    let checked = service::login::check_password(&auth.backend.services, email, password, &from);
    let user = checked.await.map(LoggedIn)?;
    continue_login(&mut auth, user, remember, next).await
}

/// Logs in a person whom a link has identified, unless a second factor is to follow. Neither the
/// password nor the tries of others are checked: the link is used up by now.
///
/// # Errors
/// [`ApiError::Internal`], [`ApiError::Unwritable`].
pub(crate) async fn log_in_proved(user: UserId) -> Result<String, ApiError> {
    let mut auth = session().await?;
    let user = auth.backend.logged_in(user).await?;
    continue_login(&mut auth, user, Remember::No, None).await
}

/// Logs in a person who gave the right password, or asks for their second factor. Returns the path
/// to go to.
async fn continue_login(
    auth: &mut AuthSession,
    user: LoggedIn,
    remember: Remember,
    next: Option<&str>,
) -> Result<String, ApiError> {
    let next = next.filter(|path| is_local(path) && path.len() <= LONGEST_NEXT);
    let next = next.unwrap_or(api::INBOX).to_owned();
    if user.needs == SecondFactor::None {
        start_session(auth, &user, remember).await?;
        return Ok(next);
    }
    // The previous user of this browser, if any, is logged out.
    reset_session(auth).await?;
    let pending = HalfLogin { remember, next, ..HalfLogin::of(&user) };
    auth.session.insert(HalfLogin::KEY, pending).await.map_err(ApiError::internal)?;
    super::keep_expiry(&auth.session).await?;
    Ok(api::CODE.to_owned())
}

/// The end of the half login in a session; `None` if there is none.
pub(super) async fn half_login_ends(session: &Session) -> Result<Option<OffsetDateTime>, ApiError> {
    let pending: Option<HalfLogin> =
        session.get(HalfLogin::KEY).await.map_err(ApiError::internal)?;
    let until = pending.map(|pending| pending.proof.until().timestamp());
    Ok(until.and_then(|until| OffsetDateTime::from_unix_timestamp(until).ok()))
}

/// The second step of the login in this browser.
///
/// # Errors
/// [`ApiError::Unauthenticated`] when there is none, or no longer.
pub(crate) async fn pending_login() -> Result<PendingLogin, ApiError> {
    let auth = session().await?;
    let (pending, user) = half_login(&auth).await?;
    let enrolment = match user.needs {
        SecondFactor::MustEnrol => {
            let viewer = auth.backend.services.store.viewer(user.id()).await?;
            Some(match factor::begun(&viewer, &auth.session).await? {
                Some(begun) => begun,
                None => factor::begin(&viewer, &auth.session).await?,
            })
        }
        SecondFactor::None | SecondFactor::Required => None,
    };
    Ok(PendingLogin { user: user.user.clone(), enrolment, is_old: pending.is_old })
}

/// Checks the code of a person who gave the right password, and logs them in. Returns the path to
/// go to. In an existing session, turning the factor on takes the password again, and `next` is the
/// path that was requested. A secret that was begun again in another session is void here, and the
/// returned path leads to the page that shows another one.
///
/// # Errors
/// [`ApiError::Unauthenticated`] when the password has to be given again; [`ApiError::Invalid`] for a
/// wrong code or password; [`ApiError::TooMany`].
pub(crate) async fn finish(
    code: &str,
    password: &str,
    next: Option<&str>,
) -> Result<String, ApiError> {
    let mut auth = session().await?;
    let (mut pending, user) = half_login(&auth).await?;
    if pending.is_old
        && let Some(next) = next.filter(|path| is_local(path) && path.len() <= LONGEST_NEXT)
    {
        pending.next = next.to_owned();
    }
    let services = auth.backend.services.clone();
    if user.needs != SecondFactor::MustEnrol {
        service::login::check_code(&services, &user, code, &device::requester()).await?;
        match pending.is_old {
            // A code alone does not extend a login.
            true => renew_with_factor(&auth, user.id()).await?,
            false => start_session(&mut auth, &user, pending.remember).await?,
        }
        return Ok(pending.next);
    }
    let viewer = services.store.viewer(user.id()).await?.from_ip(origin::ip());
    if factor::begun(&viewer, &auth.session).await?.is_none() {
        // Half a login stores its path, an existing session does not.
        return Ok(match pending.is_old {
            true => {
                let next = utf8_percent_encode(&pending.next, NON_ALPHANUMERIC);
                format!("{}?next={next}", api::CODE)
            }
            false => api::CODE.to_owned(),
        });
    }
    let (password, current) = (pending.is_old.then_some(password), current().await?);
    let turned_on =
        service::second_factor::turn_on_at_login(&services, &viewer, password, code, &current);
    let codes = turned_on.await?;
    // The user is loaded again with the factor that was turned on just now.
    let user = auth.backend.logged_in(user.id()).await?;
    start_session(&mut auth, &user, pending.remember).await?;
    api::RecoveryCodes::show_next(codes, pending.next).await?;
    Ok(api::SECOND_FACTOR.to_owned())
}

/// Ends the session of the request being answered.
///
/// # Errors
/// [`ApiError::Internal`].
pub async fn log_out() -> Result<(), ApiError> {
    let mut auth = session().await?;
    let left = auth.logout().await.map_err(ApiError::internal)?;
    if let Some(user) = left.or_else(unproved) {
        service::login::end(&auth.backend.services, user.id(), origin::ip()).await?;
    }
    Ok(())
}

/// Changes the password of the user. This browser stays logged in, under another session id; all
/// other sessions end.
///
/// # Errors
/// [`ApiError::TooMany`]; [`ApiError::Invalid`] when the old password is wrong or the new one not
/// acceptable.
pub(crate) async fn change_password(viewer: &Viewer, old: &str, new: &str) -> Result<(), ApiError> {
    let mut auth = session().await?;
    let (services, current) = (auth.backend.services.clone(), current().await?);
    service::profile::change_password(&services, viewer, old, new, &current).await?;
    let user = auth.backend.logged_in(viewer.user().id).await?;
    auth.session.cycle_id().await.map_err(ApiError::internal)?;
    super::keep_expiry(&auth.session).await?;
    auth.login(&user).await.map_err(ApiError::internal)?;
    device::remember(&services, viewer.user().id).await;
    Ok(())
}

/// Turns the second factor of the user on, and continues under another session id; all other
/// sessions end. Returns their recovery codes; `None` if no secret is pending in this session, as
/// when it was begun again in another.
///
/// # Errors
/// [`ApiError::TooMany`]; [`ApiError::Invalid`] for a wrong password or code.
pub(crate) async fn enrol(
    viewer: &Viewer,
    password: &str,
    code: &str,
) -> Result<Option<Vec<Secret>>, ApiError> {
    let auth = session().await?;
    if factor::begun(viewer, &auth.session).await?.is_none() {
        return Ok(None);
    }
    let (services, current) = (&auth.backend.services, current().await?);
    let turned_on = service::second_factor::turn_on(services, viewer, password, code, &current);
    let codes = turned_on.await?;
    renew_with_factor(&auth, viewer.user().id).await?;
    Ok(Some(codes))
}

/// Turns the second factor of the user off, and continues under another session id; all other
/// sessions end.
///
/// # Errors
/// [`ApiError::TooMany`]; [`ApiError::Invalid`] for a wrong password or code.
pub(crate) async fn remove_factor(
    viewer: &Viewer,
    password: &str,
    code: &str,
) -> Result<(), ApiError> {
    let auth = session().await?;
    let (services, current) = (&auth.backend.services, current().await?);
    if service::second_factor::turn_off(services, viewer, password, code, &current).await? {
        renew_with_factor(&auth, viewer.user().id).await?;
    }
    Ok(())
}

/// Gives the session of this browser and user another id and the factor that was just proved in it.
async fn renew_with_factor(auth: &AuthSession, user: UserId) -> Result<(), ApiError> {
    let user = auth.backend.logged_in(user).await?;
    auth.session.cycle_id().await.map_err(ApiError::internal)?;
    super::keep_expiry(&auth.session).await?;
    factor::keep(&auth.session, user.factor).await.map_err(ApiError::internal)?;
    // Turning it on or off forgot the known browsers, and this one stays known.
    device::remember(&auth.backend.services, user.id()).await;
    Ok(())
}

/// The id of the session of the request being answered.
///
/// # Errors
/// [`ApiError::Unauthenticated`] without one.
pub(crate) async fn current() -> Result<Id, ApiError> {
    session().await?.session.id().ok_or(ApiError::Unauthenticated)
}

async fn half_login(auth: &AuthSession) -> Result<(HalfLogin, LoggedIn), ApiError> {
    let pending: Option<HalfLogin> =
        auth.session.get(HalfLogin::KEY).await.map_err(ApiError::internal)?;
    let Some(pending) = pending else {
        let user = unproved().ok_or(ApiError::Unauthenticated)?;
        let until: Option<i64> =
            auth.session.get(super::REMEMBERED).await.map_err(ApiError::internal)?;
        let remember = until.map_or(Remember::No, |_| Remember::Yes);
        return Ok((HalfLogin { remember, is_old: true, ..HalfLogin::of(&user) }, user));
    };
    let user = pending.proof.user(&auth.backend.services).await?;
    Ok((pending, LoggedIn(user)))
}

/// The user of the session of the request being answered, if it lacks the factor that they need by
/// now.
fn unproved() -> Option<LoggedIn> {
    let parts = use_context::<Parts>()?;
    parts.extensions.get::<Unproved>().map(|Unproved(user)| user.clone())
}

/// Empties this browser's session and gives it another id. A session that is only emptied would be
/// stored under its old id: its record keeps that, also if axum-login has emptied it before.
async fn reset_session(auth: &mut AuthSession) -> Result<(), ApiError> {
    auth.logout().await.map_err(ApiError::internal)?;
    auth.session.cycle_id().await.map_err(ApiError::internal)
}

/// Logs in a person who has proved their identity.
async fn start_session(
    auth: &mut AuthSession,
    user: &LoggedIn,
    remember: Remember,
) -> Result<(), ApiError> {
    // Values that were put into this browser's session before are not theirs, and its id may be
    // known.
    reset_session(auth).await?;
    let services = auth.backend.services.clone();
    let expiry = match remember {
        Remember::No => Expiry::OnSessionEnd,
        Remember::Yes => {
            let until = OffsetDateTime::now_utc() + services.store.logins_last();
            let written = auth.session.insert(super::REMEMBERED, until.unix_timestamp()).await;
            written.map_err(ApiError::internal)?;
            Expiry::AtDateTime(until)
        }
    };
    auth.session.set_expiry(Some(expiry));
    auth.login(user).await.map_err(ApiError::internal)?;
    factor::keep(&auth.session, user.factor).await.map_err(ApiError::internal)?;
    let label = SessionLabel::new(user.id(), origin::ip(), user_agent().as_deref());
    auth.session.insert(SessionLabel::KEY, label).await.map_err(ApiError::internal)?;
    let preferences = service::login::begin(&services, user.id(), origin::ip()).await?;
    crate::preferences::apply(preferences);
    device::remember(&services, user.id()).await;
    Ok(())
}

/// Returns true for a path of this site. `//host` and, to some browsers, `/\host` are other sites.
pub(super) fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn login_never_leads_off_the_site() {
        assert!(is_local("/atendente/inbox-pirata/chat/7?x=1"));
        for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example", "", "a\r\nb"]
        {
            assert!(!is_local(elsewhere), "{elsewhere:?}");
        }
    }
}
