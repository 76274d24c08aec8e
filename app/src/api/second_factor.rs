use leptos::prelude::*;
use model::TwoFactor;
use serde::{Deserialize, Serialize};

use crate::ApiError;

/// What the page of one's own second factor shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SecondFactorPage {
    pub state: TwoFactor,
    /// What was begun and waits for its first code.
    pub enrolling: Option<Enrolling>,
    /// What was made just now. They are shown once.
    pub codes: Option<RecoveryCodes>,
}

/// What a person puts into the app on their phone.
#[derive(Clone, Serialize, Deserialize)]
pub struct Enrolling {
    /// Base32, to be typed.
    pub secret: String,
    /// An `<svg>` element to scan.
    pub picture: String,
}

// Neither has business in a log.
impl std::fmt::Debug for Enrolling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Enrolling")
    }
}

/// Codes that stand in for a phone, each once.
#[derive(Clone, Serialize, Deserialize)]
pub struct RecoveryCodes {
    pub codes: Vec<String>,
    /// Where their person was going.
    pub next: String,
}

impl std::fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCodes")
    }
}

#[cfg(feature = "ssr")]
impl RecoveryCodes {
    const KEY: &str = "recovery-codes";

    /// Keeps them for the page of the second factor.
    pub(crate) async fn show_next(codes: Vec<store::Secret>, next: String) -> Result<(), ApiError> {
        let codes = codes.iter().map(|code| code.expose().to_owned()).collect();
        crate::auth::flash::put(Self::KEY, Self { codes, next }).await
    }
}

#[cfg(feature = "ssr")]
impl Enrolling {
    pub(super) fn of(made: &store::Enrolment) -> Result<Self, ApiError> {
        let picture = gateway::draw_qr(made.url.expose()).map_err(ApiError::internal)?;
        Ok(Self { secret: made.secret.expose().to_owned(), picture })
    }
}

/// The second factor of who asks. Tells recovery codes that were made just now, once.
#[server(prefix = "/api", endpoint = "second_factor")]
pub async fn second_factor() -> Result<SecondFactorPage, ApiError> {
    let (_, viewer) = super::asking::viewer().await?;
    let session = crate::auth::session().await?.session;
    let begun = crate::auth::factor::begun(&viewer, &session).await?;
    Ok(SecondFactorPage {
        state: viewer.two_factor().await?,
        enrolling: begun.as_ref().map(Enrolling::of).transpose()?,
        codes: crate::auth::flash::take(RecoveryCodes::KEY).await?,
    })
}
