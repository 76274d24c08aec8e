//! Follows all changes for one user with open streams, and sends their streams those that the user
//! may see.
//!
//! The rights of a burst of events are read once for all streams of the user. So are the unread
//! totals, and the states of numbers. Events of numbers that the user does not see are skipped
//! without a query: every change of rights is published, and is handled before the next event.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use app::AppState;
use gateway::{Change, Watching};
use model::{ChatId, Connection, ConnectionId, Draft, LiveEvent, Typing, UserId};
use store::{AccessChanged, Committed, ConnectionRow, Viewer};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::channel::{BURST, Channel, Notice, Publisher};
use super::shared_event::SharedEvent;
use super::stream_ended::StreamEnded;
use super::unread::Unread;
use super::watchers::{Join, Registered};

pub(super) struct Watcher {
    app: AppState,
    registered: Registered,
    /// The user as they were at the last change of their rights. Its queries check the current
    /// rights.
    viewer: Option<Viewer>,
    joins: mpsc::Receiver<Join>,
    committed: Receiver<Committed>,
    changes: Receiver<Change>,
    access: Receiver<AccessChanged>,
    drafts: Receiver<(UserId, Draft)>,
    publisher: Publisher,
    /// The numbers that this user sees, as they were sent last.
    connections: HashMap<ConnectionId, (Connection, Arc<SharedEvent>)>,
    /// Registers with the pool, while the user has a stream, that somebody watches these numbers.
    watching: Watching,
    unread: Unread,
}

impl Watcher {
    /// Subscribes at once, so that no event is lost before the first stream joins.
    pub(super) fn new(app: AppState, registered: Registered, joins: mpsc::Receiver<Join>) -> Self {
        let hub = app.services.store.hub();
        let (committed, access, drafts) = (hub.subscribe(), hub.access_changes(), hub.drafts());
        let (changes, watching) = (app.services.pool.changes(), app.services.pool.watching());
        Self {
            app,
            registered,
            viewer: None,
            joins,
            committed,
            changes,
            access,
            drafts,
            publisher: Publisher::new(),
            connections: HashMap::new(),
            watching,
            unread: Unread::default(),
        }
    }

    /// Follows the changes until the last stream has ended. After an error all streams end, and
    /// their browsers reconnect.
    pub(super) async fn run(mut self, recheck: Duration) {
        let _ = self.follow(recheck).await;
    }

    async fn follow(&mut self, recheck: Duration) -> Result<(), StreamEnded> {
        let mut recheck = interval_at(Instant::now() + recheck, recheck);
        recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                join = self.joins.recv() => match join {
                    Some(join) => self.join(join).await?,
                    None => return Ok(()),
                },
                committed = self.committed.recv() => match committed {
                    Ok(first) => self.forward(first).await?,
                    Err(RecvError::Lagged(_)) => self.publisher.publish(Notice::CatchUp),
                    Err(RecvError::Closed) => return Ok(()),
                },
                change = self.changes.recv() => match change {
                    Ok(change) => self.change(change).await?,
                    Err(RecvError::Lagged(_)) => self.connections().await?,
                    Err(RecvError::Closed) => return Ok(()),
                },
                changed = self.access.recv() => match changed {
                    Ok(changed) => self.access_changed(changed).await?,
                    Err(RecvError::Lagged(_)) => self.rights_changed().await?,
                    Err(RecvError::Closed) => return Ok(()),
                },
                changed = self.drafts.recv() => match changed {
                    Ok((author, draft)) => self.draft(author, draft).await?,
                    Err(RecvError::Lagged(_)) => self.all_drafts().await?,
                    Err(RecvError::Closed) => return Ok(()),
                },
                () = self.unread.due() => self.count_unread().await?,
                _ = recheck.tick() => {
                    self.viewer = None;
                    self.connections().await?;
                }
            }
        }
    }

    fn user(&self) -> UserId {
        self.registered.user()
    }

    /// Returns the access of the user, for one read of the database.
    async fn viewer(&mut self) -> Result<Viewer, StreamEnded> {
        metrics::counter!("inbox_live_reads").increment(1);
        if let Some(viewer) = &self.viewer {
            return Ok(viewer.clone());
        }
        let viewer = self.app.services.store.viewer(self.user()).await?;
        self.viewer = Some(viewer.clone());
        Ok(viewer)
    }

    /// Opens the channels of the streams that wait for one.
    async fn join(&mut self, first: Join) -> Result<(), StreamEnded> {
        let mut joins = vec![first];
        while let Ok(next) = self.joins.try_recv() {
            joins.push(next);
        }
        // Nothing reports some changes of a number, and the page may have them already.
        self.connections().await?;
        self.unread.schedule();
        for join in joins {
            // A stream that has ended meanwhile needs no channel.
            let _ = join.send(self.channel());
        }
        Ok(())
    }

    fn channel(&self) -> Channel {
        let numbers = self.connections.values().map(|(_, event)| event);
        self.publisher.subscribe(numbers.chain(self.unread.current()).cloned().collect())
    }

    /// Sends an event without a number.
    fn publish(&self, event: LiveEvent) {
        self.publisher.publish(Notice::Event(SharedEvent::new(None, event)));
    }

    /// Sends those events of a burst that this user may see now.
    async fn forward(&mut self, first: Committed) -> Result<(), StreamEnded> {
        let mut burst = vec![first];
        while burst.len() < BURST
            && let Ok(next) = self.committed.try_recv()
        {
            burst.push(next);
        }
        self.handle_pending_access().await?;
        burst.retain(|committed| self.connections.contains_key(&committed.connection));
        let chats: Vec<_> = burst.iter().map(|committed| committed.chat).collect();
        let readable = self.readable(&chats).await?;
        for committed in burst {
            if readable.contains(&committed.chat) {
                self.unread.schedule();
                let event = self.registered.shared(&committed);
                self.publisher.publish(Notice::Event(event));
            }
        }
        Ok(())
    }

    /// Returns those of these chats that the user may read now.
    async fn readable(&mut self, chats: &[ChatId]) -> Result<HashSet<ChatId>, StreamEnded> {
        if chats.is_empty() {
            return Ok(HashSet::new());
        }
        Ok(self.viewer().await?.readable(chats).await?)
    }

    async fn change(&mut self, change: Change) -> Result<(), StreamEnded> {
        match change {
            Change::State(connection) => self.connection(connection).await,
            Change::Typing { connection, chat, typing } => {
                self.handle_pending_access().await?;
                if self.connections.contains_key(&connection)
                    && self.readable(&[chat]).await?.contains(&chat)
                {
                    let recording = typing == Typing::Recording;
                    let typing = typing != Typing::Paused;
                    self.publish(LiveEvent::Typing { chat, typing, recording });
                }
                Ok(())
            }
        }
    }

    /// Handles the changes of rights that were published until now. A number that the user may read
    /// since then would be skipped otherwise.
    async fn handle_pending_access(&mut self) -> Result<(), StreamEnded> {
        loop {
            match self.access.try_recv() {
                Ok(changed) => self.access_changed(changed).await?,
                Err(TryRecvError::Lagged(_)) => self.rights_changed().await?,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Ok(()),
            }
        }
    }

    async fn access_changed(&mut self, changed: AccessChanged) -> Result<(), StreamEnded> {
        self.unread.schedule();
        match changed {
            AccessChanged::User(user) if user == self.user() => self.rights_changed().await,
            AccessChanged::User(_) => Ok(()),
            AccessChanged::Connection(connection) => self.connection(connection).await,
            AccessChanged::Chats(connection) if self.connections.contains_key(&connection) => {
                self.publisher.outdate();
                self.reload().await
            }
            AccessChanged::Chats(_) => Ok(()),
        }
    }

    /// Handles a change of what this user may see, or of their logins. Ends with an error if they
    /// are not admitted any more.
    async fn rights_changed(&mut self) -> Result<(), StreamEnded> {
        self.viewer = None;
        self.publisher.outdate();
        self.publisher.publish(Notice::CheckLogin);
        self.connections().await?;
        self.unread.schedule();
        self.reload().await
    }

    /// Makes the pages reload, from this position on.
    async fn reload(&mut self) -> Result<(), StreamEnded> {
        let now = self.viewer().await?.last_seq().await?;
        let event = SharedEvent::new(Some(now), LiveEvent::Resync);
        self.publisher.publish(Notice::Reload(event));
        Ok(())
    }

    /// Sends a draft that this user wrote. Drafts of other users are not sent.
    async fn draft(&mut self, author: UserId, draft: Draft) -> Result<(), StreamEnded> {
        if author == self.user() && self.readable(&[draft.chat]).await?.len() == 1 {
            self.publish(LiveEvent::Drafts { drafts: vec![draft], all: false });
        }
        Ok(())
    }

    async fn all_drafts(&mut self) -> Result<(), StreamEnded> {
        let drafts = self.viewer().await?.drafts().await?;
        self.publish(LiveEvent::Drafts { drafts, all: true });
        Ok(())
    }

    /// Sends the unread totals, unless they are unchanged.
    async fn count_unread(&mut self) -> Result<(), StreamEnded> {
        let begun = Instant::now();
        let viewer = self.viewer().await?;
        let counts = (viewer.unread().await?, viewer.archived().await?);
        if let Some(event) = self.unread.counted(begun, counts) {
            self.publisher.publish(Notice::Event(event));
        }
        Ok(())
    }

    /// Sends the connections that changed, and the removal of those that this user sees no more.
    async fn connections(&mut self) -> Result<(), StreamEnded> {
        let rows = self.viewer().await?.connections().await?;
        self.watching.set(rows.iter().filter(|row| row.assigned).map(|row| row.id).collect());
        let seen: HashSet<_> = rows.iter().map(|row| row.id).collect();
        let gone: Vec<_> =
            self.connections.keys().copied().filter(|id| !seen.contains(id)).collect();
        for row in rows {
            self.send_connection(row);
        }
        for connection in gone {
            self.send_gone(connection);
        }
        Ok(())
    }

    /// Sends one connection if it changed, or its removal if the user sees it no more.
    async fn connection(&mut self, id: ConnectionId) -> Result<(), StreamEnded> {
        match self.viewer().await?.connection(id).await {
            Ok(row) => {
                self.watching.put(row.id, row.assigned);
                self.send_connection(row);
                Ok(())
            }
            Err(store::Error::NotFound) => {
                self.watching.put(id, false);
                self.send_gone(id);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn send_connection(&mut self, row: ConnectionRow) {
        let connection = self.app.services.pool.describe(row);
        if self.connections.get(&connection.id).is_some_and(|(sent, _)| *sent == connection) {
            return;
        }
        let event = LiveEvent::Connection { connection: connection.clone() };
        let event = SharedEvent::new(None, event);
        self.connections.insert(connection.id, (connection, Arc::clone(&event)));
        self.publisher.publish(Notice::Event(event));
    }

    fn send_gone(&mut self, connection: ConnectionId) {
        if self.connections.remove(&connection).is_some() {
            self.publisher.outdate();
            self.publish(LiveEvent::ConnectionGone { connection });
        }
    }
}
