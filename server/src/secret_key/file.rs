//! A key file: written completely under a temporary name, and on the disk before anything is
//! encrypted with its key.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use secrecy::{ExposeSecret as _, SecretString};
use store::SecretKeys;

use crate::private_file::create_private;

/// Most bytes that are read: some hundred keys.
const LARGEST: u64 = 16 * 1024;

/// Writing a key file takes far less. An older temporary file was left by a crash.
const WRITTEN_WITHIN: Duration = Duration::from_secs(60);

/// A key file that was just created. Dropping it removes the file unless [`Self::keep`] was called.
#[must_use]
pub(crate) struct NewKeyFile {
    path: PathBuf,
    is_kept: bool,
}

impl NewKeyFile {
    pub(crate) fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for NewKeyFile {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Reads the keys of a file; `None` if there is no file.
pub(super) fn read(path: &Path) -> anyhow::Result<Option<SecretKeys>> {
    let unreadable = || format!("o arquivo de chave {} não pode ser lido", path.display());
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.with_context(unreadable)?,
    };
    let mut text = String::new();
    let read = file.take(LARGEST).read_to_string(&mut text);
    let text = SecretString::from(text);
    match read {
        Ok(_) => {}
        // A file that is not text is not a key file.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(no_key(path)),
        Err(error) => return Err(error).with_context(unreadable),
    }
    SecretKeys::parse(text.expose_secret()).map(Some).map_err(|_| no_key(path))
}

fn no_key(path: &Path) -> anyhow::Error {
    anyhow!(
        "o arquivo {} não é um arquivo de chave: ele tem 64 dígitos hexadecimais; ponha de volta o que foi usado",
        path.display()
    )
}

/// Creates a file with a new key, or reads the one that another process created meanwhile.
pub(super) fn create(path: &Path) -> anyhow::Result<(SecretKeys, NewKeyFile)> {
    let keys = SecretKeys::generate()?;
    let temporary = temporary_path(path);
    write(&temporary, &keys, folder_of(path))?;
    // Unlike a rename, a hard link does not overwrite an existing file.
    let placed = match fs::hard_link(&temporary, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) => Ok(()),
        // The disk has no hard links.
        Err(_) if !path.exists() => fs::rename(&temporary, path),
        Err(error) => Err(error),
    };
    let _ = fs::remove_file(&temporary);
    match placed {
        Ok(()) => {
            sync_folder(path);
            Ok((keys, NewKeyFile { path: path.to_owned(), is_kept: false }))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let theirs = read(path)?.ok_or_else(|| anyhow!(unwritable(path)))?;
            Ok((theirs, NewKeyFile { path: path.to_owned(), is_kept: true }))
        }
        Err(error) => Err(error).with_context(|| unwritable(path)),
    }
}

/// Replaces the keys of a file.
pub(super) fn replace(path: &Path, keys: &SecretKeys) -> anyhow::Result<()> {
    // Resolves a link, which the rename would replace otherwise.
    let path = &path.canonicalize().with_context(|| unwritable(path))?;
    let temporary = temporary_path(path);
    write(&temporary, keys, path)?;
    fs::rename(&temporary, path).with_context(|| unwritable(path)).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })?;
    sync_folder(path);
    Ok(())
}

/// Removes the temporary files of processes that crashed while they wrote keys: the keys are in
/// them.
pub(super) fn sweep(path: &Path) {
    let Ok(path) = path.canonicalize() else { return };
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return };
    let Ok(entries) = fs::read_dir(folder_of(&path)) else { return };
    for entry in entries.flatten() {
        let found = entry.file_name();
        let process = found.to_str().and_then(|found| found.strip_prefix(name)?.strip_prefix('.'));
        let is_temporary = process.is_some_and(|process| process.parse::<u32>().is_ok());
        let age = entry.metadata().and_then(|metadata| metadata.modified()).ok();
        let age = age.and_then(|modified| modified.elapsed().ok());
        if is_temporary && age.is_some_and(|age| age > WRITTEN_WITHIN) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Temporary name with the process id, so that two processes that create a key at once do not write
/// into the same file.
fn temporary_path(path: &Path) -> PathBuf {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}", std::process::id()));
    temporary.into()
}

/// Writes a new file with the keys, which gets the owner of `like`.
fn write(path: &Path, keys: &SecretKeys, like: &Path) -> anyhow::Result<()> {
    // An earlier process with the same id may have left a file.
    let _ = fs::remove_file(path);
    let written = create_private(path).and_then(|mut file| {
        give_to_owner_of(like, &file)?;
        file.write_all(keys.to_text().expose_secret().as_bytes())?;
        file.sync_all()
    });
    written.with_context(|| unwritable(path)).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}

/// A new name is on the disk once its folder is synced. Not every system opens folders.
fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}

fn folder_of(path: &Path) -> &Path {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// A command that root runs must not lock out the server, which runs as another user, from its key.
/// SQLite does the same with its own files.
#[cfg(unix)]
fn give_to_owner_of(like: &Path, file: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let owner = fs::metadata(like)?;
    fchown(file, Some(owner.uid()), Some(owner.gid()))
}

#[cfg(not(unix))]
fn give_to_owner_of(_like: &Path, _file: &File) -> io::Result<()> {
    Ok(())
}

/// The sentence for a key file that cannot be written.
fn unwritable(path: &Path) -> String {
    format!("o arquivo de chave {} não pode ser gravado", path.display())
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn what_a_crash_has_left_is_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("secret.key");
        let names = ["secret.key", "secret.key.7", "secret.key.old", "other.7", "secret.key.8"];
        for name in names {
            let file = File::create(folder.path().join(name)).unwrap();
            let age = if name == "secret.key.8" { Duration::ZERO } else { WRITTEN_WITHIN * 2 };
            file.set_modified(SystemTime::now() - age).unwrap();
        }
        sweep(&key);
        for name in names {
            let is_there = folder.path().join(name).exists();
            assert_eq!(is_there, name != "secret.key.7", "{name}");
        }
    }
}
