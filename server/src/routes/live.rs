//! `/live`: sends every change to the tabs of one browser, as server-sent events.
//!
//! A stream begins at the event its first page was rendered with (`?after=`) or at the last one the
//! browser received (`Last-Event-ID`), replays later events from the database, and then follows the
//! watcher of its user. The stream ends on logout and shutdown.
//!
//! ```text
//!   store: Hub          pool: changes
//!         └──────┬─────────┘
//!          watcher of a user            one task, while the user has a stream
//!                │ channel               what the user may see now, each event serialized once
//!        ┌───────┼───────┐
//!       tab     tab     tab              one task a stream: its login and its position
//!      queue   queue   queue             bounded, in bytes
//!        │       │       │
//!       browsers
//! ```
//!
//! The watcher reads access from the database before every batch, so a revoked grant and a
//! deactivated user take effect at once. Users who may read the same chat share its events
//! (`shared_event`). `watchers` has the watchers of all users, and `streams` counts the streams.

mod channel;
mod queue;
mod shared_event;
mod stream_ended;
mod streams;
mod tab;
mod unread;
mod watcher;
mod watchers;

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
use tokio_util::sync::CancellationToken;

use self::queue::queue;
use self::streams::RETRY_WHEN_FULL;
pub(crate) use self::streams::Streams;
use self::tab::Tab;
use self::watcher::Watcher;
pub(crate) use self::watchers::Watchers;
use crate::config::LiveTiming;

/// The state shared by the streams of a server.
#[derive(Clone)]
pub(crate) struct Live {
    pub(crate) streams: Streams,
    pub(crate) watchers: Watchers,
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
    let (timing, app_of_watcher) = (live.timing, app.clone());
    let watcher = live.watchers.of(user.id(), |registered, joins| {
        let watcher = Watcher::new(app_of_watcher, registered, joins);
        tokio::spawn(watcher.run(timing.live_recheck));
    });
    let tab = Tab {
        app,
        user: user.id(),
        session: auth.session,
        reader: Reader::of(&headers),
        browser,
        watcher,
        last_seq: last_seen.or(begin.after),
        timing,
    };
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
