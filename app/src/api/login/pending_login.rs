use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ApiError;
use crate::api::Enrolling;

/// The second step of a login, after the right password.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PendingLoginPage {
    pub email: String,
    /// The secret to enter into their phone first, if their role must have a second factor and they
    /// have none.
    pub enrolling: Option<Enrolling>,
    /// Turning the factor on takes the password, which was given a while ago.
    pub needs_password: bool,
    /// This browser is logged in, and lacks the factor that is needed by now.
    pub is_old: bool,
}

/// Returns what this browser's login still needs.
#[server(prefix = "/api", endpoint = "asked")]
pub async fn asked() -> Result<PendingLoginPage, ApiError> {
    let login = crate::auth::pending_login().await?;
    let enrolling = login.enrolment.as_ref().map(Enrolling::of).transpose()?;
    let (needs_password, is_old) = (login.needs_password(), login.is_old);
    Ok(PendingLoginPage { email: login.user.email, enrolling, needs_password, is_old })
}
