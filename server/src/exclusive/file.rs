//! A file that is locked while a server runs and contains the server's process id and address.

use std::fs::{self, File};
use std::io::{Seek as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use tokio::time::Instant;

use crate::lock::{Lock, lock};

/// Time to wait for a process that is ending: the system closes its files one by one.
const LOCK_TIMEOUT: Duration = Duration::from_secs(3);
/// Prefix of the line with the server's address.
const ADDRESS: &str = "endereço ";
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// The lock is held until this is dropped, which also removes the file.
pub(super) struct LockFile {
    path: PathBuf,
    file: File,
    /// The file is removed at the end only if it is locked: without locks its owner is unknown.
    is_locked: bool,
}

impl LockFile {
    pub(super) async fn take(path: &Path) -> anyhow::Result<Self> {
        let deadline = Instant::now() + LOCK_TIMEOUT;
        loop {
            let file =
                open(path).with_context(|| format!("{} não pode ser criado", path.display()))?;
            let is_locked = match lock(&file, path) {
                Lock::Ours => true,
                Lock::Others if Instant::now() < deadline => {
                    tokio::time::sleep(RETRY_PAUSE).await;
                    continue;
                }
                Lock::Others => return Err(taken(path)),
                Lock::Unknown => {
                    tracing::warn!(
                        file = %path.display(),
                        "this disk has no locks: make sure yourself that only one server uses it"
                    );
                    false
                }
            };
            let mut taken = Self { path: path.to_owned(), file, is_locked };
            taken.write("");
            return Ok(taken);
        }
    }

    pub(super) fn announce(&mut self, address: &str) {
        self.write(&format!("\n{ADDRESS}{address}"));
    }

    /// Writes the holder, which only helps people: a full disk does not prevent the start.
    fn write(&mut self, more: &str) {
        let content = format!("processo {}{more}\n", std::process::id());
        let written = self.file.set_len(0).and_then(|()| {
            self.file.rewind()?;
            self.file.write_all(content.as_bytes())
        });
        if let Err(error) = written {
            tracing::debug!(%error, "the lock file does not say whose it is");
        }
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        if self.is_locked {
            // The file is removed while it is still locked, so that it cannot be another server's.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Reads the address that a server wrote into its file.
pub(super) fn address(path: &Path) -> Option<SocketAddr> {
    let content = fs::read_to_string(path).ok()?;
    content.lines().find_map(|line| line.strip_prefix(ADDRESS)?.parse().ok())
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

fn taken(path: &Path) -> anyhow::Error {
    let holder = fs::read_to_string(path).unwrap_or_default();
    let holder = holder.lines().map(str::trim).filter(|line| !line.is_empty());
    let holder = holder.collect::<Vec<_>>().join(", ");
    let who = if holder.is_empty() { String::new() } else { format!(" ({holder})") };
    anyhow!(
        "outro processo do inbox-pirata já usa os dados em {}{who}, e dois com os mesmos números derrubam \
         um ao outro; pare o outro primeiro, ou dê a este outra pasta com --data-dir e outro banco, se \
         for o caso, com --database-url",
        path.parent().unwrap_or(path).display()
    )
}
