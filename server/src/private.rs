//! Files that only this user can read: all that are made from here on, and those of the data folder that
//! are there already.

use std::path::Path;

/// Makes every file and folder of this process private, whoever makes it: SQLite, a library, a command.
/// Called before there are threads.
pub fn by_default() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

/// Takes the rights of others away from the data folder and what this program puts into it, as earlier
/// versions and copies have left it. Whatever else lies there stays as it is.
///
/// # Errors
/// The folder is open to others and belongs to somebody else, with the command that mends it.
#[cfg(unix)]
pub(crate) fn tighten(data_dir: &Path) -> anyhow::Result<()> {
    unix::tighten(data_dir)
}

/// The same for an SQLite file that lies elsewhere, and what SQLite keeps beside it.
#[cfg(unix)]
pub(crate) fn tighten_database(file: &Path) {
    for beside in ["", "-wal", "-shm", "-journal"] {
        let mut path = file.as_os_str().to_owned();
        path.push(beside);
        unix::close(Path::new(&path));
    }
}

#[cfg(not(unix))]
pub(crate) fn tighten(_data_dir: &Path) -> anyhow::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn tighten_database(_file: &Path) {}

#[cfg(unix)]
mod unix {
    use std::fs::{self, Metadata, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::path::Path;

    use anyhow::bail;

    use crate::config::{DATABASE, MEDIA};
    use crate::secret_key;

    /// Where the gateway keeps the keys of numbers.
    const SESSIONS: &str = "sessions";
    /// How the other names begin that this program makes in a data folder: the database with what lies
    /// beside it, the key, the secret of `check`, probes, and what backups leave.
    const BEGINNINGS: [&str; 7] = [
        DATABASE,
        secret_key::FILE,
        "check.secret",
        ".escrita-",
        ".backup-",
        ".restore-",
        ".inbox-",
    ];

    /// What others may do.
    const OTHERS: u32 = 0o077;

    pub(super) fn tighten(data_dir: &Path) -> anyhow::Result<()> {
        // Where a link leads: the folder itself may lie elsewhere.
        let found = fs::metadata(data_dir)?;
        if let Err(error) = take_away(data_dir, &found) {
            let me = rustix::process::geteuid().as_raw();
            let folder = data_dir.display();
            if found.uid() != me {
                bail!(
                    "a pasta de dados {folder} está aberta a outros usuários desta máquina e é de outro \
                     usuário; feche-a com: sudo chown -R {me} {folder} && sudo chmod -R go-rwx {folder} \
                     (ou dê uma subpasta nova com --data-dir)"
                );
            }
            // A disk without such rights, as those of Windows.
            tracing::warn!(%folder, %error, "the data folder cannot be closed to other users");
        }
        let Ok(entries) = fs::read_dir(data_dir) else { return Ok(()) };
        for entry in entries.flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if name == SESSIONS || name == MEDIA {
                close_folder(&path, name == SESSIONS);
            } else if BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)) {
                match path.symlink_metadata() {
                    Ok(found) if found.is_dir() => close_folder(&path, true),
                    _ => close(&path),
                }
            }
        }
        Ok(())
    }

    /// Closes a folder and what is in it. The folder itself may be a link, to another disk say.
    fn close_folder(folder: &Path, is_thorough: bool) {
        let Ok(found) = fs::metadata(folder) else { return };
        if found.is_dir() {
            below(folder, is_thorough || is_open(&found));
        }
        warn_unless_closed(folder, take_away(folder, &found));
    }

    /// What is in a folder. Media are many: where their folder is closed, nobody reaches them, and those
    /// of before were closed before it was.
    fn below(folder: &Path, is_thorough: bool) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => {
                    let is_open = path.symlink_metadata().is_ok_and(|found| is_open(&found));
                    below(&path, is_open || is_thorough && entry.file_name() != MEDIA);
                    close(&path);
                }
                Ok(kind) if kind.is_file() && is_thorough => close(&path),
                // Links lead elsewhere, and what is there is not ours to close.
                _ => {}
            }
        }
    }

    /// Takes the rights of others away from a file or folder that is no link.
    pub(super) fn close(path: &Path) {
        let Ok(found) = path.symlink_metadata() else { return };
        if found.is_symlink() {
            return;
        }
        warn_unless_closed(path, take_away(path, &found));
    }

    fn warn_unless_closed(path: &Path, closed: io::Result<()>) {
        if let Err(error) = closed {
            tracing::warn!(path = %path.display(), %error, "it cannot be closed to other users");
        }
    }

    fn is_open(found: &Metadata) -> bool {
        found.mode() & OTHERS != 0
    }

    fn take_away(path: &Path, found: &Metadata) -> io::Result<()> {
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
            // As the gateway made it before.
            fs::set_permissions(data.join("sessions/1"), Permissions::from_mode(0o700)).unwrap();
            fs::set_permissions(&elsewhere, Permissions::from_mode(0o644)).unwrap();
            std::os::unix::fs::symlink(&elsewhere, data.join("link")).unwrap();
            // As where the data folder is one of other things.
            fs::create_dir(data.join("src")).unwrap();
            let others = [data.join("src"), data.join("src/main.rs"), data.join("notes.txt")];
            for other in &others {
                if !other.exists() {
                    fs::write(other, "").unwrap();
                }
                fs::set_permissions(other, Permissions::from_mode(0o755)).unwrap();
            }
            tighten(&data).unwrap();
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
            tighten(&data).unwrap();
            for (path, closed) in [("", 0o700), ("1", 0o700), ("1/7", 0o600)] {
                assert_eq!(mode(&disk.join(path)), closed, "{path}");
            }
        }
    }
}
