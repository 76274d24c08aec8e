//! Answers the requests that `inbox-pirata check` sends through the public address
//! ([`crate::check`]). Everybody else gets 404.

use std::path::{Path, PathBuf};
use std::time::Duration;

use app::AppState;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::uploads::LARGEST_PART;
use super::{live, metrics};
use crate::check::received::Received;
use crate::check::secret;
use crate::state::RouterState;

/// Longest silence of a test stream.
const LONGEST: Duration = Duration::from_secs(600);

pub(crate) fn routes(data_dir: &Path) -> Router<RouterState> {
    let guard = from_fn_with_state(data_dir.to_owned(), guard);
    Router::new()
        .route("/check/echo", post(echo))
        .route("/check/body", post(body).layer(DefaultBodyLimit::max(LARGEST_PART)))
        .route("/check/stream", get(stream))
        .layer(guard)
}

/// Admits only the command that is running on this machine.
async fn guard(State(data_dir): State<PathBuf>, request: Request, next: Next) -> Response {
    let given = request.headers().get(secret::HEADER).map(|value| value.as_bytes().to_owned());
    let is_known = given.is_some_and(|given| {
        secret::current(&data_dir)
            .is_some_and(|known| metrics::constant_time_eq(&given, known.as_bytes()))
    });
    match is_known {
        true => next.run(request).await,
        false => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Returns the request as it arrived.
async fn echo(State(app): State<AppState>, request: Request) -> Json<Received> {
    Json(Received::of(&request, &app.site))
}

/// Returns the size of the body that arrived.
async fn body(body: Bytes) -> String {
    body.len().to_string()
}

#[derive(Deserialize)]
struct Silence {
    milliseconds: u64,
}

/// Sends one event, a silence, and a last event, in the way of the live stream.
async fn stream(
    State(stop): State<CancellationToken>,
    Query(Silence { milliseconds }): Query<Silence>,
) -> Response {
    let silence = Duration::from_millis(milliseconds).min(LONGEST);
    let (browser, events) = mpsc::channel(2);
    tokio::spawn(async move {
        // Nothing more is sent to a client that is gone.
        let first = browser.send(Event::default().data("first")).await;
        tokio::select! {
            () = stop.cancelled() => {}
            () = browser.closed() => {}
            () = tokio::time::sleep(silence), if first.is_ok() => {
                let _ = browser.send(Event::default().data("last")).await;
            }
        }
    });
    live::stream(ReceiverStream::new(events))
}
