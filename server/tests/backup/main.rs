//! Backup and restore of an installation, and damaged backups.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bombs;
mod full_disk;
mod hostile;
mod installation;
mod killed;

use std::fs;
use std::io::Read as _;
use std::path::Path;

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde_json::{Value, json};
use server::backup::{self, Summary};
use store::{ChatsPage, Store};

use installation::{Installation, config, names, sqlite};

const PASSPHRASE: &str = "tambor lua çedilha 9";

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Rewrites an archive with changed entries, or without some.
fn rewrite(from: &Path, to: &Path, mut change: impl FnMut(&str, Vec<u8>) -> Option<Vec<u8>>) {
    let mut archive = tar::Archive::new(GzDecoder::new(fs::File::open(from).unwrap()));
    let output = GzEncoder::new(fs::File::create(to).unwrap(), Compression::fast());
    let mut changed = tar::Builder::new(output);
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_str().unwrap().to_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let Some(content) = change(&name, content) else { continue };
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        changed.append_data(&mut header, name, content.as_slice()).unwrap();
    }
    changed.into_inner().unwrap().finish().unwrap();
}

/// Returns a changed manifest.
fn manifest(content: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut manifest = serde_json::from_slice(content).unwrap();
    change(&mut manifest);
    serde_json::to_vec(&manifest).unwrap()
}

#[tokio::test]
async fn what_was_backed_up_is_restored() {
    let old = Installation::new().await;
    let before = names(&old.path("data"));
    for (name, passphrase) in [("plain", None), ("sealed", Some(PASSPHRASE))] {
        let expected = Summary { numbers: 1, messages: 1, media: 2, needs_any_size: false };
        assert_eq!(old.back_up(name, passphrase).await.unwrap(), expected);
        assert_eq!(names(&old.path("data")), before, "nothing of ours stays there");
        let restored = format!("{name}-restored");
        assert_eq!(old.restore(name, &restored, passphrase).await.unwrap(), expected);

        let data = old.path(&restored);
        assert_eq!(names(&data), ["inbox.db", "media", "sessions"]);
        assert_eq!(names(&data.join("sessions")), ["1"]);
        assert_eq!(names(&data.join("sessions/1")), ["session.db"]);
        // Unfinished and unrelated files are not restored.
        assert_eq!(names(&data.join("media")), ["1"]);
        assert_eq!(names(&data.join("media/1")), ["7", "8"]);
        for file in ["media/1/7", "media/1/8"] {
            let (is, was) = (data.join(file), old.path("data").join(file));
            assert!(fs::read(is).unwrap() == fs::read(was).unwrap(), "{file}");
        }
        #[cfg(unix)]
        {
            assert_eq!(mode(&old.path(name)), 0o600);
            for folder in ["", "sessions", "sessions/1", "media", "media/1"] {
                assert_eq!(mode(&data.join(folder)), 0o700, "{folder}");
            }
            for file in ["inbox.db", "sessions/1/session.db", "media/1/7", "media/1/8"] {
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
            let message = old.refusal("cut", passphrase).await;
            assert!(message.contains(damaged), "{name} of {cut} bytes: {message}");
        }
        for place in [whole.len() / 2, whole.len() - 6] {
            let mut altered = whole.clone();
            altered[place] ^= 0x10;
            fs::write(old.path("altered"), &altered).unwrap();
            let message = old.refusal("altered", passphrase).await;
            assert!(message.contains(damaged), "{name} at {place}: {message}");
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
        rewrite(&old.path("plain"), &old.path("changed"), |name, content| match name {
            "manifest.json" => Some(manifest(&content, change)),
            _ => Some(content),
        });
        old.refusal("changed", None).await
    };
    let damaged = "incompleto ou foi alterado";
    let changes: [fn(&mut Value); 6] = [
        |manifest| manifest["tables"]["message"]["rows"] = json!(2),
        |manifest| manifest["tables"]["message"]["file"]["size"] = json!(7),
        |manifest| manifest["sessions"]["1/session.db"]["sha256"] = json!("00"),
        |manifest| manifest["sessions"] = json!({}),
        |manifest| manifest["media"]["1/7"]["size"] = json!(7),
        |manifest| manifest["media"] = json!({}),
    ];
    for (which, change) in changes.into_iter().enumerate() {
        let message = refusal(change).await;
        assert!(message.contains(damaged), "change {which}: {message}");
    }
    let newer = "versão mais nova";
    assert!(refusal(|manifest| manifest["format"] = json!(2)).await.contains(newer));
    let message = refusal(|manifest| {
        let migrations = manifest["migrations"].as_array_mut().unwrap();
        migrations.push(json!("m9999_later"));
    })
    .await;
    assert!(message.contains(newer) && message.contains("m9999_later"), "{message}");
}

#[tokio::test]
async fn media_that_were_altered_or_are_not_there_are_refused() {
    let old = Installation::new().await;
    old.back_up("plain", None).await.unwrap();
    let altered = |content: &[u8]| -> Vec<u8> { content.iter().map(|byte| byte ^ 1).collect() };
    let changes: [&dyn Fn(Vec<u8>) -> Option<Vec<u8>>; 3] = [
        &|content: Vec<u8>| Some(altered(&content)),
        &|content: Vec<u8>| Some(content[1..].to_vec()),
        &|_: Vec<u8>| None,
    ];
    for (which, change) in changes.into_iter().enumerate() {
        rewrite(&old.path("plain"), &old.path("changed"), |name, content| match name {
            "media/1/7" => change(content),
            _ => Some(content),
        });
        let message = old.refusal("changed", None).await;
        assert!(message.contains("incompleto ou foi alterado"), "change {which}: {message}");
    }
}

#[tokio::test]
async fn a_backup_of_the_time_before_media_is_restored() {
    let old = Installation::new().await;
    old.back_up("plain", None).await.unwrap();
    rewrite(&old.path("plain"), &old.path("older"), |name, content| match name {
        "manifest.json" => Some(manifest(&content, |manifest| {
            manifest.as_object_mut().unwrap().remove("media").unwrap();
        })),
        _ if name.starts_with("media/") => None,
        _ => Some(content),
    });
    let expected = Summary { numbers: 1, messages: 1, media: 0, needs_any_size: false };
    assert_eq!(old.restore("older", "restored", None).await.unwrap(), expected);
    assert_eq!(names(&old.path("restored")), ["inbox.db", "sessions"]);
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let old = Installation::new().await;
    old.back_up("plain", None).await.unwrap();
    let message = |refused: anyhow::Result<Summary>| format!("{:#}", refused.unwrap_err());

    let taken = message(old.restore("plain", "data", None).await);
    assert!(taken.contains("já existe um banco de dados"), "{taken}");
    fs::create_dir_all(old.path("keys/sessions/1")).unwrap();
    let taken = message(old.restore("plain", "keys", None).await);
    assert!(taken.contains("já existem sessões"), "{taken}");
    assert_eq!(names(&old.path("keys")), ["sessions"]);
    fs::create_dir_all(old.path("files/media/1")).unwrap();
    let taken = message(old.restore("plain", "files", None).await);
    assert!(taken.contains("já existem mídias"), "{taken}");
    assert_eq!(names(&old.path("files")), ["media"]);

    let bytes = fs::read(old.path("plain")).unwrap();
    assert!(message(old.back_up("plain", None).await).contains("já existe"));
    assert_eq!(fs::read(old.path("plain")).unwrap(), bytes);
    let part = fs::File::create(old.path("other.part")).unwrap();
    part.lock().unwrap();
    assert!(message(old.back_up("other", None).await).contains("outro backup está em andamento"));
    assert!(old.path("other.part").exists(), "it is somebody else's");
    drop(part);
    old.back_up("other", None).await.unwrap();
    assert!(!old.path("other.part").exists(), "nobody was at work on it");
}

#[tokio::test]
async fn a_backup_that_fails_leaves_no_file() {
    let old = Installation::new().await;
    // This file is not a database.
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
