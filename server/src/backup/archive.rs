//! Writes the tar archive and measures its entries.

use std::fs::File;
use std::io::{self, Read};

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};

use super::encryption::ArchiveOutput;
use super::manifest::{self, MANIFEST_ENTRY, Manifest};

/// An archive that is being written.
pub(super) struct ArchiveWriter {
    tar: tar::Builder<GzEncoder<ArchiveOutput>>,
}

impl ArchiveWriter {
    pub(super) fn begin(file: File, passphrase: Option<&str>) -> io::Result<Self> {
        let output = ArchiveOutput::begin(file, passphrase)?;
        Ok(Self { tar: tar::Builder::new(GzEncoder::new(output, Compression::default())) })
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

    /// Adds a file of any size.
    pub(super) fn add_file(&mut self, name: &str, file: File) -> io::Result<manifest::File> {
        let size = file.metadata()?.len();
        self.add(name, size, file)
    }

    /// Adds the manifest and closes the archive.
    pub(super) fn finish(mut self, manifest: &Manifest) -> io::Result<File> {
        let manifest = serde_json::to_vec_pretty(manifest)?;
        self.add(MANIFEST_ENTRY, manifest.len() as u64, manifest.as_slice())?;
        self.tar.into_inner()?.finish()?.finish()
    }
}

/// Computes the size and the hash of the data read through it.
pub(super) struct Measured<R> {
    inner: R,
    size: u64,
    digest: Sha256,
}

impl<R> Measured<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, size: 0, digest: Sha256::new() }
    }

    pub(super) fn measured(self) -> manifest::File {
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
            let mut writer = ArchiveWriter::begin(full, None).unwrap();
            let packed = writer
                .add("media/1/7", content, io::repeat(7))
                .and_then(|_| writer.finish(&Manifest::new(&[])));
            assert_eq!(packed.unwrap_err().kind(), io::ErrorKind::StorageFull);
        }
    }
}
