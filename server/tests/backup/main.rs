//! One file that holds an installation, and what becomes of it when something is wrong with it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use model::{MessageKind, Role};
use serde_json::{Value, json};
use server::backup::{self, Summary};
use server::config::{Cli, Config};
use store::{ChatsPage, Inbound, NewUser, Peer, Store};
use tempfile::TempDir;

const PASSPHRASE: &str = "tambor lua çedilha 9";

/// An installation with one message, whose number 1 has keys that are being written to.
struct Installation {
    folder: TempDir,
    /// Open, as a running server and its session have them.
    _open: [Store; 2],
}

impl Installation {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let store = Store::open(&sqlite(&data.join("inbox.db"))).await.unwrap();
        let ana = store.operator().create(user("ana")).await.unwrap();
        let number = store.viewer(ana.id).await.unwrap().own_connection().await.unwrap();
        let message = Inbound {
            peer: Peer { lid: None, pn: Some("5561998124471@s.whatsapp.net".into()) },
            group: None,
            from_me: false,
            sender: None,
            wa_id: "3EB0C431C26A1916E07A00".into(),
            kind: MessageKind::Text,
            text: "Tem no tamanho M?".into(),
            timestamp: chrono::Utc::now(),
            push_name: Some("Cláudia Menezes".into()),
            offline: false,
        };
        store.ingest(number).messages(&[message]).await.unwrap();
        // Keys are an SQLite file like any other: this one holds a person.
        let keys = Store::open(&sqlite(&data.join("sessions/1/session.db"))).await.unwrap();
        keys.operator().create(user("chave")).await.unwrap();
        fs::create_dir_all(data.join("sessions/2")).unwrap();
        Self { folder, _open: [store, keys] }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn back_up(&self, name: &str, passphrase: Option<&str>) -> anyhow::Result<Summary> {
        backup::create(&config(&self.path("data")), &self.path(name), passphrase).await
    }

    /// Restores a backup into the data folder `to`.
    async fn restore(
        &self,
        name: &str,
        to: &str,
        passphrase: Option<&str>,
    ) -> anyhow::Result<Summary> {
        backup::restore(&config(&self.path(to)), &self.path(name), passphrase).await
    }

    /// Why a backup cannot be restored. Nothing is left of the attempt.
    async fn refusal(&self, name: &str, passphrase: Option<&str>) -> String {
        let error = self.restore(name, "refused", passphrase).await.unwrap_err();
        assert_eq!(names(&self.path("refused")), [""; 0], "{error:#}");
        format!("{error:#}")
    }
}

fn config(data_dir: &Path) -> Config {
    let data_dir = data_dir.to_str().unwrap();
    Cli::parse_from(["inbox-pirata", "--data-dir", data_dir]).config
}

fn sqlite(file: &Path) -> String {
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
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Writes an archive anew with another manifest.
fn with_manifest(from: &Path, to: &Path, change: impl FnOnce(&mut Value)) {
    let mut change = Some(change);
    let mut archive = tar::Archive::new(GzDecoder::new(fs::File::open(from).unwrap()));
    let output = GzEncoder::new(fs::File::create(to).unwrap(), Compression::fast());
    let mut changed = tar::Builder::new(output);
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        if name == Path::new("manifest.json") {
            let mut manifest = serde_json::from_slice(&content).unwrap();
            (change.take().unwrap())(&mut manifest);
            content = serde_json::to_vec(&manifest).unwrap();
        }
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        changed.append_data(&mut header, name, content.as_slice()).unwrap();
    }
    changed.into_inner().unwrap().finish().unwrap();
}

#[tokio::test]
async fn what_was_backed_up_is_restored() {
    let old = Installation::new().await;
    let before = names(&old.path("data"));
    for (name, passphrase) in [("plain", None), ("sealed", Some(PASSPHRASE))] {
        let expected = Summary { numbers: 1, messages: 1 };
        assert_eq!(old.back_up(name, passphrase).await.unwrap(), expected);
        assert_eq!(names(&old.path("data")), before, "nothing of ours stays there");
        let restored = format!("{name}-restored");
        assert_eq!(old.restore(name, &restored, passphrase).await.unwrap(), expected);

        let data = old.path(&restored);
        assert_eq!(names(&data), ["inbox.db", "sessions"]);
        assert_eq!(names(&data.join("sessions")), ["1"]);
        assert_eq!(names(&data.join("sessions/1")), ["session.db"]);
        #[cfg(unix)]
        {
            assert_eq!(mode(&old.path(name)), 0o600);
            for folder in ["", "sessions", "sessions/1"] {
                assert_eq!(mode(&data.join(folder)), 0o700, "{folder}");
            }
            for file in ["inbox.db", "sessions/1/session.db"] {
                assert_eq!(mode(&data.join(file)), 0o600, "{file}");
            }
        }
        let store = Store::open(&sqlite(&data.join("inbox.db"))).await.unwrap();
        let ana = store.operator().list().await.unwrap().remove(0);
        let viewer = store.viewer(ana.id).await.unwrap();
        let page = ChatsPage { connection: None, before: None, limit: 10 };
        let chat = viewer.chats(page).await.unwrap().remove(0);
        let messages = viewer.messages(chat.id, None, 10).await.unwrap();
        assert_eq!(messages[0].text, "Tem no tamanho M?");
        let keys = Store::open(&sqlite(&data.join("sessions/1/session.db"))).await.unwrap();
        assert_eq!(keys.operator().list().await.unwrap()[0].name, "chave");
    }
    assert_eq!(
        names(old.folder.path()),
        ["data", "plain", "plain-restored", "sealed", "sealed-restored"]
    );
}

#[tokio::test]
async fn a_passphrase_is_asked_for_and_checked() {
    let old = Installation::new().await;
    old.back_up("sealed", Some(PASSPHRASE)).await.unwrap();
    let bytes = fs::read(old.path("sealed")).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1\n-> scrypt "), "any age tool opens it");
    assert!(old.refusal("sealed", None).await.contains("--passphrase-stdin"));
    assert!(
        old.refusal("sealed", Some("outra senha")).await.contains("a senha do backup está errada")
    );
}

#[tokio::test]
async fn a_damaged_file_is_refused() {
    let old = Installation::new().await;
    let damaged = "incompleto ou foi alterado";
    for (name, passphrase) in [("plain", None), ("sealed", Some(PASSPHRASE))] {
        old.back_up(name, passphrase).await.unwrap();
        let whole = fs::read(old.path(name)).unwrap();
        for cut in [whole.len() / 2, whole.len() - 1] {
            fs::write(old.path("cut"), &whole[..cut]).unwrap();
            let words = old.refusal("cut", passphrase).await;
            assert!(words.contains(damaged), "{name} of {cut} bytes: {words}");
        }
        for place in [whole.len() / 2, whole.len() - 6] {
            let mut altered = whole.clone();
            altered[place] ^= 0x10;
            fs::write(old.path("altered"), &altered).unwrap();
            let words = old.refusal("altered", passphrase).await;
            assert!(words.contains(damaged), "{name} at {place}: {words}");
        }
    }
    fs::write(old.path("letter"), "isto é uma carta").unwrap();
    assert!(old.refusal("letter", None).await.contains("não é um backup"));
    fs::write(old.path("empty"), "").unwrap();
    assert!(old.refusal("empty", None).await.contains("não é um backup"));
    assert!(old.refusal("missing", None).await.contains("não pode ser aberto"));
}

#[tokio::test]
async fn what_the_manifest_says_has_to_be_so() {
    let old = Installation::new().await;
    old.back_up("plain", None).await.unwrap();
    let refusal = async |change: fn(&mut Value)| {
        with_manifest(&old.path("plain"), &old.path("changed"), change);
        old.refusal("changed", None).await
    };
    let damaged = "incompleto ou foi alterado";
    let changes: [fn(&mut Value); 4] = [
        |manifest| manifest["tables"]["message"]["rows"] = json!(2),
        |manifest| manifest["tables"]["message"]["file"]["size"] = json!(7),
        |manifest| manifest["sessions"]["1/session.db"]["sha256"] = json!("00"),
        |manifest| manifest["sessions"] = json!({}),
    ];
    for (which, change) in changes.into_iter().enumerate() {
        let words = refusal(change).await;
        assert!(words.contains(damaged), "change {which}: {words}");
    }
    let newer = "versão mais nova";
    assert!(refusal(|manifest| manifest["format"] = json!(2)).await.contains(newer));
    let words = refusal(|manifest| {
        let migrations = manifest["migrations"].as_array_mut().unwrap();
        migrations.push(json!("m9999_later"));
    })
    .await;
    assert!(words.contains(newer) && words.contains("m9999_later"), "{words}");
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let old = Installation::new().await;
    old.back_up("plain", None).await.unwrap();
    let words = |refused: anyhow::Result<Summary>| format!("{:#}", refused.unwrap_err());

    let taken = words(old.restore("plain", "data", None).await);
    assert!(taken.contains("já existe um banco de dados"), "{taken}");
    fs::create_dir_all(old.path("keys/sessions/1")).unwrap();
    let taken = words(old.restore("plain", "keys", None).await);
    assert!(taken.contains("já existem sessões"), "{taken}");
    assert_eq!(names(&old.path("keys")), ["sessions"]);

    let bytes = fs::read(old.path("plain")).unwrap();
    assert!(words(old.back_up("plain", None).await).contains("já existe"));
    assert_eq!(fs::read(old.path("plain")).unwrap(), bytes);
    fs::write(old.path("other.part"), "").unwrap();
    assert!(words(old.back_up("other", None).await).contains("outro backup está em andamento"));
    assert!(old.path("other.part").exists(), "it is somebody else's");
}

#[tokio::test]
async fn a_backup_that_fails_leaves_no_file() {
    let old = Installation::new().await;
    // Keys that are none.
    fs::write(old.path("data/sessions/2/session.db"), "isto não é um banco de dados ".repeat(99))
        .unwrap();
    let error = old.back_up("file", None).await.unwrap_err();
    assert!(format!("{error:#}").contains("chaves"), "{error:#}");
    assert_eq!(names(old.folder.path()), ["data"]);
    assert!(names(&old.path("data")).iter().all(|name| !name.starts_with(".backup")));
    assert!(old.back_up("no/such/folder", None).await.is_err());

    let nothing = tempfile::tempdir().unwrap();
    let file = nothing.path().join("file");
    assert!(backup::create(&config(nothing.path()), &file, None).await.is_err());
    assert_eq!(names(nothing.path()), [""; 0]);
}
