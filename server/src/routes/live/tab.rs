//! One open stream: what it has seen, what it may see, and what it is told next.

use std::collections::HashSet;
use std::time::Duration;

use app::auth::factor::still_admits;
use app::{AppState, Reader};
use axum::response::sse::Event;
use axum_login::tower_sessions::Session;
use gateway::{Change, Watching};
use model::{ConnectionId, Draft, LiveEvent, UserId};
use store::{AccessChanged, Committed, Replay, SessionLabel, Viewer};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, sleep_until};
use tokio_util::sync::CancellationToken;

use super::queue::{Closed, Sender};
use super::{COME_BACK, COME_BACK_SOON};

/// How often a silent stream checks that its user is still logged in.
const RECHECK: Duration = Duration::from_secs(10);
/// Events replayed after an absence; beyond it the page loads again.
const REPLAY: usize = 500;
/// Of these so many are in memory at once.
const REPLAYED_AT_ONCE: u64 = 50;
/// Events taken at once, so that a burst costs one look at the grants and not one an event.
const BURST: usize = 64;

/// Unread totals rest for so long after they were counted: a burst of messages costs two counts.
const COUNT_EVERY: Duration = Duration::from_millis(500);
/// And so many times as long as counting took, where much is unread.
const COUNT_REST: u32 = 20;

/// The stream is over: logged out, no longer a user, or the browser went away.
pub(super) struct Over;

impl From<store::Error> for Over {
    fn from(error: store::Error) -> Self {
        // The browser comes back by itself, and then it is told again what it missed.
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
    /// The last event this tab has; `None` until it is known where it begins.
    seen: Option<i64>,
    shown: HashSet<ConnectionId>,
    /// Says for as long as the stream lives that somebody looks at these.
    watching: Watching,
    unread: Unread,
}

/// The totals that this page was told, and when they are counted again.
#[derive(Default)]
struct Unread {
    told: Option<Vec<(ConnectionId, u32)>>,
    /// When they may be counted again.
    rested: Option<Instant>,
    due: Option<Instant>,
}

impl Unread {
    /// They may have changed.
    fn touch(&mut self) {
        let now = Instant::now();
        self.due.get_or_insert(self.rested.map_or(now, |at| at.max(now)));
    }

    /// Ends when they should be counted.
    async fn due(&self) {
        match self.due {
            Some(at) => sleep_until(at).await,
            None => std::future::pending().await,
        }
    }
}

impl Tab {
    /// Subscribes at once, so that nothing falls between here and the first read.
    pub(super) fn new(
        app: AppState,
        user: UserId,
        session: Session,
        reader: Reader,
        browser: Sender,
        seen: Option<i64>,
    ) -> Self {
        let committed = app.store.hub().subscribe();
        let access = app.store.hub().access_changes();
        let changes = app.pool.changes();
        let watching = app.pool.watching();
        let drafts = app.store.hub().drafts();
        let (shown, unread) = (HashSet::new(), Unread::default());
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
            seen,
            shown,
            watching,
            unread,
        }
    }

    /// Follows until the stream is over. Where it is only one too many, it asks the browser to come back
    /// later.
    pub(super) async fn run(mut self, too_many: &CancellationToken) {
        // However it went, it is over.
        let _ = self.follow().await;
        if too_many.is_cancelled() {
            self.browser.end_with(Event::default().retry(COME_BACK));
        }
    }

    async fn follow(&mut self) -> Result<(), Over> {
        let beginning = Event::default().retry(COME_BACK_SOON);
        self.browser.send(beginning, 0).await.map_err(|_| Over)?;
        self.catch_up().await?;
        let mut recheck = tokio::time::interval(RECHECK);
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
                    Err(RecvError::Lagged(_)) => self.look_again().await?,
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
                () = self.browser.closed() => return Err(Over),
            }
        }
    }

    async fn viewer(&self) -> Result<Viewer, Over> {
        Ok(self.app.store.viewer(self.user).await?)
    }

    /// The session row is gone after a logout, and a lost row ends the stream like one. So does a second
    /// factor that is needed by now and was not proved.
    async fn still_logged_in(&self) -> Result<(), Over> {
        self.session.load().await.map_err(|_| Over)?;
        // A session that is gone from the store keeps its id here and is not called empty.
        let Ok(Some(_)) = self.session.get_value(SessionLabel::KEY).await else { return Err(Over) };
        match still_admits(&self.app.store, self.user, &self.session).await? {
            true => Ok(()),
            false => Err(Over),
        }
    }

    /// Tells what came since [`Self::seen`], and every connection as it is.
    async fn catch_up(&mut self) -> Result<(), Over> {
        let viewer = self.viewer().await?;
        match self.seen {
            None => self.seen = Some(viewer.last_seq().await?),
            // What was taken away while nobody listened no event takes from the page.
            Some(seen) if viewer.access_changed_since(seen).await? => self.resync().await?,
            Some(seen) => self.replay(seen).await?,
        }
        self.all_drafts().await?;
        self.unread.touch();
        self.connections().await
    }

    /// Tells what came after that event, or has the page load again if that is too much.
    async fn replay(&mut self, mut seen: i64) -> Result<(), Over> {
        let mut replayed = 0;
        loop {
            match self.viewer().await?.replay(seen, REPLAYED_AT_ONCE).await? {
                Replay::Events(events) if events.is_empty() => return Ok(()),
                Replay::Events(events) if replayed + events.len() <= REPLAY => {
                    replayed += events.len();
                    for event in events {
                        seen = event.seq.unwrap_or(seen);
                        self.tell(event.seq, &event.event).await?;
                    }
                }
                Replay::Events(_) | Replay::TooOld => return self.resync().await,
            }
        }
    }

    /// Has the page load again, from here.
    async fn resync(&mut self) -> Result<(), Over> {
        let now = self.viewer().await?.last_seq().await?;
        self.tell(Some(now), &LiveEvent::Resync).await
    }

    /// What this user may see is not what it was, or they are not let in any more: then the stream
    /// ends here.
    async fn look_again(&mut self) -> Result<(), Over> {
        self.still_logged_in().await?;
        self.connections().await?;
        self.unread.touch();
        self.resync().await
    }

    /// Tells this user what they have written elsewhere, and nobody else.
    async fn draft(&mut self, author: UserId, draft: Draft) -> Result<(), Over> {
        if author == self.user && self.viewer().await?.readable(&[draft.chat]).await?.len() == 1 {
            self.tell(None, &LiveEvent::Drafts { drafts: vec![draft], all: false }).await?;
        }
        Ok(())
    }

    async fn all_drafts(&mut self) -> Result<(), Over> {
        let drafts = self.viewer().await?.drafts().await?;
        self.tell(None, &LiveEvent::Drafts { drafts, all: true }).await
    }

    /// Tells the unread totals, unless they are what was told before.
    async fn count_unread(&mut self) -> Result<(), Over> {
        let begun = Instant::now();
        let numbers = self.viewer().await?.unread().await?;
        let rest = (begun.elapsed() * COUNT_REST).max(COUNT_EVERY);
        self.unread.rested = Some(Instant::now() + rest);
        self.unread.due = None;
        if self.unread.told.as_ref() != Some(&numbers) {
            self.unread.told = Some(numbers.clone());
            self.tell(None, &LiveEvent::Unread { numbers }).await?;
        }
        Ok(())
    }

    async fn access_changed(&mut self, changed: AccessChanged) -> Result<(), Over> {
        self.unread.touch();
        match changed {
            AccessChanged::User(user) if user == self.user => self.look_again().await,
            AccessChanged::User(_) => Ok(()),
            AccessChanged::Connection(connection) => self.connection(connection).await,
            AccessChanged::Chats(connection) if self.shown.contains(&connection) => {
                self.resync().await
            }
            AccessChanged::Chats(_) => Ok(()),
        }
    }

    /// Tells every connection this user sees, and which they see no more.
    async fn connections(&mut self) -> Result<(), Over> {
        let rows = self.viewer().await?.connections().await?;
        let now: HashSet<_> = rows.iter().map(|row| row.id).collect();
        self.watching.set(&now);
        for connection in std::mem::replace(&mut self.shown, now.clone()).difference(&now) {
            self.tell(None, &LiveEvent::ConnectionGone { connection: *connection }).await?;
        }
        for row in rows {
            let connection = self.app.pool.describe(row);
            self.tell(None, &LiveEvent::Connection { connection }).await?;
        }
        Ok(())
    }

    /// Tells one connection as it is, or that it is seen no more.
    async fn connection(&mut self, id: ConnectionId) -> Result<(), Over> {
        match self.viewer().await?.connection(id).await {
            Ok(row) => {
                self.shown.insert(row.id);
                self.watching.set(&self.shown);
                let connection = self.app.pool.describe(row);
                self.tell(None, &LiveEvent::Connection { connection }).await
            }
            Err(store::Error::NotFound) if self.shown.remove(&id) => {
                self.watching.set(&self.shown);
                self.tell(None, &LiveEvent::ConnectionGone { connection: id }).await
            }
            Err(store::Error::NotFound) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Tells a burst of committed events, those that this user may see now.
    async fn forward(&mut self, first: Committed) -> Result<(), Over> {
        let mut burst = vec![first];
        while burst.len() < BURST
            && let Ok(next) = self.committed.try_recv()
        {
            burst.push(next);
        }
        let chats: Vec<_> = burst.iter().map(|committed| committed.chat).collect();
        let readable = self.viewer().await?.readable(&chats).await?;
        for committed in burst {
            if self.seen.is_some_and(|seen| committed.seq <= seen) {
                continue;
            }
            self.seen = Some(committed.seq);
            if readable.contains(&committed.chat) {
                self.unread.touch();
                self.tell(Some(committed.seq), &committed.event).await?;
            }
        }
        Ok(())
    }

    async fn change(&mut self, change: Change) -> Result<(), Over> {
        match change {
            Change::State(connection) => self.connection(connection).await,
            Change::Typing { chat, typing, .. } => {
                if self.viewer().await?.readable(&[chat]).await?.contains(&chat) {
                    self.tell(None, &LiveEvent::Typing { chat, typing }).await?;
                }
                Ok(())
            }
        }
    }

    /// Sends one event; waits for a slow browser, never for long: the hub laps it and it resyncs. For one
    /// that does not read at all the stream is over.
    async fn tell(&mut self, seq: Option<i64>, event: &LiveEvent) -> Result<(), Over> {
        if seq.is_some() {
            self.seen = seq;
        }
        let data = model::Sequenced { seq, event: self.reader.name_in(event.clone()) };
        let Ok(data) = serde_json::to_string(&data) else { return Err(Over) };
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
            Over
        })
    }
}
