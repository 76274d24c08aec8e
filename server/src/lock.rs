//! Locks files and folders, to tell those in use from those left behind.
//!
//! The system releases a program's locks when it ends, however it ends. So a file that can be
//! locked is not in use.

use std::fs::File;
use std::path::Path;

/// The result of an attempt to lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    /// This process holds the lock until the file and all its clones are closed.
    Ours,
    /// Another process uses it, or has just removed or renamed it.
    Others,
    /// The disk has no locks, as some network disks: the user is unknown.
    Unknown,
}

/// Tries to lock a file or folder that was opened by this name.
#[cfg(unix)]
pub(crate) fn lock(file: &File, path: &Path) -> Lock {
    match file.try_lock() {
        // The earlier holder may have removed or renamed it between opening and locking.
        Ok(()) if has_name(file, path) => Lock::Ours,
        Ok(()) | Err(std::fs::TryLockError::WouldBlock) => Lock::Others,
        Err(std::fs::TryLockError::Error(_)) => Lock::Unknown,
    }
}

/// The result is unknown on this system: a name cannot be compared with an open file.
#[cfg(not(unix))]
pub(crate) fn lock(_file: &File, _path: &Path) -> Lock {
    Lock::Unknown
}

#[cfg(unix)]
fn has_name(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), path.symlink_metadata()) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_locked_is_somebodys_until_it_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        for path in [folder.path(), file.as_path()] {
            let (ours, other) = (File::open(path).unwrap(), File::open(path).unwrap());
            assert_eq!(lock(&ours, path), Lock::Ours);
            assert_eq!(lock(&other, path), Lock::Others);
            let clone = ours.try_clone().unwrap();
            drop(ours);
            assert_eq!(lock(&other, path), Lock::Others);
            drop(clone);
            assert_eq!(lock(&other, path), Lock::Ours);
        }
    }

    #[test]
    fn what_has_another_name_by_now_is_somebodys() {
        let folder = tempfile::tempdir().unwrap();
        let (part, whole) = (folder.path().join("part"), folder.path().join("whole"));
        fs::write(&part, "").unwrap();
        let opened = File::open(&part).unwrap();
        fs::rename(&part, &whole).unwrap();
        assert_eq!(lock(&opened, &part), Lock::Others);
        fs::write(&part, "").unwrap();
        assert_eq!(lock(&opened, &part), Lock::Others);
        assert_eq!(lock(&opened, &whole), Lock::Ours);
    }
}
