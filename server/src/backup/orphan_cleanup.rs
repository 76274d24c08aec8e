//! Removes what backups and restores leave behind if they are killed (`kill -9`, a power cut).

use std::fs::{self, File};
use std::path::Path;

use store::backup::sqlite_file;

use super::folder::{self, BACKUP, RESTORE, RESTORE_DATABASE};
use crate::config::Config;
use crate::lock::{Lock, lock};

/// Removes the folders of such runs, which hold copies of keys and conversations and take space on
/// the disk. The folders of a live run are locked and stay.
///
/// A folder that cannot be removed is logged and stops nothing else.
pub fn remove_orphans(config: &Config) {
    remove(&config.data_dir, &[BACKUP, RESTORE, RESTORE_DATABASE]);
    let database = config.database_url().ok().and_then(|url| sqlite_file(&url));
    if let Some(folder) = database.as_deref().and_then(Path::parent) {
        remove(folder, &[RESTORE_DATABASE]);
    }
}

/// Removes the folders whose names have one of the prefixes.
fn remove(parent: &Path, prefixes: &[&str]) {
    let Ok(entries) = folder::entries(parent) else { return };
    for (name, path) in entries {
        let is_folder = || path.symlink_metadata().is_ok_and(|found| found.is_dir());
        if !prefixes.iter().any(|prefix| name.starts_with(prefix)) || !is_folder() {
            continue;
        }
        // The lock is held during the removal, or another process could still take the folder.
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
