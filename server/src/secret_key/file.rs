//! A key file: written whole under another name, and on the disk before anything is encrypted under it.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use secrecy::{ExposeSecret as _, SecretString};
use store::SecretKeys;

use super::unwritable;
use crate::backup::create_private;

/// In bytes: some hundred keys, and no more is read of what is no key file.
const LARGEST: u64 = 16 * 1024;

/// Writing a key file takes far less. One under its other name that is older was left by a crash.
const WRITTEN_WITHIN: Duration = Duration::from_secs(60);

/// A key file that was made just now. Removed again unless it is to stay.
#[must_use]
pub(crate) struct Made {
    path: PathBuf,
    stays: bool,
}

impl Made {
    pub(crate) fn stay(mut self) {
        self.stays = true;
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if !self.stays {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The keys in a file; `None` if there is no file.
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
        // Not text, so no key.
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

/// Makes a file with a new key, or reads the one that another process has made meanwhile.
pub(super) fn make(path: &Path) -> anyhow::Result<(SecretKeys, Made)> {
    let keys = SecretKeys::generate()?;
    let aside = aside(path);
    write(&aside, &keys, folder_of(path))?;
    // Unlike renaming, it does not write over a file that is there by now.
    let placed = match fs::hard_link(&aside, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) => Ok(()),
        // A disk without links.
        Err(_) if !path.exists() => fs::rename(&aside, path),
        Err(error) => Err(error),
    };
    let _ = fs::remove_file(&aside);
    match placed {
        Ok(()) => {
            sync_folder(path);
            Ok((keys, Made { path: path.to_owned(), stays: false }))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let theirs = read(path)?.ok_or_else(|| anyhow!(unwritable(path)))?;
            Ok((theirs, Made { path: path.to_owned(), stays: true }))
        }
        Err(error) => Err(error).with_context(|| unwritable(path)),
    }
}

/// Puts these keys in the place of those that are there.
pub(super) fn replace(path: &Path, keys: &SecretKeys) -> anyhow::Result<()> {
    // Where a link leads, or the link would be replaced.
    let path = &path.canonicalize().with_context(|| unwritable(path))?;
    let aside = aside(path);
    write(&aside, keys, path)?;
    fs::rename(&aside, path).with_context(|| unwritable(path)).inspect_err(|_| {
        let _ = fs::remove_file(&aside);
    })?;
    sync_folder(path);
    Ok(())
}

/// Removes what processes have left that crashed while they wrote these keys: they are in it.
pub(super) fn sweep(path: &Path) {
    let Ok(path) = path.canonicalize() else { return };
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return };
    let Ok(entries) = fs::read_dir(folder_of(&path)) else { return };
    for entry in entries.flatten() {
        let found = entry.file_name();
        let process = found.to_str().and_then(|found| found.strip_prefix(name)?.strip_prefix('.'));
        let is_aside = process.is_some_and(|process| process.parse::<u32>().is_ok());
        let age = entry.metadata().and_then(|metadata| metadata.modified()).ok();
        let age = age.and_then(|modified| modified.elapsed().ok());
        if is_aside && age.is_some_and(|age| age > WRITTEN_WITHIN) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A name for each process: two that make a key at once do not write into the same file.
fn aside(path: &Path) -> PathBuf {
    let mut aside = path.as_os_str().to_owned();
    aside.push(format!(".{}", std::process::id()));
    aside.into()
}

/// The file belongs to whom `like` does, whoever makes it.
fn write(path: &Path, keys: &SecretKeys, like: &Path) -> anyhow::Result<()> {
    // What a process of the same number has left.
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

/// A name is on the disk once its folder is. Not every system opens folders.
fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}

fn folder_of(path: &Path) -> &Path {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// A command that root runs must not keep the server, which runs as somebody else, from its key. SQLite
/// does the same with its own files.
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
