//! The folder of the files that came with messages: one folder a number, one file a message.
//!
//! A file is written beside its place and gets its name, the message's id, when it is whole and on the
//! disk. What a crash leaves behind has a name that begins with a point.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use model::{ConnectionId, MessageId};
use tempfile::NamedTempFile;
use whatsapp_rust::download::DownloadWriter;

use crate::credentials::make_private;
use crate::promise::Promise;

const UNDER_WAY: &str = ".";

/// Where the files of messages are.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    folder: PathBuf,
}

impl Files {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn of_number(&self, connection: ConnectionId) -> PathBuf {
        self.folder.join(connection.to_string())
    }

    pub(crate) fn path(&self, connection: ConnectionId, message: MessageId) -> PathBuf {
        self.of_number(connection).join(message.to_string())
    }

    /// A file to write to, gone with the value unless it is [published](Self::publish).
    pub(crate) fn begin(&self, connection: ConnectionId) -> io::Result<NamedTempFile> {
        let folder = self.of_number(connection);
        make_private(&folder)?;
        tempfile::Builder::new().prefix(UNDER_WAY).tempfile_in(folder)
    }

    /// Has the file on the disk under its name when it returns.
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

    /// Removes what was being written when a process ended. Only while nothing of this number is.
    pub(crate) fn sweep(&self, connection: ConnectionId) -> io::Result<()> {
        let entries = match fs::read_dir(self.of_number(connection)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(UNDER_WAY) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Returns how many bytes the file of a message takes; 0 if it is not there.
    pub(crate) fn length(&self, connection: ConnectionId, message: MessageId) -> u64 {
        fs::metadata(self.path(connection, message)).map_or(0, |file| file.len())
    }

    /// Removes the file of a message, if it is there.
    pub(crate) fn remove_one(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<()> {
        match fs::remove_file(self.path(connection, message)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// Removes all files of a number.
    pub(crate) fn remove(&self, connection: ConnectionId) -> io::Result<()> {
        match fs::remove_dir_all(self.of_number(connection)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}

/// A file that takes no more than was said it would: who sent it need not have said the truth, and room
/// was found for so much only. It keeps that room for as long as it is open.
#[derive(Debug)]
pub(crate) struct Bounded {
    file: File,
    promise: Arc<Promise>,
    written: u64,
    overrun: Arc<AtomicBool>,
}

impl Bounded {
    /// Takes an empty file.
    pub(crate) fn new(file: File, promise: Arc<Promise>) -> Self {
        // Another file may have been written under the same promise, and is gone.
        promise.is_at(0);
        Self { file, promise, written: 0, overrun: Arc::default() }
    }

    /// Becomes true when more comes than was said.
    pub(crate) fn overrun(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.overrun)
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() as u64 > self.promise.bytes().saturating_sub(self.written) {
            self.overrun.store(true, Ordering::Relaxed);
            return Err(io::Error::other("it is longer than its sender said"));
        }
        let written = self.file.write(bytes)?;
        self.written += written as u64;
        self.promise.is_at(self.written);
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
        self.promise.is_at(length);
        Ok(())
    }
}

/// For what waits for the disk.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        // It panicked, or the runtime is going down.
        Err(error) => Err(io::Error::other(error)),
    }
}

/// A name is on the disk when its folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promise::Promises;

    #[test]
    fn a_file_takes_no_more_than_was_said() {
        let promises = Promises::default();
        let promise = Arc::new(promises.make(4));
        let mut file = Bounded::new(tempfile::tempfile().unwrap(), Arc::clone(&promise));
        let overrun = file.overrun();
        file.write_all(b"foto").unwrap();
        assert!(!overrun.load(Ordering::Relaxed));
        assert!(file.write_all(b"!").is_err());
        assert!(overrun.load(Ordering::Relaxed));
        assert_eq!(promises.total(), 0, "the disk shows it");
        // Another try of the library.
        file.truncate(0).unwrap();
        assert_eq!(promises.total(), 4);
        file.rewind().unwrap();
        file.write_all(b"FOTO").unwrap();
        assert_eq!(file.file.metadata().unwrap().len(), 4);
    }

    #[test]
    fn the_room_of_a_file_is_held_for_as_long_as_somebody_writes_it() {
        let promises = Promises::default();
        let promise = Arc::new(promises.make(4));
        let mut file = Bounded::new(tempfile::tempfile().unwrap(), Arc::clone(&promise));
        // Nobody waits for it any more, and the library's thread goes on.
        drop(promise);
        file.write_all(b"f").unwrap();
        assert_eq!(promises.total(), 3);
        drop(file);
        assert_eq!(promises.total(), 0);
    }

    #[test]
    fn a_file_has_its_name_once_it_is_whole_and_what_was_left_behind_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path().join("media"));
        let (number, message) = (ConnectionId(1), MessageId(7));
        files.sweep(number).unwrap();
        files.remove(number).unwrap();
        let mut file = files.begin(number).unwrap();
        file.write_all(b"foto").unwrap();
        assert!(!files.path(number, message).exists());
        files.publish(file, number, message).unwrap();
        files.begin(number).unwrap().keep().unwrap();
        files.sweep(number).unwrap();
        assert_eq!(fs::read(files.path(number, message)).unwrap(), b"foto");
        assert_eq!(fs::read_dir(files.of_number(number)).unwrap().count(), 1);
        files.remove(number).unwrap();
        assert!(!files.path(number, message).exists());
    }
}
