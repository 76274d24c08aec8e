//! An encrypted copy of a file on the disk, as WhatsApp's media hosts get it.
//!
//! The library reads it more than once and from any place: for another host, and to go on where an
//! upload broke off. So it is a file, and memory stays constant whatever its length. The same key
//! makes the same bytes again, by which a host recognises an upload that it has begun.

use std::io::{self, BufReader, BufWriter, Read, Seek as _, SeekFrom};
use std::sync::Arc;

use tempfile::NamedTempFile;
use tokio_util::sync::CancellationToken;
use whatsapp_rust::download::MediaType;
use whatsapp_rust::wacore::upload::{
    EncryptedMediaInfo, UploadSource, encrypt_media_streaming_with_key, encrypted_len,
};

use crate::files::Bounded;
use crate::reservation::Reservation;

/// Bytes that are encrypted between two accesses to the disk.
const BUFFER: usize = 64 * 1024;

/// An encrypted copy of a file, which is deleted when it is dropped.
pub(crate) struct SealedFile {
    file: NamedTempFile,
    length: u64,
    stop: CancellationToken,
}

/// Returns the length of the encrypted copy of a file.
pub(crate) fn length_of(plain: u64) -> u64 {
    usize::try_from(plain).map_or(u64::MAX, |plain| encrypted_len(plain) as u64)
}

impl SealedFile {
    /// Encrypts a file into an empty one, under a new key if there is none yet. The reservation is
    /// the room for it. The token stops the encryption and all later reading.
    ///
    /// # Errors
    /// The file cannot be read, or its copy cannot be written.
    pub(crate) fn seal(
        plain: impl Read,
        into: NamedTempFile,
        reservation: Reservation,
        media_type: MediaType,
        media_key: Option<&[u8; 32]>,
        stop: CancellationToken,
    ) -> io::Result<(Self, EncryptedMediaInfo)> {
        let plain = Stoppable { inner: plain, stop: stop.clone() };
        let bounded = Bounded::new(into.as_file().try_clone()?, Arc::new(reservation));
        let info = encrypt_media_streaming_with_key(
            BufReader::with_capacity(BUFFER, plain),
            BufWriter::with_capacity(BUFFER, bounded),
            media_type,
            media_key,
            // Sounds and videos get the table by which phones play them while they download them.
            None,
        )
        .map_err(io::Error::other)?;
        let length = into.as_file().metadata()?.len();
        Ok((Self { file: into, length, stop }, info))
    }
}

impl UploadSource for SealedFile {
    fn len(&self) -> u64 {
        self.length
    }

    fn reader_from(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut file = self.file.reopen()?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Box::new(Stoppable { inner: file, stop: self.stop.clone() }))
    }
}

/// A reader that fails once its token is cancelled. The thread that reads it goes on when the task
/// that started it is dropped, and would keep the process from ending.
struct Stoppable<R> {
    inner: R,
    stop: CancellationToken,
}

impl<R: Read> Read for Stoppable<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_cancelled() {
            return Err(io::Error::other("the upload was stopped"));
        }
        self.inner.read(into)
    }
}

#[cfg(test)]
mod tests {
    use whatsapp_rust::wacore::download::DownloadUtils;

    use super::*;
    use crate::reservation::Reservations;

    const KEY: [u8; 32] = [7; 32];

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new(plain: &[u8]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("plain"), plain).unwrap();
            Self(folder)
        }

        fn seal(
            &self,
            reserved: u64,
            key: Option<&[u8; 32]>,
            stop: &CancellationToken,
        ) -> io::Result<(SealedFile, EncryptedMediaInfo)> {
            let into = NamedTempFile::new_in(self.0.path()).unwrap();
            let reservation = Reservations::default().reserve(reserved);
            let plain = std::fs::File::open(self.0.path().join("plain"))?;
            SealedFile::seal(plain, into, reservation, MediaType::Image, key, stop.clone())
        }
    }

    fn read(file: &SealedFile, offset: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        file.reader_from(offset)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn the_same_key_makes_the_same_bytes_from_any_place() {
        let plain = vec![3; 200_001];
        let folder = Folder::new(&plain);
        let (reserved, stop) = (length_of(200_001), CancellationToken::new());
        let (file, info) = folder.seal(reserved, Some(&KEY), &stop).unwrap();
        let sealed = read(&file, 0).unwrap();
        assert_eq!((file.len(), sealed.len() as u64), (reserved, reserved));
        assert_eq!((info.file_length, info.media_key), (200_001, KEY));
        assert_eq!(info.streaming_sidecar, None, "a picture is shown once it is complete");
        assert_eq!(read(&file, 70_000).unwrap(), sealed[70_000..]);
        let opened = DownloadUtils::decrypt_stream(&sealed[..], &KEY, MediaType::Image).unwrap();
        assert_eq!(opened, plain);

        let (again, _) = folder.seal(reserved, Some(&KEY), &stop).unwrap();
        assert_eq!(read(&again, 0).unwrap(), sealed);
        let (other, new) = folder.seal(reserved, None, &stop).unwrap();
        assert_ne!(new.media_key, KEY);
        assert_ne!(read(&other, 0).unwrap(), sealed);
        drop((file, again, other));
        assert_eq!(std::fs::read_dir(folder.0.path()).unwrap().count(), 1, "only the plain one");
    }

    #[test]
    fn a_copy_takes_no_more_than_its_reservation() {
        let (folder, stop) = (Folder::new(b"foto"), CancellationToken::new());
        assert!(folder.seal(length_of(4) - 1, None, &stop).is_err());
        assert!(folder.seal(length_of(4), None, &stop).is_ok());
    }

    #[test]
    fn nothing_reads_on_once_it_is_stopped() {
        let (folder, stop) = (Folder::new(&[3; 100]), CancellationToken::new());
        let (file, _) = folder.seal(length_of(100), None, &stop).unwrap();
        stop.cancel();
        assert!(read(&file, 0).is_err());
        assert!(folder.seal(length_of(100), None, &stop).is_err());
    }
}
