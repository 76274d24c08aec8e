//! Who is logged in: axum-login over the store's accounts.

use std::sync::Arc;

use axum_login::tower_sessions::Expiry;
use axum_login::{AuthUser, AuthnBackend};
use model::{AuditAction, User, UserId};
use store::{By, Entry, SessionLabel, Store};

use crate::ApiError;

pub(crate) mod origin;
mod throttle;

pub use origin::of as ip_of;
use throttle::Throttle;

/// The session of a request, with its user.
pub type AuthSession = axum_login::AuthSession<Backend>;

/// How long "Lembrar neste dispositivo" lasts without a visit.
const REMEMBERED: time::Duration = time::Duration::days(30);

/// Looks people up in the store, and slows down who guesses.
#[derive(Debug, Clone)]
pub struct Backend {
    store: Store,
    throttle: Arc<Throttle>,
}

impl Backend {
    pub fn new(store: Store) -> Self {
        Self { store, throttle: Arc::default() }
    }

    async fn logged_in(&self, user: User) -> Result<LoggedIn, store::Error> {
        let fingerprint = self.store.accounts().session_auth_hash(user.id).await?;
        Ok(LoggedIn { user, fingerprint })
    }
}

/// A user and the fingerprint of their password: when it changes, every session of theirs ends.
#[derive(Clone)]
pub struct LoggedIn {
    pub user: User,
    fingerprint: Vec<u8>,
}

// axum-login writes its users to the log; the fingerprint has no business there.
impl std::fmt::Debug for LoggedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("LoggedIn").field(&self.user.id).finish()
    }
}

impl AuthUser for LoggedIn {
    type Id = UserId;

    fn id(&self) -> UserId {
        self.user.id
    }

    fn session_auth_hash(&self) -> &[u8] {
        &self.fingerprint
    }
}

/// What a person types to log in.
pub struct Credentials {
    pub email: String,
    pub password: String,
}

impl AuthnBackend for Backend {
    type User = LoggedIn;
    type Credentials = Credentials;
    type Error = store::Error;

    async fn authenticate(&self, typed: Credentials) -> Result<Option<LoggedIn>, store::Error> {
        match self.store.accounts().verify(&typed.email, &typed.password).await? {
            Some(user) => Ok(Some(self.logged_in(user).await?)),
            None => Ok(None),
        }
    }

    async fn get_user(&self, id: &UserId) -> Result<Option<LoggedIn>, store::Error> {
        match self.store.accounts().by_id(*id).await? {
            Some(user) => Ok(Some(self.logged_in(user).await?)),
            None => Ok(None),
        }
    }
}

/// How long a session outlives the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remember {
    /// Until the browser closes.
    No,
    /// 30 days after the last visit.
    Yes,
}

/// Checks e-mail and password and logs in.
///
/// # Errors
/// [`ApiError::Unauthenticated`] when they do not belong together; [`ApiError::TooMany`] after too many
/// tries for one address.
pub async fn log_in(typed: Credentials, remember: Remember) -> Result<(), ApiError> {
    let mut auth = session().await?;
    if !auth.backend.throttle.allows(&typed.email) {
        return Err(ApiError::TooMany);
    }
    let (store, email) = (auth.backend.store.clone(), typed.email.clone());
    let Some(user) = auth.authenticate(typed).await.map_err(ApiError::internal)? else {
        store.accounts().login_failed(&email, origin::ip()).await?;
        return Err(ApiError::Unauthenticated);
    };
    auth.session.set_expiry(Some(match remember {
        Remember::No => Expiry::OnSessionEnd,
        Remember::Yes => Expiry::OnInactivity(REMEMBERED),
    }));
    auth.login(&user).await.map_err(ApiError::internal)?;
    let label = SessionLabel::new(user.id(), origin::ip(), user_agent().as_deref());
    auth.session.insert(SessionLabel::KEY, label).await.map_err(ApiError::internal)?;
    store.audit(&By::user(user.id(), origin::ip()), Entry::new(AuditAction::Login)).await?;
    Ok(())
}

/// Ends the session of the request being answered.
///
/// # Errors
/// [`ApiError::Internal`].
pub async fn log_out() -> Result<(), ApiError> {
    let mut auth = session().await?;
    let left = auth.logout().await.map_err(ApiError::internal)?;
    if let Some(user) = left {
        let by = By::user(user.id(), origin::ip());
        auth.backend.store.audit(&by, Entry::new(AuditAction::Logout)).await?;
    }
    Ok(())
}

/// The browser of the request being answered, in its own words.
fn user_agent() -> Option<String> {
    let parts = leptos::prelude::use_context::<http::request::Parts>()?;
    Some(parts.headers.get(http::header::USER_AGENT)?.to_str().ok()?.to_owned())
}

/// The session of the request being answered.
///
/// # Errors
/// [`ApiError::Internal`] when the session layer is missing, a mistake of ours.
pub async fn session() -> Result<AuthSession, ApiError> {
    leptos_axum::extract().await.map_err(ApiError::internal)
}
