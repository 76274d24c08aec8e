//! Whether somebody is at work on a file or a folder, or has left it behind.
//!
//! The system takes a program's locks away when it ends, however it ends. So what can be locked has
//! nobody at work on it.

use std::fs::File;
use std::path::Path;

/// What trying to lock has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    /// It is ours, until the file and all its clones are closed.
    Ours,
    /// Somebody is at work on it, or has just removed or renamed it.
    Others,
    /// There are no locks here, as on some network disks: nobody can tell.
    Unknown,
}

/// Tries to lock a file or folder that was opened by this name.
#[cfg(unix)]
pub(crate) fn lock(file: &File, path: &Path) -> Lock {
    match file.try_lock() {
        // Whoever had it may have removed or renamed it between our opening and our locking it.
        Ok(()) if has_name(file, path) => Lock::Ours,
        Ok(()) | Err(std::fs::TryLockError::WouldBlock) => Lock::Others,
        Err(std::fs::TryLockError::Error(_)) => Lock::Unknown,
    }
}

/// Not known here: a name cannot be compared with what is open.
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
