//! A changed backup is restored or refused; a refusal leaves nothing behind.

use std::fs;
use std::io::{Read as _, Write as _};

use ::hostile::{mutated, values};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::installation::{Installation, names};
use crate::rewrite;

/// Tries to restore an archive. A manifest that names folders keeps being read, so only the folder
/// tells a refusal from a panic.
async fn try_restore(old: &Installation, name: &str) -> bool {
    let restored = old.restore(name, "tried", None).await;
    let folder = old.path("tried");
    if let Err(error) = &restored {
        assert_eq!(names(&folder), [""; 0], "{error:#}");
    }
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    restored.is_ok()
}

fn unzipped(bytes: &[u8]) -> Vec<u8> {
    let mut inside = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut inside).unwrap();
    inside
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut outside = GzEncoder::new(Vec::new(), Compression::fast());
    outside.write_all(bytes).unwrap();
    outside.finish().unwrap()
}

#[tokio::test]
async fn any_changed_backup_is_restored_whole_or_refused() {
    let old = Installation::new().await;
    old.back_up("plain", None).await.unwrap();
    let whole = fs::read(old.path("plain")).unwrap();
    let changed = prop_oneof![
        1 => mutated(vec![whole.clone()]).boxed(),
        1 => mutated(vec![unzipped(&whole)]).prop_map(|inside| zipped(&inside)).boxed(),
        1 => ::hostile::bytes(600).boxed(),
        1 => ::hostile::bytes(600).prop_map(|inside| zipped(&inside)).boxed(),
    ];
    for bytes in values(24, changed) {
        fs::write(old.path("changed"), bytes).unwrap();
        try_restore(&old, "changed").await;
    }
}

/// The manifest of the archive is valid; its table and keys are not.
#[tokio::test]
async fn any_changed_content_under_a_right_manifest_is_restored_or_refused() {
    let old = Installation::new().await;
    old.back_up("plain", None).await.unwrap();
    let mut entries = Vec::new();
    rewrite(&old.path("plain"), &old.path("copy"), |name, content| {
        entries.push((name.to_owned(), content.clone()));
        Some(content)
    });
    assert!(try_restore(&old, "copy").await, "what is copied is restored");
    let contents: Vec<_> = entries.iter().map(|(_, content)| content.clone()).collect();
    let which = any::<prop::sample::Index>();
    let cases = which.prop_flat_map(move |which| {
        let at = which.index(contents.len());
        (Just(at), mutated(vec![contents[at].clone()]), ::hostile::text())
    });
    for (at, bytes, text) in values(32, cases) {
        let changed = &entries[at].0;
        rewrite(&old.path("plain"), &old.path("changed"), |name, content| {
            if name == changed {
                return Some(bytes.clone());
            }
            if name != "manifest.json" {
                return Some(content);
            }
            let mut manifest: Value = serde_json::from_slice(&content).unwrap();
            let file =
                json!({ "size": bytes.len(), "sha256": hex::encode(Sha256::digest(&bytes)) });
            for (kind, place) in [("tables", "/file"), ("sessions", ""), ("media", "")] {
                for (key, entry) in manifest[kind].as_object_mut().into_iter().flatten() {
                    if changed.contains(key.as_str()) {
                        *entry.pointer_mut(place).unwrap() = file.clone();
                    }
                }
            }
            manifest["program"] = json!(text);
            Some(serde_json::to_vec(&manifest).unwrap())
        });
        try_restore(&old, "changed").await;
    }
}
