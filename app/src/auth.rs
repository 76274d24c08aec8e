//! Who is logged in: axum-login over the store's accounts.

use std::sync::Arc;

use axum_login::tower_sessions::{Expiry, Session};
use axum_login::{AuthUser, AuthnBackend};
use model::UserId;
use store::{SessionUser, Store};

use crate::ApiError;

mod device;
pub mod factor;
pub(crate) mod flash;
pub mod foreign;
pub mod forwarded;
pub mod host;
mod lanes;
mod login;
pub(crate) mod origin;
pub mod setup;
mod throttle;
mod wrong_address;

pub(crate) use device::remember as remember_device;
pub use login::Remember;
pub(crate) use login::{
    asked, change_password, count_pairing, current, enrol, finish, log_in, log_in_proved, log_out,
    remove_factor,
};
pub use origin::of as ip_of;
use throttle::Throttle;
pub use wrong_address::is_over_tls;
pub(crate) use wrong_address::right_address;

/// The session of a request, with its user.
pub type AuthSession = axum_login::AuthSession<Backend>;

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

    async fn logged_in(&self, id: UserId) -> Result<LoggedIn, store::Error> {
        let user = self.store.accounts().for_session(id).await?;
        user.map(LoggedIn).ok_or(store::Error::NotFound)
    }
}

/// A user, and what their sessions are bound to: when their password changes every session of theirs
/// ends, and when they need another second factor each is asked for it ([`factor`]).
#[derive(Clone)]
pub struct LoggedIn(SessionUser);

impl LoggedIn {
    /// Of the password, as it is now.
    fn fingerprint(&self) -> &[u8] {
        &self.0.auth_hash
    }
}

impl std::ops::Deref for LoggedIn {
    type Target = SessionUser;

    fn deref(&self) -> &SessionUser {
        &self.0
    }
}

// axum-login writes its users to the log; the fingerprint has no business there.
impl std::fmt::Debug for LoggedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("LoggedIn").field(&self.0.user.id).finish()
    }
}

impl AuthUser for LoggedIn {
    type Id = UserId;

    fn id(&self) -> UserId {
        self.0.user.id
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.fingerprint()
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
            Some(user) => Ok(Some(self.logged_in(user.id).await?)),
            None => Ok(None),
        }
    }

    async fn get_user(&self, id: &UserId) -> Result<Option<LoggedIn>, store::Error> {
        Ok(self.store.accounts().for_session(*id).await?.map(LoggedIn))
    }
}

/// Where a session that outlives the browser keeps its end, in seconds since 1970. What changes a
/// session in between sends its cookie anew, and would make it one that ends with the browser.
const REMEMBERED: &str = "login.remembered";

/// Leaves the end of a session where it was set, be it a login that outlives the browser or half a login.
/// Whatever changes a session calls this first.
async fn keep_expiry(session: &Session) -> Result<(), ApiError> {
    let remembered: Option<i64> = session.get(REMEMBERED).await.map_err(ApiError::internal)?;
    let until = match remembered {
        Some(at) => time::OffsetDateTime::from_unix_timestamp(at).ok(),
        None => login::half_ends(session).await?,
    };
    if let Some(until) = until {
        session.set_expiry(Some(Expiry::AtDateTime(until)));
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
