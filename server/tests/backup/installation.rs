//! The installation that is backed up, and the folder it is restored into.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use model::Role;
use server::backup::{self, Summary};
use server::config::{Cli, Config};
use store::{Inbound, NewUser, Store};
use tempfile::TempDir;

/// An installation with one message and two media files. The keys of its number 1 are being written
/// to.
pub(crate) struct Installation {
    /// The folder of everything: the data in `data`, and the files that a test adds.
    pub(crate) folder: TempDir,
    /// The databases are open, as those of a running server and its session are.
    _open: [Store; 2],
}

impl Installation {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let store = Store::open(&sqlite(&data.join("inbox.db"))).await.unwrap();
        let ana = store.operator().create(user("ana")).await.unwrap();
        let number = store.viewer(ana.id).await.unwrap().own_connection().await.unwrap();
        let message = Inbound {
            timestamp: chrono::Utc::now(),
            ..fixtures::text("3EB0C431C26A1916E07A00", "Tem no tamanho M?")
        };
        store.ingest(number).messages(&[message]).await.unwrap();
        // The keys are an SQLite file like any other: this one holds a user.
        let keys = Store::open(&sqlite(&data.join("sessions/1/session.db"))).await.unwrap();
        keys.operator().create(user("chave")).await.unwrap();
        fs::create_dir_all(data.join("sessions/2")).unwrap();
        fs::create_dir_all(data.join("media/1")).unwrap();
        fs::create_dir_all(data.join("media/2")).unwrap();
        // The last two are a file that is being written and an unrelated one.
        for (file, size) in [("7", 30_000), ("8", 0), (".9", 10), ("notes.txt", 10)] {
            fs::write(data.join("media/1").join(file), "mídia".repeat(size)).unwrap();
        }
        Self { folder, _open: [store, keys] }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) async fn back_up(
        &self,
        name: &str,
        passphrase: Option<&str>,
    ) -> anyhow::Result<Summary> {
        backup::create(&config(&self.path("data")), &self.path(name), passphrase).await
    }

    /// Restores a backup into the data folder `to`.
    pub(crate) async fn restore(
        &self,
        name: &str,
        to: &str,
        passphrase: Option<&str>,
    ) -> anyhow::Result<Summary> {
        backup::restore(&config(&self.path(to)), &self.path(name), passphrase).await
    }

    /// Returns the reason why a backup cannot be restored. Nothing is left of the attempt.
    pub(crate) async fn refusal(&self, name: &str, passphrase: Option<&str>) -> String {
        let error = self.restore(name, "refused", passphrase).await.unwrap_err();
        assert_eq!(names(&self.path("refused")), [""; 0], "{error:#}");
        format!("{error:#}")
    }
}

pub(crate) fn config(data_dir: &Path) -> Config {
    let data_dir = data_dir.to_str().unwrap();
    Cli::parse_from(["inbox-pirata", "--data-dir", data_dir]).config
}

pub(crate) fn sqlite(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

fn user(name: &str) -> NewUser {
    NewUser { role: Role::Admin, ..fixtures::new_user(name) }
}

/// The sorted names of a folder's entries; none if there is no folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
