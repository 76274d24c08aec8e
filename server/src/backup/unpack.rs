//! An archive as files in a folder, each of them checked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use flate2::bufread::GzDecoder;

use super::archive::{Measured, create_private};
use super::limits::{Counted, Growth, Taken, nothing_more, only_padding};
use super::manifest::{self, FORMAT, MANIFEST_ENTRY, Manifest};
use super::seal::unseal;
use super::{folder, words};

/// Unpacks an archive into a folder, under the names that its entries have, and proves that it is
/// whole: every file is what the manifest says, and nothing more is there.
///
/// # Errors
/// It cannot be opened, is damaged, of a newer format, more than a backup can be ([`super::limits`]), or
/// the disk is full.
pub(super) fn unpack(
    file: File,
    passphrase: Option<&str>,
    into: &Path,
    growth: Growth,
) -> anyhow::Result<Manifest> {
    let of_file = file.try_clone().context("o arquivo não pôde ser lido")?;
    let (file, read) = Counted::new(file);
    let mut taken = Taken::nothing(&of_file, read, into, growth);
    let mut archive = tar::Archive::new(GzDecoder::new(unseal(file, passphrase)?));
    let mut found = BTreeMap::new();
    let mut manifest = None;
    // Raw: what describes the entry after it, a name of any length say, is an entry of its own then, and
    // of a kind that is not taken.
    for entry in archive.entries().context(words::DAMAGED)?.raw(true) {
        let mut entry = entry.context(words::DAMAGED)?;
        if entry.header().entry_type() != tar::EntryType::Regular {
            bail!(words::NO_FILE);
        }
        let name = entry.path().context(words::DAMAGED)?.to_string_lossy().into_owned();
        if !manifest::is_entry(&name) || found.contains_key(&name) || manifest.is_some() {
            bail!(words::DAMAGED);
        }
        if name == MANIFEST_ENTRY {
            taken.manifest(entry.size())?;
            let mut text = Vec::new();
            entry.read_to_end(&mut text).context(words::DAMAGED)?;
            manifest = Some(read_manifest(&text)?);
        } else {
            taken.entry(entry.size())?;
            let measured = write(&mut entry, &into.join(&name), &mut taken)?;
            found.insert(name, measured);
        }
    }
    // Only at its end does the compression say whether all of it was right.
    let mut rest = archive.into_inner();
    only_padding(&mut rest)?;
    nothing_more(&mut rest.into_inner())?;
    match manifest {
        Some(manifest) if manifest.entries() == found => Ok(manifest),
        _ => bail!(words::DAMAGED),
    }
}

fn read_manifest(text: &[u8]) -> anyhow::Result<Manifest> {
    #[derive(serde::Deserialize)]
    struct Format {
        format: u32,
    }
    let Format { format } = serde_json::from_slice(text).context(words::DAMAGED)?;
    if format > FORMAT {
        bail!(words::NEWER);
    }
    serde_json::from_slice(text).context(words::DAMAGED)
}

/// Writes a file of an archive. Not with `io::copy`: it does not tell whether reading or writing
/// failed, and a full disk is no damaged archive.
fn write(from: &mut impl Read, path: &Path, taken: &mut Taken) -> anyhow::Result<manifest::File> {
    let full = || format!("{} não pôde ser gravado", path.display());
    if let Some(parent) = path.parent() {
        folder::make_private(parent).with_context(full)?;
    }
    let mut file = create_private(path).with_context(full)?;
    let mut from = Measured::new(from);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut buffer).context(words::DAMAGED)?;
        if read == 0 {
            break;
        }
        taken.bytes(read)?;
        file.write_all(&buffer[..read]).with_context(full)?;
    }
    file.sync_all().with_context(full)?;
    Ok(from.measured())
}
