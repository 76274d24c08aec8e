//! The login of a request: axum-login over the store's accounts.

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
mod login;
pub(crate) mod origin;
pub mod setup;
mod setup_code;
mod throttle;
mod throttle_key;
mod wrong_address;

pub(crate) use device::remember as remember_device;
pub use login::Remember;
pub(crate) use login::{
    change_password, count_pairing, current, enrol, finish, log_in, log_in_proved, log_out,
    pending_login, remove_factor,
};
pub use origin::of as ip_of;
pub use setup_code::SetupCode;
use throttle::Throttle;
pub use wrong_address::is_over_tls;
pub(crate) use wrong_address::right_address;

/// The session of a request, with its user.
pub type AuthSession = axum_login::AuthSession<Backend>;

/// Looks users up in the store, and slows down guessing.
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

/// A user, and the values that their sessions are bound to: when their password changes, all their
/// sessions end, and when they need another second factor, each session asks for it ([`factor`]).
#[derive(Clone)]
pub struct LoggedIn(SessionUser);

impl LoggedIn {
    /// The hash of the current password.
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

// axum-login writes its users to the log, and the fingerprint must not appear there.
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

/// The credentials that a person types to log in.
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

/// The key under which a session that outlives the browser stores its end, in seconds since 1970.
/// Any later change of the session sends its cookie again, and without this value the cookie would
/// end with the browser.
const REMEMBERED: &str = "login.remembered";

/// Leaves the end of a session as it was set, for a login that outlives the browser as for half a
/// login. All code that changes a session calls this first.
async fn keep_expiry(session: &Session) -> Result<(), ApiError> {
    let remembered: Option<i64> = session.get(REMEMBERED).await.map_err(ApiError::internal)?;
    let until = match remembered {
        Some(at) => time::OffsetDateTime::from_unix_timestamp(at).ok(),
        None => login::half_login_ends(session).await?,
    };
    if let Some(until) = until {
        session.set_expiry(Some(Expiry::AtDateTime(until)));
    }
    Ok(())
}

/// The `User-Agent` header of the request being answered.
fn user_agent() -> Option<String> {
    let parts = leptos::prelude::use_context::<http::request::Parts>()?;
    Some(parts.headers.get(http::header::USER_AGENT)?.to_str().ok()?.to_owned())
}

/// The session of the request being answered.
///
/// # Errors
/// [`ApiError::Internal`] when the session layer is missing, which is a bug.
pub async fn session() -> Result<AuthSession, ApiError> {
    leptos_axum::extract().await.map_err(ApiError::internal)
}
