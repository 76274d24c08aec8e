//! `/live`: everything that changes, for the tabs of one browser, as server-sent events.
//!
//! A stream begins where its first page was rendered (`?after=`) or where the browser was cut off
//! (`Last-Event-ID`), replays what came since from the database, and then follows the hub. What it
//! may carry is asked of the database again before every batch, so a revoked grant and a
//! deactivated user are felt at once. It ends on logout and shutdown.

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

/// When a browser comes back whose stream was one too many. It is asked by an event (`retry:`): a refusal
/// by status would have it give the stream up and load the page again at once.
const COME_BACK: Duration = Duration::from_secs(30);
/// A browser whose stream breaks off otherwise comes back this soon, which is what most do by themselves. Every
/// stream begins with it: a browser that was asked to wait longer once would go on doing so.
const COME_BACK_SOON: Duration = Duration::from_secs(3);

/// What the streams of a server have in common.
#[derive(Clone)]
pub(crate) struct Live {
    pub(crate) streams: Streams,
    /// A browser that has not read for so long while something waits for it has its stream ended.
    pub(crate) stalled_after: Duration,
}

#[derive(Deserialize)]
pub(crate) struct Begin {
    after: Option<i64>,
    /// Whose page asks. Another user may have logged in in this browser since it was loaded.
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
        let later = Event::default().retry(COME_BACK);
        return stream(futures::stream::once(std::future::ready(later)));
    };
    let last_seen = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok());
    // The queue closes by itself when the browser goes away, which is no reason to come back later.
    let (browser, events) = queue(live.stalled_after, open.ended.child_token());
    let (reader, after) = (Reader::of(&headers), last_seen.or(begin.after));
    let tab = Tab::new(app, user.id(), auth.session, reader, browser, after);
    tokio::spawn(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = tab.run(&open.ended) => {}
        }
    });
    stream(events)
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
