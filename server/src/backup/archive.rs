//! The tar, and what it is measured by.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use anyhow::{Context as _, bail};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sha2::{Digest as _, Sha256};

use super::manifest::{self, FORMAT, MANIFEST_ENTRY, Manifest};
use super::seal::{Sealing, unseal};
use super::{folder, words};

/// An archive that is being written.
pub(super) struct Packing {
    tar: tar::Builder<GzEncoder<Sealing>>,
}

impl Packing {
    pub(super) fn begin(file: File, passphrase: Option<&str>) -> io::Result<Self> {
        let sealing = Sealing::begin(file, passphrase)?;
        Ok(Self { tar: tar::Builder::new(GzEncoder::new(sealing, Compression::default())) })
    }

    /// Adds `size` bytes under a name.
    pub(super) fn add(
        &mut self,
        name: &str,
        size: u64,
        content: impl Read,
    ) -> io::Result<manifest::File> {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_size(size);
        header.set_mode(0o600);
        let mut content = Measured::new(content.take(size));
        self.tar.append_data(&mut header, name, &mut content)?;
        let measured = content.measured();
        if measured.size != size {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a file became shorter"));
        }
        Ok(measured)
    }

    /// Adds a file as it is. It may be of any size.
    pub(super) fn add_file(&mut self, name: &str, file: File) -> io::Result<manifest::File> {
        let size = file.metadata()?.len();
        self.add(name, size, file)
    }

    /// Closes the archive with its manifest.
    pub(super) fn finish(mut self, manifest: &Manifest) -> io::Result<File> {
        let manifest = serde_json::to_vec_pretty(manifest)?;
        self.add(MANIFEST_ENTRY, manifest.len() as u64, manifest.as_slice())?;
        self.tar.into_inner()?.finish()?.finish()
    }
}

/// Unpacks an archive into a folder, under the names that its entries have, and proves that it is
/// whole: every file is what the manifest says, and nothing more is there.
///
/// # Errors
/// It cannot be opened, is damaged, of a newer format, or the disk is full.
pub(super) fn unpack(
    file: File,
    passphrase: Option<&str>,
    into: &Path,
) -> anyhow::Result<Manifest> {
    let mut archive = tar::Archive::new(GzDecoder::new(unseal(file, passphrase)?));
    let mut found = BTreeMap::new();
    let mut manifest = None;
    for entry in archive.entries().context(words::DAMAGED)? {
        let mut entry = entry.context(words::DAMAGED)?;
        let name = entry.path().context(words::DAMAGED)?.to_string_lossy().into_owned();
        if !manifest::is_entry(&name) || found.contains_key(&name) || manifest.is_some() {
            bail!(words::DAMAGED);
        }
        if name == MANIFEST_ENTRY {
            let mut text = Vec::new();
            entry.read_to_end(&mut text).context(words::DAMAGED)?;
            manifest = Some(read_manifest(&text)?);
        } else {
            let measured = write(&mut entry, &into.join(&name))?;
            found.insert(name, measured);
        }
    }
    // Only at its end does the compression say whether all of it was right.
    io::copy(&mut archive.into_inner(), &mut io::sink()).context(words::DAMAGED)?;
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
fn write(from: &mut impl Read, path: &Path) -> anyhow::Result<manifest::File> {
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
        file.write_all(&buffer[..read]).with_context(full)?;
    }
    file.sync_all().with_context(full)?;
    Ok(from.measured())
}

/// A new file, readable by this user only.
pub(super) fn create_private(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Measures what is read through it.
struct Measured<R> {
    inner: R,
    size: u64,
    digest: Sha256,
}

impl<R> Measured<R> {
    fn new(inner: R) -> Self {
        Self { inner, size: 0, digest: Sha256::new() }
    }

    fn measured(self) -> manifest::File {
        manifest::File { size: self.size, sha256: hex::encode(self.digest.finalize()) }
    }
}

impl<R: Read> Read for Measured<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.digest.update(&buffer[..read]);
        self.size += read as u64;
        Ok(read)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_noticed_when_the_archive_is_closed_at_the_latest() {
        for content in [3, 1024 * 1024] {
            let full = File::options().write(true).open("/dev/full").unwrap();
            let mut packing = Packing::begin(full, None).unwrap();
            let packed = packing
                .add("media/1/7", content, io::repeat(7))
                .and_then(|_| packing.finish(&Manifest::new(&[])));
            assert_eq!(packed.unwrap_err().kind(), io::ErrorKind::StorageFull);
        }
    }
}
