//! The handle that the rest of the program holds.

use std::{sync::Arc, time::Duration};

use model::{ConnectionId, UserId};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, DatabaseConnection};
use tokio::sync::Mutex;

use crate::{
    Accounts, EncryptionError, Error, Hub, Ingest, MediaQueue, Operator, Outbox, SecretKeys,
    Viewer, WebSessions, accounts, open,
    outage::Breaker,
    secrets::{self, Reencrypted},
    write::Writing,
};

/// Default lifetime of a login, and how long it may stay unused.
const LOGIN_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);
const LOGIN_MAX_IDLE: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// The database and the subscribers to its changes. It is cheap to clone; all clones are the same
/// store.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
    login_lifetime: Duration,
    login_max_idle: Duration,
    secrets: Option<SecretKeys>,
}

#[derive(Debug)]
struct Inner {
    db: DatabaseConnection,
    hub: Hub,
    /// Locked from the first statement of a write until its events are published; see [`Writing`].
    writer: Arc<Mutex<()>>,
    breaker: Breaker,
}

impl Store {
    /// Opens the database, creates it if it does not exist, and runs pending migrations.
    ///
    /// `url` is `sqlite:///absolute/path/inbox.db` or `postgres://user@host/name`.
    ///
    /// # Errors
    /// [`Error::Open`] with a message that names the cause: a folder that is not writable, a file
    /// that is not a database, a server that cannot be reached.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let store = Self::over(open::open(url).await?);
        // A full disk must not keep people from reading.
        if let Err(error) = accounts::normalize_emails(&store).await {
            tracing::warn!(%error, "stored e-mail addresses could not be normalized");
        }
        Ok(store)
    }

    /// Returns a store over an open database.
    pub(crate) fn over(db: DatabaseConnection) -> Self {
        let inner =
            Inner { db, hub: Hub::new(), writer: Arc::default(), breaker: Breaker::default() };
        Self {
            inner: Arc::new(inner),
            login_lifetime: LOGIN_LIFETIME,
            login_max_idle: LOGIN_MAX_IDLE,
            secrets: None,
        }
    }

    /// Returns the same store, which decrypts and encrypts secrets with these keys. Secrets in
    /// clear, from before there were keys, are encrypted here, and secrets under an older one of
    /// these keys are encrypted under the first: all in one transaction, or none.
    ///
    /// # Errors
    /// [`EncryptionError::UnknownKey`] if a secret is under none of them; nothing was changed then.
    pub async fn with_secrets(self, keys: SecretKeys) -> Result<Self, Error> {
        // Commands that run beside a server, and a start on a full disk, make no unnecessary
        // writes.
        if secrets::is_due(self.db(), &keys).await? {
            let writing = self.write().await?;
            let Reencrypted { plain, older } = secrets::reencrypt(&writing.tx, &keys).await?;
            writing.commit().await?;
            tracing::info!(plain, older, "secrets in the database are encrypted under the key");
            self.purge_plaintext().await?;
        }
        Ok(Self { secrets: Some(keys), ..self })
    }

    /// Removes the plaintext that encrypted values have replaced from the database, after the
    /// commit.
    async fn purge_plaintext(&self) -> Result<(), Error> {
        if self.db().get_database_backend() == DatabaseBackend::Sqlite {
            // The write-ahead log still holds the plaintext, until it is truncated.
            self.db().execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
            return Ok(());
        }
        for column in secrets::COLUMNS {
            let vacuum = format!("VACUUM {}", column.table);
            // The secrets are encrypted: a role that may not vacuum must not prevent the start.
            if let Err(error) = self.db().execute_unprepared(&vacuum).await {
                tracing::warn!(%error, table = column.table, "old rows could not be vacuumed");
            }
        }
        Ok(())
    }

    /// Returns true if the database holds a value that only a key can decrypt.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn has_encrypted(&self) -> Result<bool, Error> {
        secrets::any_encrypted(self.db()).await
    }

    /// Returns the keys of secrets.
    pub(crate) fn secrets(&self) -> Result<&SecretKeys, EncryptionError> {
        self.secrets.as_ref().ok_or(EncryptionError::NoKey)
    }

    /// Returns the same store with another lifetime of logins, and another time that they may stay
    /// unused (by default 30 and 14 days). They apply to existing logins too.
    pub fn with_logins_lasting(self, login_lifetime: Duration, login_max_idle: Duration) -> Self {
        Self { login_lifetime, login_max_idle, ..self }
    }

    /// Returns the lifetime of a login, regardless of its use.
    pub fn logins_last(&self) -> Duration {
        self.login_lifetime
    }

    pub(crate) fn login_max_idle(&self) -> Duration {
        self.login_max_idle
    }

    /// Checks that the database answers.
    ///
    /// # Errors
    /// [`Error::Database`] if it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        Ok(self.inner.db.ping().await?)
    }

    /// Returns the access of one user. It is made per request: the user is read from the database
    /// now.
    ///
    /// # Errors
    /// [`Error::NotFound`] for unknown and deactivated users.
    pub async fn viewer(&self, user: UserId) -> Result<Viewer, Error> {
        Viewer::new(self.clone(), user).await
    }

    /// Returns the logins and the administration of users.
    pub fn accounts(&self) -> Accounts {
        Accounts::new(self.clone())
    }

    /// Returns the operations of the operator who runs the program on the machine.
    pub fn operator(&self) -> Operator {
        Operator::new(self.clone())
    }

    /// Returns the sessions of browsers.
    pub fn web_sessions(&self) -> WebSessions {
        WebSessions::new(self.clone())
    }

    /// Returns the part of the store that records events from WhatsApp for a number.
    pub fn ingest(&self, connection: ConnectionId) -> Ingest {
        Ingest::new(self.clone(), connection)
    }

    /// Returns the operations that a number's session has yet to send.
    pub fn outbox(&self, connection: ConnectionId) -> Outbox {
        Outbox::new(self.clone(), connection)
    }

    /// Returns the files that a number's session has yet to download.
    pub fn media(&self, connection: ConnectionId) -> MediaQueue {
        MediaQueue::new(self.clone(), connection)
    }

    /// Returns the hub on which every committed change is published.
    pub fn hub(&self) -> &Hub {
        &self.inner.hub
    }

    /// Returns the connection for reads. Every change goes through [`Self::write`].
    pub(crate) fn db(&self) -> &DatabaseConnection {
        &self.inner.db
    }

    /// Waits for the write lock and begins a transaction.
    pub(crate) async fn write(&self) -> Result<Writing, Error> {
        let lock = Arc::clone(&self.inner.writer).lock_owned().await;
        // The breaker is checked after the lock is taken, because earlier writers may have detected
        // an outage meanwhile.
        self.inner.breaker.check()?;
        Writing::begin(self.clone(), lock).await
    }

    /// Does the same for the probe, which finds out if writing is possible again.
    pub(crate) async fn write_in_outage(&self) -> Result<Writing, Error> {
        let lock = Arc::clone(&self.inner.writer).lock_owned().await;
        Writing::begin(self.clone(), lock).await
    }

    pub(crate) fn breaker(&self) -> &Breaker {
        &self.inner.breaker
    }
}
