//! Treats a session as logged out while it lacks a second factor that its user must have.
//!
//! Pages redirect to the page that asks for the code ([`super::guard`]); everything else answers
//! 401.

use app::auth::AuthSession;
use app::auth::factor::take_unproved;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(crate) async fn check(mut auth: AuthSession, mut request: Request, next: Next) -> Response {
    match take_unproved(&mut auth).await {
        Ok(None) => {}
        Ok(Some(unproved)) => {
            metrics::counter!("inbox_refused", "what" => "unproved-session").increment(1);
            request.extensions_mut().insert(auth);
            request.extensions_mut().insert(unproved);
        }
        Err(error) => {
            tracing::error!(%error, "a session cannot be read");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    }
    next.run(request).await
}
