//! One open stream: its login, its position, and the events it sends next.

use app::auth::factor::still_admits;
use app::{AppState, Reader};
use axum::response::sse::Event;
use axum_login::tower_sessions::Session;
use model::{LiveEvent, UserId};
use store::{Replay, SessionLabel, Viewer};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use super::channel::{Channel, Notice};
use super::queue::{Closed, Sender};
use super::shared_event::SharedEvent;
use super::stream_ended::StreamEnded;
use super::streams::RETRY_WHEN_FULL;
use super::watchers::Membership;
use crate::config::LiveTiming;

/// Most events replayed after an absence; beyond it the page reloads.
const REPLAY: usize = 500;
/// Replayed events that are in memory at once.
const REPLAYED_AT_ONCE: u64 = 50;

pub(super) struct Tab {
    pub(super) app: AppState,
    pub(super) user: UserId,
    pub(super) session: Session,
    pub(super) reader: Reader,
    pub(super) browser: Sender,
    pub(super) watcher: Membership,
    /// The last event this tab has; `None` until its start is known.
    pub(super) last_seq: Option<i64>,
    pub(super) timing: LiveTiming,
}

impl Tab {
    /// Sends events until the stream ends. If it exceeded the limits, the browser gets a later
    /// reconnection time.
    pub(super) async fn run(mut self, too_many: &CancellationToken) {
        // The stream has ended, with an error or without.
        let _ = self.follow().await;
        if too_many.is_cancelled() {
            self.browser.end_with(Event::default().retry(RETRY_WHEN_FULL));
        }
    }

    async fn follow(&mut self) -> Result<(), StreamEnded> {
        // A browser that was once given a longer time, because there were too many streams, would
        // keep it.
        let beginning = Event::default().retry(self.timing.live_retry);
        self.browser.send(beginning, 0).await.map_err(|_| StreamEnded)?;
        let mut channel = self.catch_up().await?;
        let recheck = self.timing.live_recheck;
        let mut recheck = interval_at(Instant::now() + recheck, recheck);
        recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                notice = channel.next() => match notice {
                    Some(Notice::Event(event)) => self.forward(&event).await?,
                    Some(Notice::Reload(event)) => self.send(&event).await?,
                    Some(Notice::CheckLogin) => self.still_logged_in().await?,
                    Some(Notice::CatchUp) => channel = self.catch_up().await?,
                    None => return Ok(()),
                },
                _ = recheck.tick() => self.still_logged_in().await?,
                () = self.browser.closed() => return Err(StreamEnded),
            }
        }
    }

    async fn viewer(&self) -> Result<Viewer, StreamEnded> {
        metrics::counter!("inbox_live_reads").increment(1);
        Ok(self.app.services.store.viewer(self.user).await?)
    }

    /// The session row is gone after a logout, and a lost row ends the stream like one. A second
    /// factor that is required by now and was not proved ends it too.
    async fn still_logged_in(&self) -> Result<(), StreamEnded> {
        self.session.load().await.map_err(|_| StreamEnded)?;
        // A session that is gone from the store keeps its id here and does not count as empty.
        let Ok(Some(_)) = self.session.get_value(SessionLabel::KEY).await else {
            return Err(StreamEnded);
        };
        match still_admits(&self.app.services.store, self.user, &self.session).await? {
            true => Ok(()),
            false => Err(StreamEnded),
        }
    }

    /// Sends the events since [`Self::last_seq`], and the newest values of everything else. Returns
    /// the channel that has what follows.
    async fn catch_up(&mut self) -> Result<Channel, StreamEnded> {
        loop {
            self.still_logged_in().await?;
            // An event in between is replayed and also in the channel; its number shows it.
            let channel = self.watcher.join().await?;
            match self.last_seq {
                None => self.last_seq = Some(self.viewer().await?.last_seq().await?),
                Some(last_seq) => self.replay(last_seq).await?,
            }
            self.all_drafts().await?;
            for event in &channel.current {
                if channel.is_outdated() {
                    break;
                }
                self.send(event).await?;
            }
            if !channel.is_outdated() {
                return Ok(channel);
            }
        }
    }

    /// Sends the events after `last_seq`, or makes the page reload: if they are too many, or if the
    /// user may see less since then, which no event removes from the page.
    async fn replay(&mut self, mut last_seq: i64) -> Result<(), StreamEnded> {
        let mut replayed = 0;
        loop {
            let viewer = self.viewer().await?;
            let missed = viewer.replay(last_seq, REPLAYED_AT_ONCE).await?;
            // The rights may change while a slow browser takes its time for earlier events. They are
            // checked after the events are read: a change that these are numbered after is in the
            // database by then, so the position never passes one that was not noticed.
            if viewer.access_changed_since(last_seq).await? {
                return self.resync().await;
            }
            match missed {
                Replay::Events(events) if events.is_empty() => return Ok(()),
                Replay::Events(events) if replayed + events.len() <= REPLAY => {
                    replayed += events.len();
                    for event in events {
                        last_seq = event.seq.unwrap_or(last_seq);
                        self.send_own(event.seq, event.event).await?;
                    }
                }
                Replay::Events(_) | Replay::TooOld => return self.resync().await,
            }
        }
    }

    /// Makes the page reload, from this position on.
    async fn resync(&mut self) -> Result<(), StreamEnded> {
        let now = self.viewer().await?.last_seq().await?;
        self.send_own(Some(now), LiveEvent::Resync).await
    }

    async fn all_drafts(&mut self) -> Result<(), StreamEnded> {
        let drafts = self.viewer().await?.drafts().await?;
        self.send_own(None, LiveEvent::Drafts { drafts, all: true }).await
    }

    /// Sends an event of the channel, unless it was replayed.
    async fn forward(&mut self, event: &SharedEvent) -> Result<(), StreamEnded> {
        match (event.seq, self.last_seq) {
            (Some(seq), Some(last_seq)) if seq <= last_seq => Ok(()),
            _ => self.send(event).await,
        }
    }

    /// Sends an event that no other stream sends.
    async fn send_own(&mut self, seq: Option<i64>, event: LiveEvent) -> Result<(), StreamEnded> {
        self.send(&SharedEvent::new(seq, event)).await
    }

    /// Sends one event. Waits for a slow browser, but not for long: the channel overtakes it and it
    /// catches up. The stream of a browser that does not read at all ends.
    async fn send(&mut self, event: &SharedEvent) -> Result<(), StreamEnded> {
        self.last_seq = self.last_seq.max(event.seq);
        let Some((event, bytes)) = event.serialized(self.reader) else { return Err(StreamEnded) };
        self.browser.send(event, bytes).await.map_err(|closed| {
            if closed == Closed::Stalled {
                metrics::counter!("inbox_refused", "what" => "live-stalled").increment(1);
                tracing::info!(
                    user_id = self.user.0,
                    "a browser did not read its stream, which ends"
                );
            }
            StreamEnded
        })
    }
}
