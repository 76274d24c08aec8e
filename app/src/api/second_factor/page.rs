use leptos::prelude::*;
use model::TwoFactor;
use serde::{Deserialize, Serialize};

use crate::ApiError;

/// The data of the page of the user's second factor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SecondFactorPage {
    pub state: TwoFactor,
    /// The enrolment that waits for its first code.
    pub enrolling: Option<Enrolling>,
    /// Recovery codes that were just created. They are shown once.
    pub codes: Option<RecoveryCodes>,
}

/// The secret that a person enters into the app on their phone.
#[derive(Clone, Serialize, Deserialize)]
pub struct Enrolling {
    /// The secret in base32, for typing.
    pub secret: String,
    /// An `<svg>` element to scan.
    pub picture: String,
}

// The secret must not appear in a log.
impl std::fmt::Debug for Enrolling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Enrolling")
    }
}

/// Codes that replace a phone, each once.
#[derive(Clone, Serialize, Deserialize)]
pub struct RecoveryCodes {
    pub codes: Vec<String>,
    /// The page that the person had requested.
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

    /// Stores them for the page of the second factor.
    pub(crate) async fn show_next(codes: Vec<store::Secret>, next: String) -> Result<(), ApiError> {
        let codes = codes.iter().map(|code| code.expose().to_owned()).collect();
        crate::auth::flash::put(Self::KEY, Self { codes, next }).await
    }
}

#[cfg(feature = "ssr")]
impl Enrolling {
    pub(in crate::api) fn of(made: &store::Enrolment) -> Result<Self, ApiError> {
        let picture =
            service::second_factor::draw_qr(made.url.expose()).map_err(ApiError::internal)?;
        Ok(Self { secret: made.secret.expose().to_owned(), picture })
    }
}

/// The second factor of the user. Returns new recovery codes once.
#[server(prefix = "/api", endpoint = "second_factor")]
pub async fn second_factor() -> Result<SecondFactorPage, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    let session = crate::auth::session().await?.session;
    let begun = crate::auth::factor::begun(&viewer, &session).await?;
    Ok(SecondFactorPage {
        state: service::second_factor::state(&viewer).await?,
        enrolling: begun.as_ref().map(Enrolling::of).transpose()?,
        codes: crate::auth::flash::take(RecoveryCodes::KEY).await?,
    })
}
