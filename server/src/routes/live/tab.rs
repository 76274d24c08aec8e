//! One open stream: its position, its user's access, and the events it sends next.

use std::collections::HashMap;
use std::time::Duration;

use app::auth::factor::still_admits;
use app::{AppState, Reader};
use axum::response::sse::Event;
use axum_login::tower_sessions::Session;
use gateway::{Change, Watching};
use model::{Connection, ConnectionId, Draft, LiveEvent, UserId};
use store::{AccessChanged, Committed, ConnectionRow, Replay, SessionLabel, Viewer};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, sleep_until};
use tokio_util::sync::CancellationToken;

use super::RETRY_WHEN_FULL;
use super::queue::{Closed, Sender};
use crate::config::LiveTiming;

/// Most events replayed after an absence; beyond it the page reloads.
const REPLAY: usize = 500;
/// Replayed events that are in memory at once.
const REPLAYED_AT_ONCE: u64 = 50;
/// Events handled at once, so that a burst costs one query of the grants and not one per event.
const BURST: usize = 64;

/// Shortest pause between two counts of unread totals: a burst of messages costs two counts.
const COUNT_EVERY: Duration = Duration::from_millis(500);
/// The pause is at least this many times the duration of the count, for users with much unread.
const COUNT_REST: u32 = 20;

/// The stream has ended: logged out, no longer a user, or the browser went away.
pub(super) struct StreamEnded;

impl From<store::Error> for StreamEnded {
    fn from(error: store::Error) -> Self {
        // The browser reconnects by itself, and then gets what it missed.
        if !matches!(error, store::Error::NotFound) {
            tracing::error!(%error, "a live stream could not go on");
        }
        Self
    }
}

pub(super) struct Tab {
    app: AppState,
    user: UserId,
    session: Session,
    reader: Reader,
    browser: Sender,
    committed: Receiver<Committed>,
    changes: Receiver<Change>,
    access: Receiver<AccessChanged>,
    drafts: Receiver<(UserId, Draft)>,
    /// The last event this tab has; `None` until its start is known.
    last_seq: Option<i64>,
    /// The numbers that this user sees, as they were sent last.
    sent: HashMap<ConnectionId, Connection>,
    /// Registers with the pool, while the stream lives, that somebody watches these numbers.
    watching: Watching,
    unread: Unread,
    timing: LiveTiming,
}

/// The last totals sent to this page, and the time of the next count.
#[derive(Default)]
struct Unread {
    sent: Option<Vec<(ConnectionId, u32)>>,
    /// Earliest time of the next count.
    not_before: Option<Instant>,
    due: Option<Instant>,
}

impl Unread {
    /// Schedules a count, because the totals may have changed.
    fn schedule(&mut self) {
        let now = Instant::now();
        self.due.get_or_insert(self.not_before.map_or(now, |at| at.max(now)));
    }

    /// Completes when they should be counted.
    async fn due(&self) {
        match self.due {
            Some(at) => sleep_until(at).await,
            None => std::future::pending().await,
        }
    }
}

impl Tab {
    /// Subscribes at once, so that no event is lost before the first read.
    pub(super) fn new(
        app: AppState,
        user: UserId,
        session: Session,
        reader: Reader,
        browser: Sender,
        last_seq: Option<i64>,
        timing: LiveTiming,
    ) -> Self {
        let committed = app.store.hub().subscribe();
        let access = app.store.hub().access_changes();
        let changes = app.pool.changes();
        let watching = app.pool.watching();
        let drafts = app.store.hub().drafts();
        let (sent, unread) = (HashMap::new(), Unread::default());
        Self {
            app,
            user,
            session,
            reader,
            browser,
            committed,
            changes,
            access,
            drafts,
            last_seq,
            sent,
            watching,
            unread,
            timing,
        }
    }

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
        self.catch_up().await?;
        let mut recheck = tokio::time::interval(self.timing.live_recheck);
        recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                committed = self.committed.recv() => match committed {
                    Ok(first) => self.forward(first).await?,
                    Err(RecvError::Lagged(_)) => self.catch_up().await?,
                    Err(RecvError::Closed) => return Ok(()),
                },
                change = self.changes.recv() => match change {
                    Ok(change) => self.change(change).await?,
                    Err(RecvError::Lagged(_)) => self.connections().await?,
                    Err(RecvError::Closed) => return Ok(()),
                },
                changed = self.access.recv() => match changed {
                    Ok(changed) => self.access_changed(changed).await?,
                    Err(RecvError::Lagged(_)) => self.recheck_access().await?,
                    Err(RecvError::Closed) => return Ok(()),
                },
                changed = self.drafts.recv() => match changed {
                    Ok((author, draft)) => self.draft(author, draft).await?,
                    Err(RecvError::Lagged(_)) => self.all_drafts().await?,
                    Err(RecvError::Closed) => return Ok(()),
                },
                () = self.unread.due() => self.count_unread().await?,
                _ = recheck.tick() => {
                    self.still_logged_in().await?;
                    self.connections().await?;
                }
                () = self.browser.closed() => return Err(StreamEnded),
            }
        }
    }

    async fn viewer(&self) -> Result<Viewer, StreamEnded> {
        Ok(self.app.store.viewer(self.user).await?)
    }

    /// The session row is gone after a logout, and a lost row ends the stream like one. A second
    /// factor that is required by now and was not proved ends it too.
    async fn still_logged_in(&self) -> Result<(), StreamEnded> {
        self.session.load().await.map_err(|_| StreamEnded)?;
        // A session that is gone from the store keeps its id here and does not count as empty.
        let Ok(Some(_)) = self.session.get_value(SessionLabel::KEY).await else {
            return Err(StreamEnded);
        };
        match still_admits(&self.app.store, self.user, &self.session).await? {
            true => Ok(()),
            false => Err(StreamEnded),
        }
    }

    /// Sends the events since [`Self::last_seq`], and every connection.
    async fn catch_up(&mut self) -> Result<(), StreamEnded> {
        let viewer = self.viewer().await?;
        match self.last_seq {
            None => self.last_seq = Some(viewer.last_seq().await?),
            // No event removes from the page what the user lost access to while nothing was
            // subscribed.
            Some(last_seq) if viewer.access_changed_since(last_seq).await? => self.resync().await?,
            Some(last_seq) => self.replay(last_seq).await?,
        }
        self.all_drafts().await?;
        self.unread.schedule();
        self.connections().await
    }

    /// Sends the events after `last_seq`, or makes the page reload if they are too many.
    async fn replay(&mut self, mut last_seq: i64) -> Result<(), StreamEnded> {
        let mut replayed = 0;
        loop {
            match self.viewer().await?.replay(last_seq, REPLAYED_AT_ONCE).await? {
                Replay::Events(events) if events.is_empty() => return Ok(()),
                Replay::Events(events) if replayed + events.len() <= REPLAY => {
                    replayed += events.len();
                    for event in events {
                        last_seq = event.seq.unwrap_or(last_seq);
                        self.send(event.seq, &event.event).await?;
                    }
                }
                Replay::Events(_) | Replay::TooOld => return self.resync().await,
            }
        }
    }

    /// Makes the page reload, from this position on.
    async fn resync(&mut self) -> Result<(), StreamEnded> {
        let now = self.viewer().await?.last_seq().await?;
        self.send(Some(now), &LiveEvent::Resync).await
    }

    /// Handles a change of what this user may see. Ends the stream if they are not admitted any
    /// more.
    async fn recheck_access(&mut self) -> Result<(), StreamEnded> {
        self.still_logged_in().await?;
        self.connections().await?;
        self.unread.schedule();
        self.resync().await
    }

    /// Sends a draft that this user wrote in another tab. Drafts of other users are not sent.
    async fn draft(&mut self, author: UserId, draft: Draft) -> Result<(), StreamEnded> {
        if author == self.user && self.viewer().await?.readable(&[draft.chat]).await?.len() == 1 {
            self.send(None, &LiveEvent::Drafts { drafts: vec![draft], all: false }).await?;
        }
        Ok(())
    }

    async fn all_drafts(&mut self) -> Result<(), StreamEnded> {
        let drafts = self.viewer().await?.drafts().await?;
        self.send(None, &LiveEvent::Drafts { drafts, all: true }).await
    }

    /// Sends the unread totals, unless they are unchanged.
    async fn count_unread(&mut self) -> Result<(), StreamEnded> {
        let begun = Instant::now();
        let numbers = self.viewer().await?.unread().await?;
        let rest = (begun.elapsed() * COUNT_REST).max(COUNT_EVERY);
        self.unread.not_before = Some(Instant::now() + rest);
        self.unread.due = None;
        if self.unread.sent.as_ref() != Some(&numbers) {
            self.unread.sent = Some(numbers.clone());
            self.send(None, &LiveEvent::Unread { numbers }).await?;
        }
        Ok(())
    }

    async fn access_changed(&mut self, changed: AccessChanged) -> Result<(), StreamEnded> {
        self.unread.schedule();
        match changed {
            AccessChanged::User(user) if user == self.user => self.recheck_access().await,
            AccessChanged::User(_) => Ok(()),
            AccessChanged::Connection(connection) => self.connection(connection).await,
            AccessChanged::Chats(connection) if self.sent.contains_key(&connection) => {
                self.resync().await
            }
            AccessChanged::Chats(_) => Ok(()),
        }
    }

    /// Sends the connections that changed, and the removal of those that this user sees no more.
    async fn connections(&mut self) -> Result<(), StreamEnded> {
        let rows = self.viewer().await?.connections().await?;
        self.watching.set(rows.iter().filter(|row| row.assigned).map(|row| row.id).collect());
        let mut gone = std::mem::take(&mut self.sent);
        for row in rows {
            if let Some(sent) = gone.remove(&row.id) {
                self.sent.insert(row.id, sent);
            }
            self.send_connection(row).await?;
        }
        for connection in gone.into_keys() {
            self.send(None, &LiveEvent::ConnectionGone { connection }).await?;
        }
        Ok(())
    }

    /// Sends one connection if it changed, or its removal if the user sees it no more.
    async fn connection(&mut self, id: ConnectionId) -> Result<(), StreamEnded> {
        match self.viewer().await?.connection(id).await {
            Ok(row) => {
                self.watching.put(row.id, row.assigned);
                self.send_connection(row).await
            }
            Err(store::Error::NotFound) if self.sent.remove(&id).is_some() => {
                self.watching.put(id, false);
                self.send(None, &LiveEvent::ConnectionGone { connection: id }).await
            }
            Err(store::Error::NotFound) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn send_connection(&mut self, row: ConnectionRow) -> Result<(), StreamEnded> {
        let connection = self.app.pool.describe(row);
        if self.sent.get(&connection.id) == Some(&connection) {
            return Ok(());
        }
        self.sent.insert(connection.id, connection.clone());
        self.send(None, &LiveEvent::Connection { connection }).await
    }

    /// Sends those events of a burst that this user may see now.
    async fn forward(&mut self, first: Committed) -> Result<(), StreamEnded> {
        let mut burst = vec![first];
        while burst.len() < BURST
            && let Ok(next) = self.committed.try_recv()
        {
            burst.push(next);
        }
        let chats: Vec<_> = burst.iter().map(|committed| committed.chat).collect();
        let readable = self.viewer().await?.readable(&chats).await?;
        for committed in burst {
            if self.last_seq.is_some_and(|last_seq| committed.seq <= last_seq) {
                continue;
            }
            self.last_seq = Some(committed.seq);
            if readable.contains(&committed.chat) {
                self.unread.schedule();
                self.send(Some(committed.seq), &committed.event).await?;
            }
        }
        Ok(())
    }

    async fn change(&mut self, change: Change) -> Result<(), StreamEnded> {
        match change {
            Change::State(connection) => self.connection(connection).await,
            Change::Typing { chat, typing, .. } => {
                if self.viewer().await?.readable(&[chat]).await?.contains(&chat) {
                    self.send(None, &LiveEvent::Typing { chat, typing }).await?;
                }
                Ok(())
            }
        }
    }

    /// Sends one event. Waits for a slow browser, but not for long: the hub overtakes it and it
    /// resyncs. The stream of a browser that does not read at all ends.
    async fn send(&mut self, seq: Option<i64>, event: &LiveEvent) -> Result<(), StreamEnded> {
        if seq.is_some() {
            self.last_seq = seq;
        }
        let data = model::Sequenced { seq, event: self.reader.name_in(event.clone()) };
        let Ok(data) = serde_json::to_string(&data) else { return Err(StreamEnded) };
        let bytes = data.len();
        let event = match seq {
            Some(seq) => Event::default().id(seq.to_string()).data(data),
            None => Event::default().data(data),
        };
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
