//! Ensures that one server uses a set of data. Two servers with the same keys disconnect each other
//! at WhatsApp, and the order of live events relies on one writing process.
//!
//! * `file`: locks the data folder, and an SQLite file wherever it is, by a locked file beside
//!   them.
//! * A PostgreSQL database is locked by a connection of its own ([`store::Claim`]). `watch` takes
//!   the lock again when that connection is lost, or stops the server.
//!
//! The system releases both locks when a process ends, however it ends. Commands that work beside a
//! server (`user`, `backup`) take neither.

mod file;
mod watch;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use store::backup::sqlite_file;
use store::{Claim, Claimed, Holder};

use self::file::LockFile;
use crate::config::{Config, DATABASE};

/// Exclusive use of the data until it is dropped.
pub(crate) struct Exclusive {
    files: Vec<LockFile>,
    claim: Option<Claim>,
}

impl Exclusive {
    /// Makes this process the only server of the data of `config`, whose folder exists. Waits a
    /// moment for another server that is just ending.
    ///
    /// # Errors
    /// Fails with the other server, and with advice.
    pub(crate) async fn take(config: &Config) -> anyhow::Result<Self> {
        let url = config.database_url().context("a pasta atual não pode ser lida")?;
        let mut files: Vec<LockFile> = Vec::new();
        for path in paths(config, sqlite_file(&url))? {
            files.push(LockFile::take(&path).await?);
        }
        let claim = match sqlite_file(&url) {
            Some(_) => None,
            None => Some(claim(&url).await?),
        };
        Ok(Self { files, claim })
    }

    /// Writes the server's address into the locks, for the refusal of a second server.
    pub(crate) async fn announce(&mut self, address: &str) {
        for file in &mut self.files {
            file.announce(address);
        }
        if let Some(claim) = &mut self.claim {
            claim.announce(address).await;
        }
    }
}

/// The address of the server that is using a data folder.
pub(crate) fn address(data_dir: &Path) -> Option<SocketAddr> {
    file::address(&beside(&data_dir.join(DATABASE)))
}

/// The files to lock: one of the data folder and one of an SQLite file. They are the same unless
/// the database lies elsewhere.
fn paths(config: &Config, database: Option<PathBuf>) -> anyhow::Result<Vec<PathBuf>> {
    let folder = &config.data_dir;
    let folder = folder.canonicalize().with_context(|| unusable(folder))?;
    let mut paths = vec![beside(&folder.join(DATABASE))];
    if let Some(database) = database {
        let parent = database.parent().unwrap_or(Path::new("/"));
        std::fs::create_dir_all(parent).with_context(|| unusable(parent))?;
        // Resolves links, also for a database file that does not exist yet.
        let real = database.canonicalize().or_else(|_| {
            Ok::<_, std::io::Error>(
                parent.canonicalize()?.join(database.file_name().unwrap_or_default()),
            )
        });
        let path = beside(&real.with_context(|| unusable(parent))?);
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    Ok(paths)
}

fn unusable(folder: &Path) -> String {
    format!("a pasta {} não pode ser usada", folder.display())
}

fn beside(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    path.into()
}

async fn claim(url: &str) -> anyhow::Result<Claim> {
    match Claim::take(url).await.context("o banco de dados não pôde ser aberto")? {
        Claimed::Ours(claim) => Ok(*claim),
        Claimed::Others(holder) => Err(taken_database(&holder)),
    }
}

fn taken_database(holder: &Holder) -> anyhow::Error {
    let who = holder.as_str().map_or_else(String::new, |who| format!(" ({who})"));
    anyhow!(
        "outro processo do inbox-pirata já usa este banco PostgreSQL{who}, e dois com os mesmos números \
         derrubam um ao outro; pare o outro primeiro, ou dê a este outro banco com --database-url. Se a \
         máquina do outro caiu, espere meio minuto e inicie de novo"
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::config::Cli;

    fn config(data_dir: &Path, database: Option<&str>) -> Config {
        let mut flags = vec!["inbox-pirata", "--data-dir", data_dir.to_str().unwrap()];
        flags.extend(database.into_iter().flat_map(|url| ["--database-url", url]));
        Cli::parse_from(flags).config
    }

    #[tokio::test]
    async fn a_folder_is_had_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), None);
        let mut first = Exclusive::take(&config).await.unwrap();
        first.announce("127.0.0.1:3000").await;
        let refused = Exclusive::take(&config).await.err().unwrap().to_string();
        let pid = std::process::id().to_string();
        for part in [pid.as_str(), "127.0.0.1:3000", "--data-dir"] {
            assert!(refused.contains(part), "{part}: {refused}");
        }
        drop(first);
        Exclusive::take(&config).await.unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
    }

    #[tokio::test]
    async fn one_sqlite_file_under_two_folders_is_had_by_one_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        let [a, b] = ["a", "b"].map(|name| root.path().join(name));
        for folder in [&a, &b] {
            std::fs::create_dir(folder).unwrap();
        }
        let of_a = format!("sqlite://{}/inbox.db", a.display());
        let first = Exclusive::take(&config(&a, None)).await.unwrap();
        assert!(Exclusive::take(&config(&b, Some(&of_a))).await.is_err());
        drop(first);
        #[cfg(unix)]
        {
            let link = root.path().join("link");
            std::os::unix::fs::symlink(&a, &link).unwrap();
            let _first = Exclusive::take(&config(&b, Some(&of_a))).await.unwrap();
            assert!(Exclusive::take(&config(&link, None)).await.is_err());
        }
    }
}
