//! A file that is locked while a server runs, and says which one.

use std::fs::{self, File};
use std::io::{Seek as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use tokio::time::Instant;

use crate::backup::lock::{Lock, lock};

/// How long one waits for a process that is being ended: the system closes its files one by one.
const PATIENCE: Duration = Duration::from_secs(3);
/// How the line with the server's address begins.
const ADDRESS: &str = "endereço ";
const BETWEEN: Duration = Duration::from_millis(50);

/// Locked as long as this lives, and removed with it.
pub(super) struct LockFile {
    path: PathBuf,
    file: File,
    /// Removed at the end only if it is: without locks nobody can tell whose it is.
    is_locked: bool,
}

impl LockFile {
    pub(super) async fn take(path: &Path) -> anyhow::Result<Self> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let file =
                open(path).with_context(|| format!("{} não pode ser criado", path.display()))?;
            let is_locked = match lock(&file, path) {
                Lock::Ours => true,
                Lock::Others if Instant::now() < deadline => {
                    tokio::time::sleep(BETWEEN).await;
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

    /// Who has it is a help to people only, so a disk that takes no more bytes keeps nobody from starting.
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
            // While it is still locked, so that it is nobody else's by now.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The address that a server has written into its file.
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
