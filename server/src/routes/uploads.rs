//! `/envios`: files that browsers send, in parts, as in the core of tus 1.0
//! (<https://tus.io/protocols/resumable-upload>).
//!
//! * `POST /envios` describes a file and creates its message (`description`).
//! * `PATCH /envios/{message}` brings the next bytes, `Upload-Offset` says from where on.
//! * `HEAD /envios/{message}` asks how many are there, after a lost connection.
//! * `DELETE /envios/{message}` gives the file up.
//!
//! The bytes of a request are written as they arrive, so that none is lost with its connection, and
//! memory holds no more than a piece of it. Every request checks the rights of its user. A refusal is
//! JSON with a word for scripts (`refusal`).

mod description;
mod offset;
mod refusal;

use app::AppState;
use app::auth::AuthSession;
use axum::Json;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{head, post};
use axum_login::AuthUser as _;
use futures::StreamExt as _;
use model::MessageId;
use model::file_limits::CHUNK;
use serde_json::json;
use service::uploads::{self, Progress, UploadError};
use store::Viewer;
use tokio::time::timeout;

use self::description::Description;
use self::offset::{OFFSET, position};
use self::refusal::Refusal;
use crate::middleware::body_size::declared;
use crate::state::{RouterState, UploadTiming};

/// The path at which a browser describes a file.
pub(crate) const ADDRESS: &str = "/envios";

/// Longest description in bytes: a preview in base64 and a caption of emojis, with room to spare.
const LARGEST_DESCRIPTION: usize = 128 * 1024;
/// Largest body of a request in bytes: a part of a file.
pub(crate) const LARGEST_PART: usize = CHUNK as usize;
/// The type of a part of a file.
const PART: &str = "application/offset+octet-stream";
/// Length of the whole file.
const LENGTH: HeaderName = HeaderName::from_static("upload-length");

pub(crate) fn routes() -> Router<RouterState> {
    Router::new()
        .route(ADDRESS, post(begin))
        .route("/envios/{message}", head(progress).patch(append).delete(cancel))
}

/// Creates the message of a file, whose bytes follow.
async fn begin(
    State(app): State<AppState>,
    auth: AuthSession,
    request: Request,
) -> Result<Response, Refusal> {
    let viewer = viewer(&app, auth).await?;
    let (parts, body) = request.into_parts();
    let limit = LARGEST_DESCRIPTION as u64;
    if declared(&parts.headers).is_some_and(|length| length > LARGEST_DESCRIPTION) {
        return Err(Refusal::too_long(limit));
    }
    let body = to_bytes(body, LARGEST_DESCRIPTION).await.map_err(|_| Refusal::too_long(limit))?;
    let description: Description = serde_json::from_slice(&body).map_err(|_| Refusal::invalid())?;
    if description.is_of_another(viewer.user().id) {
        return Err(Refusal::unauthenticated());
    }
    let (chat, wa_id, file) = description.read().ok_or_else(Refusal::invalid)?;
    let begun = uploads::begin(&app.services, &viewer, chat, wa_id, file).await;
    let (Progress { message, received, .. }, is_new) = begun?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let place = [(header::LOCATION, format!("{ADDRESS}/{message}"))];
    Ok((status, place, Json(json!({ "message": message, "received": received }))).into_response())
}

/// Returns how much of a file is here.
async fn progress(
    State(app): State<AppState>,
    auth: AuthSession,
    Path(message): Path<i64>,
) -> Result<Response, Refusal> {
    let viewer = viewer(&app, auth).await?;
    let progress = uploads::progress(&app.services, &viewer, MessageId(message)).await?;
    Ok((at(progress), [(LENGTH, HeaderValue::from(progress.size))]).into_response())
}

/// Takes the next bytes of a file. With the last one it is complete and queued.
async fn append(
    State(app): State<AppState>,
    State(timing): State<UploadTiming>,
    auth: AuthSession,
    Path(message): Path<i64>,
    request: Request,
) -> Result<Response, Refusal> {
    let viewer = viewer(&app, auth).await?;
    let headers = request.headers();
    if headers.get(header::CONTENT_TYPE).is_none_or(|given| given != PART) {
        return Err(Refusal::wrong_type());
    }
    let offset = headers.get(OFFSET).and_then(|offset| position(offset.to_str().ok()?));
    let offset = offset.ok_or_else(Refusal::invalid)?;
    let declared = declared(headers);
    if declared.is_some_and(|length| length > LARGEST_PART) {
        return Err(Refusal::too_long(CHUNK));
    }
    let message = MessageId(message);
    let mut file = uploads::append(&app.services, &viewer, message, offset).await?;
    if declared.is_some_and(|length| length as u64 > file.left()) {
        return Err(Refusal::too_long(file.left()));
    }
    let mut body = request.into_body().into_data_stream();
    let mut taken = 0_usize;
    loop {
        let next = tokio::select! {
            next = timeout(timing.stall, body.next()) => next,
            () = file.cancelled() => return Err(UploadError::Gone.into()),
        };
        match next {
            Ok(Some(Ok(bytes))) => {
                taken += bytes.len();
                if taken > LARGEST_PART {
                    return Err(Refusal::too_long(CHUNK));
                }
                file = file.write(bytes).await?;
            }
            // The browser is gone, and asks for the offset when it is back.
            Ok(Some(Err(_))) => return Err(Refusal::broken()),
            Ok(None) => break,
            Err(_) => return Err(Refusal::stalled()),
        }
    }
    Ok((StatusCode::NO_CONTENT, at(file.end().await?)).into_response())
}

/// Gives a file up.
async fn cancel(
    State(app): State<AppState>,
    auth: AuthSession,
    Path(message): Path<i64>,
) -> Result<StatusCode, Refusal> {
    let viewer = viewer(&app, auth).await?;
    uploads::cancel(&app.services, &viewer, MessageId(message)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn viewer(app: &AppState, auth: AuthSession) -> Result<Viewer, Refusal> {
    let user = auth.user.ok_or_else(Refusal::unauthenticated)?;
    Ok(app.services.store.viewer(user.id()).await.map_err(UploadError::from)?)
}

/// The header with the position of the next byte.
fn at(progress: Progress) -> [(HeaderName, HeaderValue); 1] {
    [(OFFSET, HeaderValue::from(progress.received))]
}
