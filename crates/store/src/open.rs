//! Opening a database of either kind, with clear errors.

use std::{path::Path, path::PathBuf, time::Duration};

use migrations::Migrator;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr, SqliteTransactionMode,
    SqlxError, TransactionOptions, TransactionTrait as _,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use sea_orm_migration::MigratorTrait as _;

use crate::{error::OpenError, schema};

/// Maximum number of connections, for readers beside the one writer. SQLite reads are short and
/// each occupies a thread.
const SQLITE_CONNECTIONS: u32 = 5;
const POSTGRES_CONNECTIONS: u32 = 16;
/// Time that a statement waits for another process that has locked the SQLite file.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The action if the SQLite file does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Create,
    Refuse,
}

/// Opens the database and runs pending migrations.
pub(crate) async fn open(url: &str) -> Result<DatabaseConnection, OpenError> {
    // The migrations use one connection: another one of the pool may still know an older version of
    // a table, and refuse its index.
    let db = connect_with(url, Missing::Create, 1).await?;
    let applied = schema::applied(&db).await.map_err(OpenError::Migration)?;
    // The migrator would refuse it too, but with an error that names no remedy.
    if let Some(newer) = schema::newer(&applied) {
        return Err(OpenError::Newer(newer.to_owned()));
    }
    let migrated = match applied.len() < schema::known().len() {
        true => migrate(&db).await,
        false => Ok(()),
    };
    let closed = db.close().await;
    migrated.and(closed).map_err(OpenError::Migration)?;
    connect(url, Missing::Refuse).await
}

/// Runs all pending migrations, or none of them. The migrator by itself uses a transaction on
/// PostgreSQL only, and an SQLite database with an interrupted migration could never be opened
/// again.
async fn migrate(db: &DatabaseConnection) -> Result<(), DbErr> {
    let options = TransactionOptions {
        // Another process may be migrating: the lock waits for it, and then no migration is
        // pending.
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let tx = db.begin_with_options(options).await?;
    match Migrator::up(&tx, None).await {
        Ok(()) => tx.commit().await,
        Err(error) => {
            // The first error names the cause. Closing a connection rolls back as well.
            let _ = tx.rollback().await;
            Err(error)
        }
    }
}

/// Opens the database without migrations.
pub(crate) async fn connect(url: &str, missing: Missing) -> Result<DatabaseConnection, OpenError> {
    connect_with(url, missing, u32::MAX).await
}

/// Does the same with at most this number of connections.
async fn connect_with(
    url: &str,
    missing: Missing,
    max_connections: u32,
) -> Result<DatabaseConnection, OpenError> {
    if let Some(path) = sqlite_file(url) {
        sqlite(url, path, missing, max_connections.min(SQLITE_CONNECTIONS)).await
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        postgres(url, max_connections.min(POSTGRES_CONNECTIONS)).await
    } else {
        Err(OpenError::Address)
    }
}

/// Returns the file that an SQLite address names; `None` for other addresses.
pub(crate) fn sqlite_file(url: &str) -> Option<&Path> {
    let path = url.strip_prefix("sqlite://")?;
    Some(Path::new(path.split('?').next().unwrap_or(path)))
}

async fn sqlite(
    url: &str,
    path: &Path,
    missing: Missing,
    connections: u32,
) -> Result<DatabaseConnection, OpenError> {
    if !path.is_absolute() {
        return Err(OpenError::Address);
    }
    match missing {
        Missing::Create => check_folder(path)?,
        Missing::Refuse if !path.exists() => return Err(OpenError::Missing(path.to_owned())),
        Missing::Refuse => {}
    }
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(CONNECT_TIMEOUT)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| {
            options
                .create_if_missing(missing == Missing::Create)
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT)
                .journal_mode(SqliteJournalMode::Wal)
                // In WAL mode NORMAL may lose the last transactions in a power failure. WhatsApp
                // forgets a message as soon as we acknowledge it, which is right after the commit,
                // so a commit has to be on the disk.
                .synchronous(SqliteSynchronous::Full)
        });
    Database::connect(options).await.map_err(|source| {
        // The text of SQLITE_NOTADB (26) and SQLITE_CORRUPT (11) is compared, because sea-orm keeps
        // no code for errors of connecting.
        let words = source.to_string();
        if words.contains("not a database") || words.contains("malformed") {
            OpenError::NotADatabase(path.to_owned())
        } else {
            OpenError::File { path: path.to_owned(), source }
        }
    })
}

/// Finds the cause that SQLite's general "unable to open database file" does not name.
fn check_folder(path: &Path) -> Result<(), OpenError> {
    let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let unusable = |source| OpenError::Folder { folder: folder.clone(), source };
    std::fs::create_dir_all(&folder).map_err(unusable)?;
    // The write-ahead log is a file beside the database, so the folder must be writable even if the
    // database file itself is.
    let probe = folder.join(format!(".inbox-write-test-{}", std::process::id()));
    std::fs::write(&probe, []).map_err(unusable)?;
    std::fs::remove_file(&probe).map_err(unusable)
}

async fn postgres(url: &str, connections: u32) -> Result<DatabaseConnection, OpenError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .connect_timeout(CONNECT_TIMEOUT)
        .acquire_timeout(CONNECT_TIMEOUT)
        .set_application_name("inbox-pirata")
        .sqlx_logging(false);
    Database::connect(options).await.map_err(|error| match &error {
        DbErr::Conn(RuntimeErr::SqlxError(error)) => refused(error),
        _ => OpenError::Server(error.to_string()),
    })
}

/// Returns the error for a failed connection to PostgreSQL.
pub(crate) fn refused(error: &SqlxError) -> OpenError {
    // SQLSTATE class 28: "invalid authorization specification".
    let code = error.as_database_error().and_then(|error| error.code());
    match code.is_some_and(|code| code.starts_with("28")) {
        true => OpenError::Password,
        false => OpenError::Server(error.to_string()),
    }
}
