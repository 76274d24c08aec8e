//! What backups and restores leave that are ended before they can tidy up: `kill -9`, a power cut.

use std::fs::{self, File};
use std::path::Path;

use store::backup::sqlite_file;

use super::folder::{self, ASIDE, BACKUP, RESTORE};
use super::lock::{Lock, lock};
use crate::config::Config;

/// Removes the folders that are left of such runs: copies of keys and conversations, and room on the
/// disk. The folders of a run that is alive are locked and stay.
///
/// One that cannot be removed is told in the log, and keeps nothing else from being done.
pub fn sweep(config: &Config) {
    remove(&config.data_dir, &[BACKUP, RESTORE, ASIDE]);
    let database = config.database_url().ok().and_then(|url| sqlite_file(&url));
    if let Some(folder) = database.as_deref().and_then(Path::parent) {
        remove(folder, &[ASIDE]);
    }
}

/// Removes the folders whose names begin so.
fn remove(parent: &Path, prefixes: &[&str]) {
    let Ok(entries) = folder::entries(parent) else { return };
    for (name, path) in entries {
        let is_folder = || path.symlink_metadata().is_ok_and(|found| found.is_dir());
        if !prefixes.iter().any(|prefix| name.starts_with(prefix)) || !is_folder() {
            continue;
        }
        // Held while it is removed, or somebody could still take it for theirs.
        let Ok(opened) = File::open(&path) else { continue };
        if lock(&opened, &path) != Lock::Ours {
            continue;
        }
        let folder = path.display();
        match fs::remove_dir_all(&path) {
            Ok(()) => tracing::info!(%folder, "left by an interrupted backup or restore, removed"),
            Err(error) => tracing::warn!(%folder, %error, "a leftover could not be removed"),
        }
    }
}
