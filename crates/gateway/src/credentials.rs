//! A session's keys on disk: one SQLite file a connection, in a folder of its own.
//!
//! One file each, because the library's shared-file mode has competing writers. Everything else
//! holds the `Backend` trait, so a backend in a shared database can take this place.
//!
//! `server::backup` copies every file of these folders, as SQLite, while a session is open.
//!
//! They are deleted in three cases only: the owner unlinks, WhatsApp says the device is logged out,
//! or another phone than the declared one scanned, whose device is unlinked at once. Never on a timeout, whatever it is that timed out.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::ConnectionId;
use whatsapp_rust::store::{Backend, SqliteStore};
use whatsapp_rust::wacore::store::error::StoreError;

/// The keys could not be opened or removed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialsError {
    #[error("the folder {0} cannot be made: {1}")]
    Folder(PathBuf, io::Error),
    #[error("the session file cannot be opened: {0}")]
    Store(#[from] StoreError),
}

fn folder(sessions_dir: &Path, connection: ConnectionId) -> PathBuf {
    sessions_dir.join(connection.to_string())
}

/// Opens the connection's keys, made on first use, readable by this user only.
pub(crate) async fn open(
    sessions_dir: &Path,
    connection: ConnectionId,
) -> Result<Arc<dyn Backend>, CredentialsError> {
    let folder = folder(sessions_dir, connection);
    make_private(&folder).map_err(|error| CredentialsError::Folder(folder.clone(), error))?;
    let file = folder.join("session.db");
    Ok(Arc::new(SqliteStore::new(&file.to_string_lossy()).await?))
}

/// Removes the connection's keys. It is no error when there are none.
pub(crate) fn delete(sessions_dir: &Path, connection: ConnectionId) -> io::Result<()> {
    match std::fs::remove_dir_all(folder(sessions_dir, connection)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes a folder and those above it, readable by this user only.
#[cfg(unix)]
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}
