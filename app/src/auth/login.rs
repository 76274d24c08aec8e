//! Coming in and going out: the password first, then a second factor where there is one.

use axum_login::AuthUser as _;
use axum_login::tower_sessions::session::Id;
use axum_login::tower_sessions::{Expiry, Session};
use chrono::{DateTime, TimeDelta, Utc};
use http::request::Parts;
use leptos::prelude::use_context;
use model::{AuditAction, PhoneNumber, User, UserId};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use store::{By, Email, Enrolment, Entry, SecondFactor, Secret, SessionLabel, Viewer};
use time::OffsetDateTime;

use super::factor::{self, Unproved};
use super::lanes::{Key, own_network};
use super::{AuthSession, Credentials, LoggedIn, device, origin, session, user_agent};
use crate::{ApiError, api};

/// How long somebody may look for their phone. The longest wait between two codes is over before.
const PATIENCE: TimeDelta = TimeDelta::minutes(20);

/// How long a session outlives the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Remember {
    /// Until the browser closes.
    No,
    /// As long as a login may last at all.
    Yes,
}

/// Somebody whose password was right, and who is asked for more. Kept in their browser's session,
/// which is nobody's yet.
#[derive(Serialize, Deserialize)]
struct Pending {
    user: UserId,
    /// Another password meanwhile, and this is void.
    fingerprint: Vec<u8>,
    remember: Remember,
    next: String,
    until: DateTime<Utc>,
    /// The password was given a while ago, in a session that lacks the factor by now ([`factor`]).
    #[serde(skip)]
    is_old: bool,
}

impl Pending {
    const KEY: &str = "login.pending";

    fn of(user: &LoggedIn) -> Self {
        Self {
            user: user.id(),
            fingerprint: user.fingerprint().to_owned(),
            remember: Remember::No,
            next: api::INBOX.to_owned(),
            until: Utc::now() + PATIENCE,
            is_old: false,
        }
    }
}

/// What a person whose password was right is asked for.
pub(crate) struct Asked {
    pub(crate) user: User,
    /// What they put into their phone first, when their role must have a second factor and they
    /// have none.
    pub(crate) enrolment: Option<Enrolment>,
    /// They are in a session of theirs that lacks the factor by now.
    pub(crate) is_old: bool,
}

impl Asked {
    /// Turning it on takes the password, which was not given just now.
    pub(crate) fn needs_password(&self) -> bool {
        self.is_old && self.enrolment.is_some()
    }
}

/// The longest path that a login leads to, in bytes: it is kept between password and code.
const LONGEST_NEXT: usize = 2048;

/// Checks e-mail and password, and logs in unless a second factor is to follow. Returns the path to
/// go to: `next` if it is one of this site, or the inbox; or where the second factor is asked for.
///
/// # Errors
/// [`ApiError::Unauthenticated`] when they do not belong together; [`ApiError::Invalid`] for what is no
/// address; [`ApiError::TooMany`] after too many tries for one account or from one place.
pub async fn log_in(
    typed: Credentials,
    remember: Remember,
    next: Option<&str>,
) -> Result<String, ApiError> {
    let mut auth = session().await?;
    let (store, client) = (auth.backend.store.clone(), origin::client());
    let email = Email::read(&typed.email)?;
    let known = store.accounts().known(&email, &device::tokens(), own_network(client)).await?;
    let keys = Key::account(&email, &known, client);
    auth.backend.throttle.count(&keys)?;
    let typed = Credentials { email: email.as_str().to_owned(), password: typed.password };
    let checked = match auth.authenticate(typed).await {
        Ok(checked) => checked,
        Err(axum_login::Error::Backend(error)) => {
            // Nothing was learned from a password that was not looked at.
            auth.backend.throttle.take_back(&keys);
            return Err(error.into());
        }
        Err(error) => return Err(ApiError::internal(error)),
    };
    let Some(user) = checked else {
        store.accounts().login_failed(email.as_str(), origin::ip()).await?;
        return Err(ApiError::Unauthenticated);
    };
    auth.backend.throttle.proved(&keys);
    go_on(&mut auth, user, remember, next).await
}

/// Logs in who has proved who they are by a link, unless a second factor is to follow. Neither the
/// password nor the tries of others are asked about: the link is used up by now.
///
/// # Errors
/// [`ApiError::Internal`], [`ApiError::Unwritable`].
pub(crate) async fn log_in_proved(user: UserId) -> Result<String, ApiError> {
    let mut auth = session().await?;
    let user = auth.backend.logged_in(user).await?;
    go_on(&mut auth, user, Remember::No, None).await
}

/// Logs in who gave the right password, or asks for their second factor. Returns the path to go to.
async fn go_on(
    auth: &mut AuthSession,
    user: LoggedIn,
    remember: Remember,
    next: Option<&str>,
) -> Result<String, ApiError> {
    let next = next.filter(|path| is_local(path) && path.len() <= LONGEST_NEXT);
    let next = next.unwrap_or(api::INBOX).to_owned();
    if user.needs == SecondFactor::None {
        enter(auth, &user, remember).await?;
        return Ok(next);
    }
    // Whoever this browser was before, they are not any more.
    begin_anew(auth).await?;
    let pending = Pending { remember, next, ..Pending::of(&user) };
    auth.session.insert(Pending::KEY, pending).await.map_err(ApiError::internal)?;
    super::keep_expiry(&auth.session).await?;
    Ok(api::CODE.to_owned())
}

/// When the half login in a session ends; `None` where there is none.
pub(super) async fn half_ends(session: &Session) -> Result<Option<OffsetDateTime>, ApiError> {
    let pending: Option<Pending> = session.get(Pending::KEY).await.map_err(ApiError::internal)?;
    let until = pending.map(|pending| pending.until.timestamp());
    Ok(until.and_then(|until| OffsetDateTime::from_unix_timestamp(until).ok()))
}

/// Who is asked for a second factor in this browser.
///
/// # Errors
/// [`ApiError::Unauthenticated`] when nobody is, or no longer.
pub(crate) async fn asked() -> Result<Asked, ApiError> {
    let auth = session().await?;
    let (pending, user) = pending(&auth).await?;
    let enrolment = match user.needs {
        SecondFactor::MustEnrol => {
            let viewer = auth.backend.store.viewer(user.id()).await?;
            Some(match factor::begun(&viewer, &auth.session).await? {
                Some(begun) => begun,
                None => factor::begin(&viewer, &auth.session).await?,
            })
        }
        SecondFactor::None | SecondFactor::Required => None,
    };
    Ok(Asked { user: user.user.clone(), enrolment, is_old: pending.is_old })
}

/// Checks the code of who gave the right password, and logs them in. Returns the path to go to. In a
/// session of before, turning the factor on takes the password again, and `next` is where they were
/// going. A secret that was begun anew elsewhere is void here, and the path leads to the page that shows
/// another one.
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
    let (mut pending, user) = pending(&auth).await?;
    if pending.is_old
        && let Some(next) = next.filter(|path| is_local(path) && path.len() <= LONGEST_NEXT)
    {
        pending.next = next.to_owned();
    }
    let store = auth.backend.store.clone();
    let enrolling = match user.needs {
        SecondFactor::MustEnrol => Some(store.viewer(user.id()).await?.from_ip(origin::ip())),
        SecondFactor::None | SecondFactor::Required => None,
    };
    let keys = match &enrolling {
        Some(viewer) => {
            if factor::begun(viewer, &auth.session).await?.is_none() {
                // Half a login keeps where its person was going, a session of before does not.
                return Ok(match pending.is_old {
                    true => {
                        let next = utf8_percent_encode(&pending.next, NON_ALPHANUMERIC);
                        format!("{}?next={next}", api::CODE)
                    }
                    false => api::CODE.to_owned(),
                });
            }
            // The secret is this session's own: there is nothing for others to guess at.
            vec![Key::proof(user.id(), &current().await?.to_string())]
        }
        None => {
            let (tokens, client) = (device::tokens(), origin::client());
            let known = store.accounts().known_to(user.id(), &tokens, own_network(client)).await?;
            Key::code(user.id(), &known, client)
        }
    };
    auth.backend.throttle.count(&keys)?;
    let outcome = match &enrolling {
        Some(viewer) if pending.is_old => viewer.totp_enable(password, code, None).await.map(Some),
        Some(viewer) => viewer.totp_confirm(code).await.map(Some),
        None if user.needs == SecondFactor::Required => {
            store.accounts().totp_check(user.id(), code, origin::ip()).await.map(|()| None)
        }
        None => Ok(None),
    };
    let outcome = checked(&auth, &keys, outcome);
    if enrolling.is_none() && matches!(outcome, Err(store::Error::WrongCode)) {
        store.accounts().login_failed(&user.user.email, origin::ip()).await?;
    }
    let Some(codes) = outcome? else {
        match pending.is_old {
            // A code alone does not make a login last longer.
            true => go_on_with_factor(&auth, user.id()).await?,
            false => enter(&mut auth, &user, pending.remember).await?,
        }
        return Ok(pending.next);
    };
    // With the factor that was turned on just now.
    let user = auth.backend.logged_in(user.id()).await?;
    enter(&mut auth, &user, pending.remember).await?;
    api::RecoveryCodes::show_next(codes, pending.next).await?;
    Ok(api::SECOND_FACTOR.to_owned())
}

/// Passes on how a proof went that was counted. Where it failed for another reason than a wrong password or
/// code, nothing was learned from it and the try is taken back.
fn checked<T>(
    auth: &AuthSession,
    keys: &[Key],
    outcome: Result<T, store::Error>,
) -> Result<T, store::Error> {
    match &outcome {
        Ok(_) => auth.backend.throttle.proved(keys),
        Err(store::Error::WrongPassword | store::Error::WrongCode) => {}
        Err(_) => auth.backend.throttle.take_back(keys),
    }
    outcome
}

/// Ends the session of the request being answered.
///
/// # Errors
/// [`ApiError::Internal`].
pub async fn log_out() -> Result<(), ApiError> {
    let mut auth = session().await?;
    let left = auth.logout().await.map_err(ApiError::internal)?;
    if let Some(user) = left.or_else(unproved) {
        let by = By::user(user.id(), origin::ip());
        auth.backend.store.audit(&by, Entry::new(AuditAction::Logout)).await?;
    }
    Ok(())
}

/// Chooses another password for the person who asks. This browser stays logged in, under another
/// session id; every other one is thrown out.
///
/// # Errors
/// [`ApiError::TooMany`]; [`ApiError::Invalid`] when the old password is wrong or the new one not
/// acceptable.
pub(crate) async fn change_password(viewer: &Viewer, old: &str, new: &str) -> Result<(), ApiError> {
    let mut auth = session().await?;
    let current = current().await?;
    let keys = [Key::proof(viewer.user().id, &current.to_string())];
    auth.backend.throttle.count(&keys)?;
    checked(&auth, &keys, viewer.change_password(old, new, &current).await)?;
    let user = auth.backend.logged_in(viewer.user().id).await?;
    auth.session.cycle_id().await.map_err(ApiError::internal)?;
    super::keep_expiry(&auth.session).await?;
    auth.login(&user).await.map_err(ApiError::internal)?;
    device::remember(&auth.backend.store, viewer.user().id).await;
    Ok(())
}

/// Turns the second factor of the person who asks on, and goes on under another session id, alone.
/// Returns their recovery codes; `None` where no secret waits in this session, as when it was begun anew
/// elsewhere.
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
    let current = current().await?;
    let keys = [Key::proof(viewer.user().id, &current.to_string())];
    auth.backend.throttle.count(&keys)?;
    let outcome = viewer.totp_enable(password, code, Some(&current)).await;
    let codes = checked(&auth, &keys, outcome)?;
    go_on_with_factor(&auth, viewer.user().id).await?;
    Ok(Some(codes))
}

/// Turns the second factor of the person who asks off, and goes on under another session id, alone.
///
/// # Errors
/// [`ApiError::TooMany`]; [`ApiError::Invalid`] for a wrong password or code.
pub(crate) async fn remove_factor(
    viewer: &Viewer,
    password: &str,
    code: &str,
) -> Result<(), ApiError> {
    let auth = session().await?;
    let current = current().await?;
    let keys = [Key::proof(viewer.user().id, &current.to_string())];
    auth.backend.throttle.count(&keys)?;
    let outcome = viewer.totp_disable(password, code, Some(&current)).await;
    if checked(&auth, &keys, outcome)? {
        go_on_with_factor(&auth, viewer.user().id).await?;
    }
    Ok(())
}

/// Gives this browser's session, which is this person's, another id and what was just proved in it.
async fn go_on_with_factor(auth: &AuthSession, user: UserId) -> Result<(), ApiError> {
    let user = auth.backend.logged_in(user).await?;
    auth.session.cycle_id().await.map_err(ApiError::internal)?;
    super::keep_expiry(&auth.session).await?;
    factor::keep(&auth.session, user.factor).await.map_err(ApiError::internal)?;
    // Turning it on or off forgot the browsers, and this one stays known.
    device::remember(&auth.backend.store, user.id()).await;
    Ok(())
}

/// Slows down asking for pairing codes: each one rings at a phone, whosever it is.
///
/// # Errors
/// [`ApiError::TooMany`].
pub(crate) async fn count_pairing(viewer: &Viewer, phone: &PhoneNumber) -> Result<(), ApiError> {
    let keys = Key::pairing(viewer.user().id, &phone.digits());
    session().await?.backend.throttle.count(&keys)
}

/// The id of the session of the request being answered.
///
/// # Errors
/// [`ApiError::Unauthenticated`] without one.
pub(crate) async fn current() -> Result<Id, ApiError> {
    session().await?.session.id().ok_or(ApiError::Unauthenticated)
}

async fn pending(auth: &AuthSession) -> Result<(Pending, LoggedIn), ApiError> {
    let pending: Option<Pending> =
        auth.session.get(Pending::KEY).await.map_err(ApiError::internal)?;
    let Some(pending) = pending else {
        let user = unproved().ok_or(ApiError::Unauthenticated)?;
        let until: Option<i64> =
            auth.session.get(super::REMEMBERED).await.map_err(ApiError::internal)?;
        let remember = until.map_or(Remember::No, |_| Remember::Yes);
        return Ok((Pending { remember, is_old: true, ..Pending::of(&user) }, user));
    };
    let user = auth.backend.store.accounts().for_session(pending.user).await?;
    let user = user.map(LoggedIn).ok_or(ApiError::Unauthenticated)?;
    match user.fingerprint() == pending.fingerprint && Utc::now() < pending.until {
        true => Ok((pending, user)),
        false => Err(ApiError::Unauthenticated),
    }
}

/// The person of the session of the request being answered, if it lacks the factor that they need by now.
fn unproved() -> Option<LoggedIn> {
    let parts = use_context::<Parts>()?;
    parts.extensions.get::<Unproved>().map(|Unproved(user)| user.clone())
}

/// Empties this browser's session and gives it another id. A session that was emptied would be stored under
/// the id it had: its record keeps that, also where axum-login has emptied it before.
async fn begin_anew(auth: &mut AuthSession) -> Result<(), ApiError> {
    auth.logout().await.map_err(ApiError::internal)?;
    auth.session.cycle_id().await.map_err(ApiError::internal)
}

/// Logs a person in who has proved who they are.
async fn enter(
    auth: &mut AuthSession,
    user: &LoggedIn,
    remember: Remember,
) -> Result<(), ApiError> {
    // Nothing that was put into this browser's session before is theirs, and its id may be known.
    begin_anew(auth).await?;
    let store = auth.backend.store.clone();
    let expiry = match remember {
        Remember::No => Expiry::OnSessionEnd,
        Remember::Yes => {
            let until = OffsetDateTime::now_utc() + store.logins_last();
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
    crate::preferences::apply(store.viewer(user.id()).await?.preferences().await?);
    device::remember(&store, user.id()).await;
    store.audit(&By::user(user.id(), origin::ip()), Entry::new(AuditAction::Login)).await?;
    Ok(())
}

/// A path of this site. `//host` and, to some browsers, `/\host` are other sites.
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
