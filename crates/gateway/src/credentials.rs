//! The keys of a session on disk: one SQLite file per connection, in a folder of its own.
//!
//! Each session has its own file, because the shared-file mode of the library has competing
//! writers. All other code uses the `Backend` trait, so a shared database can replace this.
//!
//! `server::backup` copies every file of these folders as SQLite while a session is open.
//!
//! The keys are deleted in three cases only: the owner unlinks, WhatsApp reports the device as
//! logged out, or another phone than the declared one scanned, whose device is unlinked at once. No
//! timeout ever deletes them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::ConnectionId;
use whatsapp_rust::store::{Backend, SqliteStore};
use whatsapp_rust::wacore::store::error::StoreError;

/// The keys could not be opened.
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

/// Opens the keys of a connection, which are created on first use and readable by this user only.
pub(crate) async fn open(
    sessions_dir: &Path,
    connection: ConnectionId,
) -> Result<Arc<dyn Backend>, CredentialsError> {
    let folder = folder(sessions_dir, connection);
    make_private(&folder).map_err(|error| CredentialsError::Folder(folder.clone(), error))?;
    let file = folder.join("session.db");
    Ok(Arc::new(SqliteStore::new(&file.to_string_lossy()).await?))
}

/// Deletes the keys of a connection. Missing keys are no error.
pub(crate) fn delete(sessions_dir: &Path, connection: ConnectionId) -> io::Result<()> {
    match std::fs::remove_dir_all(folder(sessions_dir, connection)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Creates a folder and its parents, readable by this user only.
#[cfg(unix)]
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}
