//! Unpacks an archive into a folder and checks every file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use flate2::bufread::GzDecoder;

use super::archive::Measured;
use super::encryption::decrypt;
use super::limits::{Counted, Growth, Usage, nothing_more, only_padding};
use super::manifest::{self, FORMAT, MANIFEST_ENTRY, Manifest};
use super::{folder, labels};
use crate::private_file::create_private;

/// Unpacks an archive into a folder, under the names of its entries, and proves that it is
/// complete: every file matches the manifest, and there are no others.
///
/// # Errors
/// Fails if the archive cannot be opened, is damaged, has a newer format or exceeds
/// [`super::limits`], or if the disk is full.
pub(super) fn unpack(
    file: File,
    passphrase: Option<&str>,
    into: &Path,
    growth: Growth,
) -> anyhow::Result<Manifest> {
    let of_file = file.try_clone().context("o arquivo não pôde ser lido")?;
    let (file, read) = Counted::new(file);
    let mut usage = Usage::new(&of_file, read, into, growth);
    let mut archive = tar::Archive::new(GzDecoder::new(decrypt(file, passphrase)?));
    let mut found = BTreeMap::new();
    let mut manifest = None;
    // Raw entries: an entry that describes the next one, such as a name of any length, is listed by
    // itself then, with a kind that is refused.
    for entry in archive.entries().context(labels::DAMAGED)?.raw(true) {
        let mut entry = entry.context(labels::DAMAGED)?;
        if entry.header().entry_type() != tar::EntryType::Regular {
            bail!(labels::NO_FILE);
        }
        let name = entry.path().context(labels::DAMAGED)?.to_string_lossy().into_owned();
        if !manifest::is_entry(&name) || found.contains_key(&name) || manifest.is_some() {
            bail!(labels::DAMAGED);
        }
        if name == MANIFEST_ENTRY {
            usage.check_manifest(entry.size())?;
            let mut text = Vec::new();
            entry.read_to_end(&mut text).context(labels::DAMAGED)?;
            manifest = Some(read_manifest(&text)?);
        } else {
            usage.add_entry(entry.size())?;
            let measured = write(&mut entry, &into.join(&name), &mut usage)?;
            found.insert(name, measured);
        }
    }
    // The checksum of the compression is at its end.
    let mut rest = archive.into_inner();
    only_padding(&mut rest)?;
    nothing_more(&mut rest.into_inner())?;
    match manifest {
        Some(manifest) if manifest.entries() == found => Ok(manifest),
        _ => bail!(labels::DAMAGED),
    }
}

fn read_manifest(text: &[u8]) -> anyhow::Result<Manifest> {
    #[derive(serde::Deserialize)]
    struct Format {
        format: u32,
    }
    let Format { format } = serde_json::from_slice(text).context(labels::DAMAGED)?;
    if format > FORMAT {
        bail!(labels::NEWER);
    }
    serde_json::from_slice(text).context(labels::DAMAGED)
}

/// Writes a file of an archive. `io::copy` is not used, because it does not tell read errors from
/// write errors, and a full disk is not a damaged archive.
fn write(from: &mut impl Read, path: &Path, usage: &mut Usage) -> anyhow::Result<manifest::File> {
    let full = || format!("{} não pôde ser gravado", path.display());
    if let Some(parent) = path.parent() {
        folder::make_private(parent).with_context(full)?;
    }
    let mut file = create_private(path).with_context(full)?;
    let mut from = Measured::new(from);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut buffer).context(labels::DAMAGED)?;
        if read == 0 {
            break;
        }
        usage.add_bytes(read)?;
        file.write_all(&buffer[..read]).with_context(full)?;
    }
    file.sync_all().with_context(full)?;
    Ok(from.measured())
}
