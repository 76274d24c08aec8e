//! SQLite files: the database's own, and the numbers' keys.

use std::path::{Path, PathBuf};

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseBackend, Statement, Value};

use super::BackupError;
use crate::open;

/// Returns the file that a database address names; `None` for a server's address.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    open::sqlite_file(url).map(Path::to_path_buf)
}

/// Copies an SQLite file that another program may be writing to: the copy is complete, of one
/// moment, and compact. `to` must not exist. The source is only read.
///
/// # Errors
/// `from` is not an SQLite file, `to` cannot be written, or the disk is full.
pub async fn copy_sqlite(from: &Path, to: &Path) -> Result<(), BackupError> {
    let from = from.to_owned();
    // The path is set separately from the address, in which some characters have a meaning of their
    // own.
    let mut options = ConnectOptions::new("sqlite://session.db");
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(move |options| {
        options
            .filename(&from)
            .read_only(true)
            .create_if_missing(false)
            .busy_timeout(open::BUSY_TIMEOUT)
    });
    let db = Database::connect(options).await?;
    let to = Value::from(to.to_string_lossy().into_owned());
    let copy = Statement::from_sql_and_values(DatabaseBackend::Sqlite, "VACUUM INTO ?", [to]);
    let copied = db.execute_raw(copy).await;
    db.close().await?;
    copied?;
    Ok(())
}
