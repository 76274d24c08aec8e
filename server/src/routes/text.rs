//! `/mensagem/{message}`: the whole text of a message. Every request checks that the user may read
//! it. "Ler mais" links here without JavaScript, or for another tab.

use app::AppState;
use app::auth::AuthSession;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_login::AuthUser as _;
use model::MessageId;
use service::Error;

/// A stranger wrote the text, so it is sent as plain text, of which nothing is run or loaded.
const HEADERS: [(header::HeaderName, &str); 2] = [
    (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
    (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
];

pub(crate) async fn text(
    State(app): State<AppState>,
    auth: AuthSession,
    Path(message): Path<i64>,
) -> Response {
    let Some(user) = auth.user else { return StatusCode::UNAUTHORIZED.into_response() };
    let message = MessageId(message);
    let found = async {
        let viewer = app.services.store.viewer(user.id()).await?;
        service::messages::whole_text(&viewer, message).await
    };
    match found.await {
        Ok(whole) => (HEADERS, whole.text).into_response(),
        Err(Error::Store(store::Error::NotFound)) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a text could not be looked up");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
