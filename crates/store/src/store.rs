//! The handle that the rest of the program holds.

use std::{sync::Arc, time::Duration};

use model::{ConnectionId, UserId};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, DatabaseConnection};
use tokio::sync::Mutex;

use crate::{
    Accounts, Error, Hub, Ingest, MediaQueue, Operator, Outbox, Receipts, SealError, SecretKeys,
    Viewer, WebSessions, accounts, open,
    outage::Breaker,
    secrets::{self, Resealed},
    write::Writing,
};

/// How long a login is good for, and without being used, unless told otherwise.
const LOGINS_LAST: Duration = Duration::from_secs(30 * 24 * 60 * 60);
const LOGINS_REST: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// The database and those who listen to it. Cheap to clone; all clones are the same store.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
    logins_last: Duration,
    logins_rest: Duration,
    secrets: Option<SecretKeys>,
}

#[derive(Debug)]
struct Inner {
    db: DatabaseConnection,
    hub: Hub,
    /// Held from the first statement of a write until its events are published; see [`Writing`].
    writer: Arc<Mutex<()>>,
    breaker: Breaker,
}

impl Store {
    /// Opens the database, creates it where there is none, and brings it up to date.
    ///
    /// `url` is `sqlite:///absolute/path/inbox.db` or `postgres://user@host/name`.
    ///
    /// # Errors
    /// [`Error::Open`] with a sentence that says what is wrong: an unwritable folder, a file that is
    /// no database, a server that cannot be reached.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let db = open::open(url).await?;
        let inner =
            Inner { db, hub: Hub::new(), writer: Arc::default(), breaker: Breaker::default() };
        let store = Self {
            inner: Arc::new(inner),
            logins_last: LOGINS_LAST,
            logins_rest: LOGINS_REST,
            secrets: None,
        };
        // A full disk must not keep people from reading.
        if let Err(error) = accounts::renew_emails(&store).await {
            tracing::warn!(%error, "addresses of before could not be brought into their form");
        }
        Ok(store)
    }

    /// The same store, which reads and writes secrets with these keys. What the database has in clear,
    /// from before there were keys, is encrypted here, and what is under an older key of these is
    /// encrypted under the first: all of it in one transaction, or nothing.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`] when a secret is under none of them; nothing was changed then.
    pub async fn with_secrets(self, keys: SecretKeys) -> Result<Self, Error> {
        // Commands beside a server, and a start on a full disk, write nothing that need not be.
        if secrets::is_due(self.db(), &keys).await? {
            let writing = self.write().await?;
            let Resealed { plain, older } = secrets::reseal(&writing.tx, &keys).await?;
            writing.commit().await?;
            tracing::info!(plain, older, "secrets in the database are encrypted under the key");
            self.forget_plain().await?;
        }
        Ok(Self { secrets: Some(keys), ..self })
    }

    /// Takes what stood in the place of encrypted secrets out of the database, after the commit.
    async fn forget_plain(&self) -> Result<(), Error> {
        if self.db().get_database_backend() == DatabaseBackend::Sqlite {
            // What stood there is still in the log of the pages, until it is written over.
            self.db().execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
            return Ok(());
        }
        for column in secrets::COLUMNS {
            let vacuum = format!("VACUUM {}", column.table);
            // The secrets are encrypted: a role that may not vacuum keeps nobody from starting.
            if let Err(error) = self.db().execute_unprepared(&vacuum).await {
                tracing::warn!(%error, table = column.table, "old rows could not be vacuumed");
            }
        }
        Ok(())
    }

    /// Returns true if the database holds something that only a key can read.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn has_sealed(&self) -> Result<bool, Error> {
        secrets::any(self.db()).await
    }

    /// The keys of secrets.
    pub(crate) fn secrets(&self) -> Result<&SecretKeys, SealError> {
        self.secrets.as_ref().ok_or(SealError::NoKey)
    }

    /// The same store, whose logins are good for so long, and for so long without being used (30 and
    /// 14 days without it). Those of now are measured by it too.
    pub fn with_logins_lasting(self, logins_last: Duration, logins_rest: Duration) -> Self {
        Self { logins_last, logins_rest, ..self }
    }

    /// How long a login is good for, however often it is used.
    pub fn logins_last(&self) -> Duration {
        self.logins_last
    }

    pub(crate) fn logins_rest(&self) -> Duration {
        self.logins_rest
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::Database`] when it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        Ok(self.inner.db.ping().await?)
    }

    /// The door for one user. Made per request: who they are is read from the database now.
    ///
    /// # Errors
    /// [`Error::NotFound`] for unknown and deactivated users.
    pub async fn viewer(&self, user: UserId) -> Result<Viewer, Error> {
        Viewer::new(self.clone(), user).await
    }

    /// Logins and the administration of users.
    pub fn accounts(&self) -> Accounts {
        Accounts::new(self.clone())
    }

    /// What whoever runs the program on the machine may do.
    pub fn operator(&self) -> Operator {
        Operator::new(self.clone())
    }

    /// Where browsers' logins are kept.
    pub fn web_sessions(&self) -> WebSessions {
        WebSessions::new(self.clone())
    }

    /// Where a number's session puts what WhatsApp says.
    pub fn ingest(&self, connection: ConnectionId) -> Ingest {
        Ingest::new(self.clone(), connection)
    }

    /// What a number's session has yet to send.
    pub fn outbox(&self, connection: ConnectionId) -> Outbox {
        Outbox::new(self.clone(), connection)
    }

    /// The read receipts that a number's session has yet to send.
    pub fn receipts(&self, connection: ConnectionId) -> Receipts {
        Receipts::new(self.clone(), connection)
    }

    /// The files that a number's session has yet to fetch.
    pub fn media(&self, connection: ConnectionId) -> MediaQueue {
        MediaQueue::new(self.clone(), connection)
    }

    /// Where every committed change is announced.
    pub fn hub(&self) -> &Hub {
        &self.inner.hub
    }

    /// For reading. Every change goes through [`Self::write`].
    pub(crate) fn db(&self) -> &DatabaseConnection {
        &self.inner.db
    }

    /// Waits for its turn and begins a transaction.
    pub(crate) async fn write(&self) -> Result<Writing, Error> {
        let turn = Arc::clone(&self.inner.writer).lock_owned().await;
        // Asked when it is one's turn: those before may have found out meanwhile.
        self.inner.breaker.check()?;
        Writing::begin(self.clone(), turn).await
    }

    /// The same for whoever finds out whether writing is possible again.
    pub(crate) async fn write_in_outage(&self) -> Result<Writing, Error> {
        let turn = Arc::clone(&self.inner.writer).lock_owned().await;
        Writing::begin(self.clone(), turn).await
    }

    pub(crate) fn breaker(&self) -> &Breaker {
        &self.inner.breaker
    }
}
