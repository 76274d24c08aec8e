//! The login of a request: axum-login over the store's accounts. [`service::login`] checks the proofs
//! of a login; this module keeps them in the session of the browser.

use std::convert::Infallible;

use axum_login::tower_sessions::{Expiry, Session};
use axum_login::{AuthUser, AuthnBackend};
use model::UserId;
use service::Services;
use store::SessionUser;

use crate::ApiError;

mod device;
pub mod factor;
pub(crate) mod flash;
pub mod foreign;
mod form_page;
pub mod forwarded;
pub mod host;
mod login;
pub(crate) mod origin;
pub mod setup;
mod wrong_address;

pub(crate) use device::remember as remember_device;
pub use form_page::without_error;
pub use login::Remember;
pub(crate) use login::{
    change_password, current, enrol, finish, log_in, log_in_proved, log_out, pending_login,
    remove_factor,
};
pub use origin::of as ip_of;
pub use wrong_address::is_over_tls;
pub(crate) use wrong_address::right_address;

/// The session of a request, with its user.
pub type AuthSession = axum_login::AuthSession<Backend>;

/// Looks up the users of sessions.
#[derive(Debug, Clone)]
pub struct Backend {
    services: Services,
}

impl Backend {
    pub fn new(services: Services) -> Self {
        Self { services }
    }

    async fn logged_in(&self, id: UserId) -> Result<LoggedIn, service::Error> {
        service::login::session_user(&self.services, id).await.map(LoggedIn)
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

impl AuthnBackend for Backend {
    type User = LoggedIn;
    /// Nobody logs in through this: only [`service::login::check_password`] counts tries.
    type Credentials = Infallible;
    type Error = store::Error;

    async fn authenticate(&self, never: Infallible) -> Result<Option<LoggedIn>, store::Error> {
        match never {}
    }

    async fn get_user(&self, id: &UserId) -> Result<Option<LoggedIn>, store::Error> {
        Ok(self.services.store.accounts().for_session(*id).await?.map(LoggedIn))
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
