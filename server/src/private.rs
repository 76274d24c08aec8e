//! Keeps the files of the data folder readable by this user only, new and existing ones.

use std::path::Path;

/// Makes every new file and folder of this process private, also those of SQLite, libraries and
/// commands. Must be called before there are threads.
pub fn restrict_new_files() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

/// Removes the rights of other users from the data folder and this program's files in it, which
/// earlier versions and copies may have left open. Other files in the folder stay as they are.
///
/// # Errors
/// Fails, with the command that fixes it, if the folder is open to others and belongs to another
/// user.
#[cfg(unix)]
pub(crate) fn restrict(data_dir: &Path) -> anyhow::Result<()> {
    unix::restrict(data_dir)
}

/// Does the same for an SQLite file that lies elsewhere, and for the files SQLite keeps beside it.
#[cfg(unix)]
pub(crate) fn restrict_database(file: &Path) {
    for beside in ["", "-wal", "-shm", "-journal"] {
        let mut path = file.as_os_str().to_owned();
        path.push(beside);
        unix::close(Path::new(&path));
    }
}

#[cfg(not(unix))]
pub(crate) fn restrict(_data_dir: &Path) -> anyhow::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn restrict_database(_file: &Path) {}

#[cfg(unix)]
mod unix {
    use std::fs::{self, Metadata, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::path::Path;

    use anyhow::bail;

    use crate::config::{DATABASE, MEDIA};
    use crate::secret_key;

    /// Folder in which the gateway keeps the keys of numbers.
    const SESSIONS: &str = "sessions";
    /// Prefixes of the other names that this program creates in a data folder: the database with
    /// the files beside it, the key, the secret of `check`, probes, and what backups leave.
    const PREFIXES: [&str; 7] = [
        DATABASE,
        secret_key::FILE,
        "check.secret",
        ".escrita-",
        ".backup-",
        ".restore-",
        ".inbox-",
    ];

    /// The permission bits of other users.
    const OTHERS: u32 = 0o077;

    pub(super) fn restrict(data_dir: &Path) -> anyhow::Result<()> {
        // Links are followed: the folder itself may lie elsewhere.
        let found = fs::metadata(data_dir)?;
        if let Err(error) = remove_others(data_dir, &found) {
            let me = rustix::process::geteuid().as_raw();
            let folder = data_dir.display();
            if found.uid() != me {
                bail!(
                    "a pasta de dados {folder} está aberta a outros usuários desta máquina e é de outro \
                     usuário; feche-a com: sudo chown -R {me} {folder} && sudo chmod -R go-rwx {folder} \
                     (ou dê uma subpasta nova com --data-dir)"
                );
            }
            // The disk has no such rights, as those of Windows.
            tracing::warn!(%folder, %error, "the data folder cannot be closed to other users");
        }
        let Ok(entries) = fs::read_dir(data_dir) else { return Ok(()) };
        for entry in entries.flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if name == SESSIONS || name == MEDIA {
                close_folder(&path, name == SESSIONS);
            } else if PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
                match path.symlink_metadata() {
                    Ok(found) if found.is_dir() => close_folder(&path, true),
                    _ => close(&path),
                }
            }
        }
        Ok(())
    }

    /// Removes other users' rights from a folder and its content. The folder itself may be a link,
    /// for example to another disk.
    fn close_folder(folder: &Path, is_thorough: bool) {
        let Ok(found) = fs::metadata(folder) else { return };
        if found.is_dir() {
            close_contents(folder, is_thorough || is_open(&found));
        }
        warn_unless_closed(folder, remove_others(folder, &found));
    }

    /// Closes the content of a folder. Media are many: nobody reaches them in a closed folder, and
    /// earlier ones were closed before their folder was.
    fn close_contents(folder: &Path, is_thorough: bool) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => {
                    let is_open = path.symlink_metadata().is_ok_and(|found| is_open(&found));
                    close_contents(&path, is_open || is_thorough && entry.file_name() != MEDIA);
                    close(&path);
                }
                Ok(kind) if kind.is_file() && is_thorough => close(&path),
                // Links point elsewhere, to files that are not this program's to close.
                _ => {}
            }
        }
    }

    /// Removes other users' rights from a file or folder that is not a link.
    pub(super) fn close(path: &Path) {
        let Ok(found) = path.symlink_metadata() else { return };
        if found.is_symlink() {
            return;
        }
        warn_unless_closed(path, remove_others(path, &found));
    }

    fn warn_unless_closed(path: &Path, closed: io::Result<()>) {
        if let Err(error) = closed {
            tracing::warn!(path = %path.display(), %error, "it cannot be closed to other users");
        }
    }

    fn is_open(found: &Metadata) -> bool {
        found.mode() & OTHERS != 0
    }

    fn remove_others(path: &Path, found: &Metadata) -> io::Result<()> {
        match is_open(found) {
            true => fs::set_permissions(path, Permissions::from_mode(found.mode() & 0o7700)),
            false => Ok(()),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn mode(path: &Path) -> u32 {
            fs::metadata(path).unwrap().mode() & 0o777
        }

        #[test]
        fn what_is_open_is_closed_and_links_are_left_alone() {
            let root = tempfile::tempdir().unwrap();
            let data = root.path().join("data");
            let elsewhere = root.path().join("elsewhere");
            fs::write(&elsewhere, "").unwrap();
            let files = ["inbox.db", "inbox.db-wal", "sessions/1/session.db", "media/1/7"];
            for file in files {
                let file = data.join(file);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(&file, "").unwrap();
                fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
            }
            let folders = ["", "sessions", "sessions/1", "media", "media/1"];
            for folder in folders {
                fs::set_permissions(data.join(folder), Permissions::from_mode(0o755)).unwrap();
            }
            // Earlier versions of the gateway made it like this.
            fs::set_permissions(data.join("sessions/1"), Permissions::from_mode(0o700)).unwrap();
            fs::set_permissions(&elsewhere, Permissions::from_mode(0o644)).unwrap();
            std::os::unix::fs::symlink(&elsewhere, data.join("link")).unwrap();
            // The data folder may contain unrelated files.
            fs::create_dir(data.join("src")).unwrap();
            let others = [data.join("src"), data.join("src/main.rs"), data.join("notes.txt")];
            for other in &others {
                if !other.exists() {
                    fs::write(other, "").unwrap();
                }
                fs::set_permissions(other, Permissions::from_mode(0o755)).unwrap();
            }
            restrict(&data).unwrap();
            for other in &others {
                assert_eq!(mode(other), 0o755, "{}", other.display());
            }
            for file in files {
                assert_eq!(mode(&data.join(file)), 0o600, "{file}");
            }
            for folder in folders {
                assert_eq!(mode(&data.join(folder)), 0o700, "{folder}");
            }
            assert_eq!(mode(&elsewhere), 0o644);
        }

        #[test]
        fn media_on_another_disk_are_closed_too() {
            let root = tempfile::tempdir().unwrap();
            let (data, disk) = (root.path().join("data"), root.path().join("disk"));
            fs::create_dir(&data).unwrap();
            fs::create_dir_all(disk.join("1")).unwrap();
            fs::write(disk.join("1/7"), "").unwrap();
            for (path, mode) in [("1/7", 0o644), ("1", 0o755), ("", 0o755)] {
                fs::set_permissions(disk.join(path), Permissions::from_mode(mode)).unwrap();
            }
            std::os::unix::fs::symlink(&disk, data.join("media")).unwrap();
            restrict(&data).unwrap();
            for (path, closed) in [("", 0o700), ("1", 0o700), ("1/7", 0o600)] {
                assert_eq!(mode(&disk.join(path)), closed, "{path}");
            }
        }
    }
}
