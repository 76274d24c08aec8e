//! `/live`: everything that changes, for the tabs of one browser, as server-sent events.
//!
//! A stream begins where its first page was rendered (`?after=`) or where the browser was cut off
//! (`Last-Event-ID`), replays what came since from the database, and then follows the hub. What it
//! may carry is asked of the database again before every batch, so a revoked grant and a
//! deactivated user are felt at once. It ends on logout and shutdown.

mod tab;

use std::convert::Infallible;

use app::auth::AuthSession;
use app::{AppState, Reader};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum_login::AuthUser as _;
use futures::{Stream, StreamExt as _};
use model::UserId;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use self::tab::Tab;

/// Events a slow browser may be behind. Beyond it the tab stops reading the hub, whose own bound
/// then makes it load again: ingest never waits for a browser.
const BACKLOG: usize = 256;

#[derive(Deserialize)]
pub(crate) struct Begin {
    after: Option<i64>,
    /// Whose page asks. Another user may have logged in in this browser since it was loaded.
    user: Option<UserId>,
}

pub(crate) async fn live(
    State(app): State<AppState>,
    State(stop): State<CancellationToken>,
    auth: AuthSession,
    Query(begin): Query<Begin>,
    headers: HeaderMap,
) -> Response {
    let Some(user) = auth.user.filter(|user| begin.user.is_none_or(|asks| asks == user.id()))
    else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let last_seen = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok());
    let (browser, events) = mpsc::channel(BACKLOG);
    let (reader, after) = (Reader::of(&headers), last_seen.or(begin.after));
    let tab = Tab::new(app, user.id(), auth.session, reader, browser, after);
    tokio::spawn(async move {
        let _open = Open::count();
        tokio::select! {
            () = stop.cancelled() => {}
            _ = tab.run() => {}
        }
    });
    stream(ReceiverStream::new(events))
}

/// Events as they are sent to a browser, through whatever stands before the server.
pub(super) fn stream(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    let headers = [
        // nginx would hold events back until its buffer is full.
        (HeaderName::from_static("x-accel-buffering"), "no"),
        // Others would while they compress.
        (header::CACHE_CONTROL, "no-cache, no-transform"),
    ];
    let events = events.map(Ok::<_, Infallible>);
    (headers, Sse::new(events).keep_alive(KeepAlive::default())).into_response()
}

/// Counts a stream for as long as it is open.
struct Open;

impl Open {
    fn count() -> Self {
        metrics::gauge!("inbox_live_streams").increment(1.0);
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!("inbox_live_streams").decrement(1.0);
    }
}
