//! Harmful archives are refused with a sentence, before they cost much, and nothing is left of
//! them.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use flate2::{Compress, Compression, FlushCompress, write::GzEncoder};
use sha2::{Digest as _, Sha256};
use tar::EntryType;

use crate::installation::Installation;
use crate::{PASSPHRASE, manifest, rewrite};

const DAMAGED: &str = "incompleto ou foi alterado";
const NO_FILE: &str = "um atalho ou outra coisa que um backup não tem";
const GIB: u64 = 1 << 30;

/// The head of an entry, without validation of its name.
fn header(name: &str, kind: EntryType, size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o600);
    header.set_cksum();
    header
}

/// An archive of these entries: their heads, and the bytes after each.
fn archive<'a>(to: &Path, entries: impl IntoIterator<Item = (tar::Header, &'a [u8])>) {
    let mut output = GzEncoder::new(File::create(to).unwrap(), Compression::fast());
    for (header, content) in entries {
        output.write_all(header.as_bytes()).unwrap();
        output.write_all(content).unwrap();
        output.write_all(&vec![0; content.len().next_multiple_of(512) - content.len()]).unwrap();
    }
    output.write_all(&[0; 1024]).unwrap();
    output.finish().unwrap();
}

fn regular(name: &str, size: u64) -> tar::Header {
    header(name, EntryType::Regular, size)
}

#[tokio::test]
async fn names_that_lead_elsewhere_and_what_is_no_file_are_refused() {
    let old = Installation::new().await;
    let file = old.path("hostile");
    for name in
        ["../x", "/etc/x", "media/1/../../x", "media/../../x", "sessions/1/../x", "inbox.db"]
    {
        archive(&file, [(regular(name, 1), &b"x"[..])]);
        let message = old.refusal("hostile", None).await;
        assert!(message.contains(DAMAGED), "{name}: {message}");
    }
    for kind in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Directory,
        EntryType::Char,
        EntryType::Block,
        EntryType::Fifo,
        EntryType::Continuous,
        EntryType::GNUSparse,
        EntryType::GNULongName,
        EntryType::GNULongLink,
        EntryType::XHeader,
        EntryType::XGlobalHeader,
    ] {
        let mut link = header("media/1/7", kind, 0);
        link.as_old_mut().linkname[..11].copy_from_slice(b"/etc/passwd");
        link.set_cksum();
        archive(&file, [(link, &b""[..])]);
        let message = old.refusal("hostile", None).await;
        assert!(message.contains(NO_FILE), "{kind:?}: {message}");
    }
    // This head declares a name of 4 GiB for the entry after it.
    archive(&file, [(header("media/1/7", EntryType::GNULongName, 4 * GIB), &b"x"[..])]);
    assert!(old.refusal("hostile", None).await.contains(NO_FILE));
}

#[tokio::test]
async fn what_comes_twice_is_refused() {
    let old = Installation::new().await;
    let file = old.path("hostile");
    for name in ["media/1/7", "tables/user.jsonl"] {
        archive(&file, [(regular(name, 1), &b"x"[..]), (regular(name, 1), &b"x"[..])]);
        let message = old.refusal("hostile", None).await;
        assert!(message.contains(DAMAGED), "{name}: {message}");
    }
}

#[tokio::test]
async fn a_manifest_without_an_end_is_not_read() {
    let old = Installation::new().await;
    archive(&old.path("hostile"), [(regular("manifest.json", GIB), &b"{\"format\": 1, "[..])]);
    let message = old.refusal("hostile", None).await;
    assert!(message.contains("a lista do que há no arquivo"), "{message}");
    // The manifest is one byte longer than that of an archive without files may be.
    archive(&old.path("hostile"), [(regular("manifest.json", 64 * 1024 + 1), &b"{"[..])]);
    let message = old.refusal("hostile", None).await;
    assert!(message.contains("a lista do que há no arquivo"), "{message}");
}

#[tokio::test]
async fn a_million_entries_are_refused_long_before_the_last() {
    let old = Installation::new().await;
    let entries = (0..100_000).map(|nth| (regular(&format!("media/1/{nth}"), 0), &b""[..]));
    archive(&old.path("hostile"), entries);
    let message = old.refusal("hostile", None).await;
    assert!(message.contains("mais arquivos do que um backup"), "{message}");
}

#[tokio::test]
async fn more_than_the_disk_has_is_refused_before_it_is_written() {
    let old = Installation::new().await;
    for size in [1 << 50, u64::MAX / 2] {
        archive(&old.path("hostile"), [(regular("media/1/7", size), &b"x"[..])]);
        let message = old.refusal("hostile", None).await;
        assert!(message.contains("falta espaço no disco"), "{size}: {message}");
    }
}

/// The archive has 8 GiB of zeros in 8 MiB, and no checksum at its end, because it is never read
/// that far.
#[tokio::test]
async fn a_file_that_grows_a_thousand_times_is_refused() {
    let old = Installation::new().await;
    let mut packed = Compress::new(Compression::best(), false);
    let mut pack = |content: &[u8]| {
        let mut output = Vec::with_capacity(64 * 1024);
        packed.compress_vec(content, &mut output, FlushCompress::Full).unwrap();
        output
    };
    let mut file = File::create(old.path("hostile")).unwrap();
    file.write_all(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]).unwrap();
    file.write_all(&pack(regular("media/1/7", 8 * GIB).as_bytes())).unwrap();
    let zeros = pack(&vec![0; 1 << 20]);
    for _ in 0..8 * 1024 {
        file.write_all(&zeros).unwrap();
    }
    drop(file);
    let message = old.refusal("hostile", None).await;
    assert!(
        message.contains("--any-size") || message.contains("falta espaço no disco"),
        "{message}"
    );
}

#[tokio::test]
async fn nothing_may_follow_what_belongs_to_it() {
    let old = Installation::new().await;
    old.back_up("plain", None).await.unwrap();
    let whole = fs::read(old.path("plain")).unwrap();
    let mut another = GzEncoder::new(Vec::new(), Compression::fast());
    another.write_all(&[0; 1024]).unwrap();
    let another = another.finish().unwrap();
    for more in [&b"x"[..], &[0; 512], &another] {
        fs::write(old.path("hostile"), [&whole, more].concat()).unwrap();
        let message = old.refusal("hostile", None).await;
        assert!(message.contains(DAMAGED), "{message}");
    }
    for more in [vec![0; 1 << 20], b"mais".to_vec()] {
        let mut inside = flate2::read::GzDecoder::new(whole.as_slice());
        let mut output = GzEncoder::new(Vec::new(), Compression::fast());
        io::copy(&mut inside, &mut output).unwrap();
        output.write_all(&more).unwrap();
        fs::write(old.path("hostile"), output.finish().unwrap()).unwrap();
        let message = old.refusal("hostile", None).await;
        assert!(message.contains(DAMAGED), "{message}");
    }
}

#[tokio::test]
async fn a_passphrase_is_not_checked_at_any_price() {
    let old = Installation::new().await;
    old.back_up("sealed", Some(PASSPHRASE)).await.unwrap();
    let whole = fs::read(old.path("sealed")).unwrap();
    let line = whole.iter().position(|byte| *byte == b'>').unwrap() - 1;
    let end = line + whole[line..].iter().position(|byte| *byte == b'\n').unwrap();
    let text = std::str::from_utf8(&whole[line..end]).unwrap();
    let (before, _) = text.rsplit_once(' ').unwrap();
    for work in [21, 30, 63] {
        let changed = format!("{before} {work}");
        let file = [&whole[..line], changed.as_bytes(), &whole[end..]].concat();
        fs::write(old.path("hostile"), file).unwrap();
        let message = old.refusal("hostile", Some(PASSPHRASE)).await;
        assert!(message.contains("mais memória e tempo"), "{work}: {message}");
    }
    // The head has no end.
    let endless = [b"age-encryption.org/v1\n-> X ".as_slice(), &vec![b'a'; 1 << 20]].concat();
    fs::write(old.path("hostile"), endless).unwrap();
    assert!(old.refusal("hostile", Some(PASSPHRASE)).await.contains(DAMAGED));
}

#[tokio::test]
async fn rows_are_rows() {
    let old = Installation::new().await;
    old.back_up("plain", None).await.unwrap();
    let nested = format!("{{\"key\":\"a\",\"value\":{}1{}}}\n", "[".repeat(100), "]".repeat(100));
    for row in
        [nested.as_str(), "[1]\n", "{\"key\":\"a\",\"value\":\"b\",\"more\":1}\n", "{\"key\":\n"]
    {
        let digest = hex::encode(Sha256::digest(row));
        rewrite(&old.path("plain"), &old.path("hostile"), |name, content| match name {
            "manifest.json" => Some(manifest(&content, |manifest| {
                let table = &mut manifest["tables"]["setting"];
                table["rows"] = 1.into();
                table["file"] = serde_json::json!({ "size": row.len(), "sha256": digest });
            })),
            "tables/setting.jsonl" => Some(row.as_bytes().to_vec()),
            _ => Some(content),
        });
        let message = old.refusal("hostile", None).await;
        assert!(message.contains(DAMAGED), "{row}: {message}");
    }
}
