//! Write transactions: the only way to change the database.
//!
//! Writers take turns within the process. SQLite has one writer anyway, and waiting for a lock here
//! is fair and never ends in `SQLITE_BUSY`, as waiting inside SQLite may. On PostgreSQL the lock
//! makes event numbers appear in order: of two concurrent transactions the one with the higher
//! `live_event.seq` could commit first, and a page that had seen it would never ask for the lower.

use model::{ChatId, ConnectionId, Draft, LiveEvent, Message, MessageId, UserId};
use sea_orm::{
    DatabaseTransaction, SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};
use tokio::sync::OwnedMutexGuard;

use crate::{
    AccessChanged, Committed, Error, Store,
    entity::message,
    live::{Change, Work},
};

/// A transaction, the lock it holds, and the changes to announce once it is committed. Without
/// [`Self::commit`] it is rolled back.
pub(crate) struct Writing {
    store: Store,
    pub(crate) tx: DatabaseTransaction,
    changes: Vec<(ConnectionId, Change)>,
    access: Vec<AccessChanged>,
    drafts: Vec<(UserId, Draft)>,
    wakeups: Vec<(ConnectionId, Work)>,
    /// True if a file is to be copied.
    copies: bool,
    lock: OwnedMutexGuard<()>,
}

impl Store {
    /// Waits for the write lock and begins a transaction.
    pub(crate) async fn write(&self) -> Result<Writing, Error> {
        let lock = self.lock_writer().await;
        // The breaker is checked after the lock is taken, because earlier writers may have detected
        // an outage meanwhile.
        self.breaker().check()?;
        Writing::begin(self.clone(), lock).await
    }

    /// Does the same for the probe, which finds out if writing is possible again.
    pub(crate) async fn write_in_outage(&self) -> Result<Writing, Error> {
        let lock = self.lock_writer().await;
        Writing::begin(self.clone(), lock).await
    }
}

impl Writing {
    async fn begin(store: Store, lock: OwnedMutexGuard<()>) -> Result<Self, Error> {
        let options = TransactionOptions {
            // Another process (the command line) may be writing: take the lock now, while waiting
            // for it is still possible, rather than fail at the first write of a stale snapshot.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let tx = store.db().begin_with_options(options).await?;
        Ok(Self {
            store,
            tx,
            changes: Vec::new(),
            access: Vec::new(),
            drafts: Vec::new(),
            wakeups: Vec::new(),
            copies: false,
            lock,
        })
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Adds a change to be announced to open pages. The same change is announced once.
    pub(crate) fn announce(&mut self, connection: ConnectionId, change: Change) {
        if !self.changes.contains(&(connection, change)) {
            self.changes.push((connection, change));
        }
    }

    /// Adds the change of one message.
    pub(crate) fn message_changed(&mut self, row: &message::Model) {
        let change = Change::Message(ChatId(row.chat_id), MessageId(row.id));
        self.announce(ConnectionId(row.connection_id), change);
    }

    /// Makes open pages check their access again: those of a user, or those that show a number.
    pub(crate) fn access_changed(&mut self, what: impl Into<AccessChanged>) {
        let what = what.into();
        if !self.access.contains(&what) {
            self.access.push(what);
        }
    }

    /// Adds a changed draft, to be announced to its author's own open pages.
    pub(crate) fn draft_changed(&mut self, author: UserId, draft: Draft) {
        self.drafts.push((author, draft));
    }

    /// Wakes a task of the session of a number after the commit, which gives it work.
    pub(crate) fn wake(&mut self, connection: ConnectionId, work: Work) {
        if !self.wakeups.contains(&(connection, work)) {
            self.wakeups.push((connection, work));
        }
    }

    /// Wakes the task that copies files after the commit.
    pub(crate) fn wake_copies(&mut self) {
        self.copies = true;
    }

    /// Assigns event numbers to the changes, commits, and publishes them.
    ///
    /// It runs to its end even if the caller is dropped meanwhile (a browser that closes its
    /// connection): a change that is committed but never published would be missing from every open
    /// page.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        self.publish().await.map(|_| ())
    }

    /// Commits, and returns a message whose change was announced, as the event has it.
    pub(crate) async fn commit_message(self, id: MessageId) -> Result<Message, Error> {
        let committed = self.publish().await?;
        let message = committed.iter().find_map(|committed| match &*committed.event {
            LiveEvent::Message { message, .. } if message.id == id => Some(message.clone()),
            _ => None,
        });
        message.ok_or(Error::NotFound)
    }

    /// Adds the change of one message, commits, and returns the message as the event has it.
    pub(crate) async fn commit_changed(mut self, row: &message::Model) -> Result<Message, Error> {
        self.message_changed(row);
        self.commit_message(MessageId(row.id)).await
    }

    async fn publish(self) -> Result<Vec<Committed>, Error> {
        tokio::spawn(async move {
            let Self { store, tx, changes, access, drafts, wakeups, copies, lock } = self;
            let committed = crate::live::record(&tx, changes).await?;
            crate::live::access::record(&tx, &access).await?;
            tx.commit().await?;
            for event in &committed {
                store.hub().publish(event.clone());
            }
            for changed in access {
                store.hub().publish_access(changed);
            }
            for (author, draft) in drafts {
                store.hub().publish_draft(author, draft);
            }
            for (connection, work) in wakeups {
                store.hub().wake(connection, work);
            }
            if copies {
                store.hub().copies().notify_one();
            }
            drop(lock);
            Ok(committed)
        })
        .await?
    }
}
