//! The handle that the rest of the program holds. Each part of the store adds the function that returns
//! it, such as [`Store::viewer`] in `access` and [`Store::ingest`] in `ingest`.

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait as _, DatabaseBackend, DatabaseConnection};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{
    EncryptionError, Error, Hub, SecretKeys,
    breaker::Breaker,
    open,
    secrets::{self, Reencrypted},
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
    /// Locked from the first statement of a write until its events are published; see `write`.
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
        if let Err(error) = store.normalize_emails().await {
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

    /// Returns the hub on which every committed change is published.
    pub fn hub(&self) -> &Hub {
        &self.inner.hub
    }

    /// Returns the connection for reads. Every change goes through `Store::write`.
    pub(crate) fn db(&self) -> &DatabaseConnection {
        &self.inner.db
    }

    /// Waits for the lock of writers.
    pub(crate) async fn lock_writer(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.inner.writer).lock_owned().await
    }

    pub(crate) fn breaker(&self) -> &Breaker {
        &self.inner.breaker
    }
}
