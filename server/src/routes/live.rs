//! `/live`: sends every change to the tabs of one browser, as server-sent events.
//!
//! A stream begins at the event its first page was rendered with (`?after=`) or at the last one the
//! browser received (`Last-Event-ID`), replays later events from the database, and then follows the
//! hub. Access is read from the database before every batch, so a revoked grant and a deactivated
//! user take effect at once. The stream ends on logout and shutdown.

mod queue;
mod streams;
mod tab;

use std::convert::Infallible;
use std::time::Duration;

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
use tokio_util::sync::CancellationToken;

use self::queue::queue;
pub(crate) use self::streams::Streams;
use self::tab::Tab;
use crate::config::LiveTiming;

/// Reconnection time of a browser whose stream exceeds the limits. An event sets it (`retry:`):
/// after a refusal by status the browser would give up the stream and reload the page at once.
const RETRY_WHEN_FULL: Duration = Duration::from_secs(30);

/// The state shared by the streams of a server.
#[derive(Clone)]
pub(crate) struct Live {
    pub(crate) streams: Streams,
    pub(crate) timing: LiveTiming,
}

#[derive(Deserialize)]
pub(crate) struct Begin {
    after: Option<i64>,
    /// The user of the requesting page. Another user may have logged in in this browser since the
    /// page was loaded.
    user: Option<UserId>,
}

pub(crate) async fn live(
    State(app): State<AppState>,
    State(stop): State<CancellationToken>,
    State(live): State<Live>,
    auth: AuthSession,
    Query(begin): Query<Begin>,
    headers: HeaderMap,
) -> Response {
    let Some(user) = auth.user.filter(|user| begin.user.is_none_or(|asks| asks == user.id()))
    else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let Some(open) = live.streams.open(user.id()) else {
        let later = Event::default().retry(RETRY_WHEN_FULL);
        return stream(futures::stream::once(std::future::ready(later)));
    };
    let last_seen = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok());
    // The queue has a token of its own, because it also closes when the browser goes away, which
    // must not count as exceeding the limits.
    let (browser, events) = queue(live.timing.live_stall, open.ended.child_token());
    let (reader, after) = (Reader::of(&headers), last_seen.or(begin.after));
    let tab = Tab::new(app, user.id(), auth.session, reader, browser, after, live.timing);
    tokio::spawn(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = tab.run(&open.ended) => {}
        }
    });
    stream(events)
}

/// Makes a response of events that proxies pass on without delay.
pub(super) fn stream(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    let headers = [
        // nginx would hold events back until its buffer is full.
        (HeaderName::from_static("x-accel-buffering"), "no"),
        // Other proxies would hold them back to compress them.
        (header::CACHE_CONTROL, "no-cache, no-transform"),
    ];
    let events = events.map(Ok::<_, Infallible>);
    (headers, Sse::new(events).keep_alive(KeepAlive::default())).into_response()
}
