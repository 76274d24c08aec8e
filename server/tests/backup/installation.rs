//! What is backed up, and where it is restored.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use model::{MessageKind, Role};
use server::backup::{self, Summary};
use server::config::{Cli, Config};
use store::{Inbound, NewUser, Peer, Store};
use tempfile::TempDir;

/// An installation with one message and two media files, whose number 1 has keys that are being written
/// to.
pub(crate) struct Installation {
    /// Where everything is: the data in `data`, and what a test adds.
    pub(crate) folder: TempDir,
    /// Open, as a running server and its session have them.
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
            peer: Peer { pn: Some("5561998124471@s.whatsapp.net".into()), ..Peer::default() },
            group: None,
            from_me: false,
            sender: None,
            wa_id: "3EB0C431C26A1916E07A00".into(),
            kind: MessageKind::Text,
            text: "Tem no tamanho M?".into(),
            timestamp: chrono::Utc::now(),
            push_name: Some("Cláudia Menezes".into()),
            offline: false,
            original: None,
            media: None,
            amends: None,
        };
        store.ingest(number).messages(&[message]).await.unwrap();
        // Keys are an SQLite file like any other: this one holds a person.
        let keys = Store::open(&sqlite(&data.join("sessions/1/session.db"))).await.unwrap();
        keys.operator().create(user("chave")).await.unwrap();
        fs::create_dir_all(data.join("sessions/2")).unwrap();
        fs::create_dir_all(data.join("media/1")).unwrap();
        fs::create_dir_all(data.join("media/2")).unwrap();
        // The last two: being written, and nothing of ours.
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

    /// Why a backup cannot be restored. Nothing is left of the attempt.
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
    NewUser {
        name: name.into(),
        email: format!("{name}@loja.example"),
        password: "uma senha comprida".into(),
        role: Role::Admin,
    }
}

/// What is in a folder, in order; nothing, if there is none.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
