//! The local folder of the files of messages: one folder per number, one file per message.
//!
//! A file is written under a temporary name and renamed to the id of its message once it is
//! complete and on the disk. Temporary names, which a crash may leave behind, begin with a point.
//! Files that come from browsers have names of their own until then ([`uploads`]).
//! [`crate::media_store`] reads complete files, or keeps them in a bucket instead.

mod uploads;

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use model::{ConnectionId, MessageId};
use tempfile::NamedTempFile;
use whatsapp_rust::download::DownloadWriter;

use crate::credentials::make_private;
use crate::reservation::Reservation;

/// Prefix of all temporary names.
const PREFIX: &str = ".";
/// Prefix of the temporary names of encrypted copies. The random part of other names has no hyphen.
const SEALED_PREFIX: &str = ".sealed-";

/// The purpose of a temporary file. Each purpose has one task, which sweeps its files when it starts, so no
/// task removes a file of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A download of the media downloader.
    Download,
    /// An encrypted copy of the media uploader.
    Sealed,
}

impl Purpose {
    /// Returns the purpose of a file by its name; `None` if the name is not temporary.
    fn of(name: &str) -> Option<Self> {
        match name {
            _ if name.starts_with(SEALED_PREFIX) => Some(Self::Sealed),
            _ if name.starts_with(PREFIX) => Some(Self::Download),
            _ => None,
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Download => PREFIX,
            Self::Sealed => SEALED_PREFIX,
        }
    }
}

/// The folder of the files of messages.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    folder: PathBuf,
}

impl Files {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn of_number(&self, connection: ConnectionId) -> PathBuf {
        self.folder.join(connection.to_string())
    }

    pub(crate) fn path(&self, connection: ConnectionId, message: MessageId) -> PathBuf {
        self.of_number(connection).join(message.to_string())
    }

    /// Creates the folder of a number.
    pub(crate) fn make_folder(&self, connection: ConnectionId) -> io::Result<()> {
        make_private(&self.of_number(connection))
    }

    /// Creates a file to write to, which is deleted on drop unless it is
    /// [published](Self::publish).
    pub(crate) fn begin(
        &self,
        connection: ConnectionId,
        purpose: Purpose,
    ) -> io::Result<NamedTempFile> {
        self.make_folder(connection)?;
        tempfile::Builder::new().prefix(purpose.prefix()).tempfile_in(self.of_number(connection))
    }

    /// Gives a file its final name. It is on the disk when this returns.
    pub(crate) fn publish(
        &self,
        file: NamedTempFile,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<()> {
        file.as_file().sync_all()?;
        file.persist(self.path(connection, message)).map_err(|error| error.error)?;
        sync_folder(&self.of_number(connection))
    }

    /// Removes temporary files that an ended process left. No file of this number and purpose may be in
    /// progress.
    pub(crate) fn sweep(&self, connection: ConnectionId, purpose: Purpose) -> io::Result<()> {
        for entry in self.entries(connection)? {
            let entry = entry?;
            if Purpose::of(&entry.file_name().to_string_lossy()) == Some(purpose) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Removes all files of a number.
    pub(crate) fn remove(&self, connection: ConnectionId) -> io::Result<()> {
        match fs::remove_dir_all(self.of_number(connection)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// Returns what is in the folder of a number; nothing if it has none.
    fn entries(
        &self,
        connection: ConnectionId,
    ) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>>> {
        let entries = match fs::read_dir(self.of_number(connection)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            entries => Some(entries?),
        };
        Ok(entries.into_iter().flatten())
    }
}

/// Removes a file, if it is there.
fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// A file that takes no more bytes than were reserved: the length that its sender stated may be
/// wrong. It keeps the reservation while it is open.
#[derive(Debug)]
pub(crate) struct Bounded {
    file: File,
    reservation: Arc<Reservation>,
    written: u64,
    overrun: Arc<AtomicBool>,
}

impl Bounded {
    /// Wraps an empty file.
    pub(crate) fn new(file: File, reservation: Arc<Reservation>) -> Self {
        // An earlier file may have used the same reservation, and is deleted by now.
        reservation.set_written(0);
        Self { file, reservation, written: 0, overrun: Arc::default() }
    }

    /// Returns a flag that is set when more bytes arrive than were reserved.
    pub(crate) fn overrun(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.overrun)
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() as u64 > self.reservation.bytes().saturating_sub(self.written) {
            self.overrun.store(true, Ordering::Relaxed);
            return Err(io::Error::other("it is longer than its sender said"));
        }
        let written = self.file.write(bytes)?;
        self.written += written as u64;
        self.reservation.set_written(self.written);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Bounded {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl DownloadWriter for Bounded {
    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.written = length;
        self.reservation.set_written(length);
        Ok(())
    }
}

/// Runs work that blocks on the disk. It goes on when the caller is gone, with everything that was moved
/// into it.
///
/// # Errors
/// Those of the work, and one if it panicked.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        // It panicked, or the runtime is shutting down.
        Err(error) => Err(io::Error::other(error)),
    }
}

/// Syncs a folder, which puts the names in it on the disk.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reservation::Reservations;

    #[test]
    fn a_file_takes_no_more_than_its_reservation() {
        let reservations = Reservations::default();
        let reservation = Arc::new(reservations.reserve(4));
        let mut file = Bounded::new(tempfile::tempfile().unwrap(), Arc::clone(&reservation));
        let overrun = file.overrun();
        file.write_all(b"foto").unwrap();
        assert!(!overrun.load(Ordering::Relaxed));
        assert!(file.write_all(b"!").is_err());
        assert!(overrun.load(Ordering::Relaxed));
        assert_eq!(reservations.total(), 0, "the disk shows it");
        // A retry of the library.
        file.truncate(0).unwrap();
        assert_eq!(reservations.total(), 4);
        file.rewind().unwrap();
        file.write_all(b"FOTO").unwrap();
        assert_eq!(file.file.metadata().unwrap().len(), 4);
    }

    #[test]
    fn a_reservation_lasts_as_long_as_its_file_is_written() {
        let reservations = Reservations::default();
        let reservation = Arc::new(reservations.reserve(4));
        let mut file = Bounded::new(tempfile::tempfile().unwrap(), Arc::clone(&reservation));
        // The caller has gone, and the thread of the library goes on.
        drop(reservation);
        file.write_all(b"f").unwrap();
        assert_eq!(reservations.total(), 3);
        drop(file);
        assert_eq!(reservations.total(), 0);
    }

    #[test]
    fn a_file_has_its_name_once_complete_and_incomplete_files_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path().join("media"));
        let (number, message) = (ConnectionId(1), MessageId(7));
        files.sweep(number, Purpose::Download).unwrap();
        files.remove(number).unwrap();
        let mut file = files.begin(number, Purpose::Download).unwrap();
        file.write_all(b"foto").unwrap();
        assert!(!files.path(number, message).exists());
        files.publish(file, number, message).unwrap();
        let left = |purpose| files.begin(number, purpose).unwrap().keep().unwrap().1;
        let (download, sealed) = (left(Purpose::Download), left(Purpose::Sealed));
        files.sweep(number, Purpose::Download).unwrap();
        assert!(!download.exists() && sealed.exists(), "an upload may be in progress");
        files.sweep(number, Purpose::Sealed).unwrap();
        assert_eq!(fs::read(files.path(number, message)).unwrap(), b"foto");
        assert_eq!(fs::read_dir(files.of_number(number)).unwrap().count(), 1);
        files.remove(number).unwrap();
        assert!(!files.path(number, message).exists());
    }
}
