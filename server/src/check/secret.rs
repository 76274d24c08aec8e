//! The secret by which the server recognises the command.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// File in the data folder, which strangers cannot read.
const FILE: &str = "check.secret";
/// Lifetime of a secret, which bounds one left by a killed command.
const LASTS: Duration = Duration::from_secs(900);

/// The header that carries the secret.
pub(crate) const HEADER: &str = "x-inbox-check";

/// A secret whose file is removed on drop.
pub(crate) struct Secret {
    path: PathBuf,
    value: String,
}

impl Secret {
    pub(super) fn create(data_dir: &Path) -> io::Result<Self> {
        let path = data_dir.join(FILE);
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let value = hex::encode(random);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(&path)?;
        let secret = Self { path, value };
        file.write_all(secret.value.as_bytes())?;
        Ok(secret)
    }

    pub(super) fn value(&self) -> &str {
        &self.value
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The secret of the running command, for the server.
pub(crate) fn current(data_dir: &Path) -> Option<String> {
    let path = data_dir.join(FILE);
    let age = fs::metadata(&path).ok()?.modified().ok()?.elapsed().unwrap_or_default();
    let secret = fs::read_to_string(path).ok()?;
    (age < LASTS && secret.len() == 64).then_some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_good_while_the_command_runs() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(current(folder.path()), None);
        let first = Secret::create(folder.path()).unwrap();
        let second = Secret::create(folder.path()).unwrap();
        assert_ne!(first.value(), second.value());
        assert_eq!(current(folder.path()).as_deref(), Some(second.value()));
        let file = File::options().write(true).open(folder.path().join(FILE)).unwrap();
        file.set_modified(std::time::SystemTime::now() - 2 * LASTS).unwrap();
        assert_eq!(current(folder.path()), None, "left by a command that was killed");
        drop(second);
        assert!(!folder.path().join(FILE).exists());
    }
}
