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
}

/// What this browser's login still needs.
#[server(prefix = "/api", endpoint = "asked")]
pub async fn asked() -> Result<AskedPage, ApiError> {
    let asked = crate::auth::asked().await?;
    let enrolling = asked.enrolment.as_ref().map(Enrolling::of).transpose()?;
    Ok(AskedPage { email: asked.user.email, enrolling })
}
