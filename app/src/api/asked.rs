use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Enrolling;
use crate::ApiError;

/// What is asked of a person whose password was right.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskedPage {
    pub email: String,
    /// What they put into their phone first, when their role must have a second factor and they
    /// have none.
    pub enrolling: Option<Enrolling>,
    /// Turning it on takes the password, which was given a while ago.
    pub needs_password: bool,
    /// This browser is logged in, and lacks what is asked for by now.
    pub is_old: bool,
}

/// What this browser's login still needs.
#[server(prefix = "/api", endpoint = "asked")]
pub async fn asked() -> Result<AskedPage, ApiError> {
    let asked = crate::auth::asked().await?;
    let enrolling = asked.enrolment.as_ref().map(Enrolling::of).transpose()?;
    let (needs_password, is_old) = (asked.needs_password(), asked.is_old);
    Ok(AskedPage { email: asked.user.email, enrolling, needs_password, is_old })
}
