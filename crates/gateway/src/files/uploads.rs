//! Files that browsers are sending. They have the name of their message and an extension, so that a
//! browser can continue one after a restart of the server, and get their final name once they are
//! complete.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use model::{ConnectionId, MessageId};

use super::{Files, sync_folder};
use crate::credentials::make_private;

/// Extension of an incomplete file. Nothing serves or backs up a file with this name.
const EXTENSION: &str = ".part";
/// Time after which an incomplete file belongs to no upload any more. It is longer than a browser has
/// to continue one, so such a file was left by a crash between the end of its upload and its removal.
const LEFT_BEHIND: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Files {
    /// Returns the path of the incomplete file of a message, and creates its folder.
    pub(crate) fn upload_path(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<PathBuf> {
        make_private(&self.of_number(connection))?;
        Ok(self.part(connection, message))
    }

    /// Gives a complete file its final name. It is on the disk when this returns. A second call
    /// changes nothing, so that a finish that was interrupted can be repeated.
    pub(crate) fn publish_upload(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<()> {
        let (part, whole) = (self.part(connection, message), self.path(connection, message));
        match OpenOptions::new().write(true).open(&part) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && whole.exists() => {
                return Ok(());
            }
            file => file?.sync_all()?,
        }
        fs::rename(part, whole)?;
        sync_folder(&self.of_number(connection))
    }

    /// Removes the incomplete file of a message, if it is there. A complete one stays.
    pub(crate) fn discard_upload(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<()> {
        match fs::remove_file(self.part(connection, message)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// Removes incomplete files of a number that nothing was written to for [`LEFT_BEHIND`].
    pub(crate) fn sweep_uploads(&self, connection: ConnectionId) -> io::Result<()> {
        let entries = match fs::read_dir(self.of_number(connection)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        let oldest = SystemTime::now() - LEFT_BEHIND;
        for entry in entries {
            let entry = entry?;
            let is_part = entry.file_name().to_string_lossy().ends_with(EXTENSION);
            // One that was completed or discarded meanwhile is gone.
            let Ok(about) = entry.metadata() else { continue };
            if is_part && about.modified()? < oldest {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn part(&self, connection: ConnectionId, message: MessageId) -> PathBuf {
        self.of_number(connection).join(format!("{message}{EXTENSION}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Purpose;
    use super::*;

    const NUMBER: ConnectionId = ConnectionId(1);
    const MESSAGE: MessageId = MessageId(7);

    fn files() -> (Files, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        (Files::new(folder.path().join("media")), folder)
    }

    #[test]
    fn a_file_keeps_its_first_name_over_a_restart_and_gets_the_final_one_when_complete() {
        let (files, _folder) = files();
        let part = files.upload_path(NUMBER, MESSAGE).unwrap();
        fs::write(&part, b"half").unwrap();
        for purpose in [Purpose::Download, Purpose::Sealed] {
            files.sweep(NUMBER, purpose).unwrap();
        }
        assert_eq!(fs::read(files.upload_path(NUMBER, MESSAGE).unwrap()).unwrap(), b"half");
        assert_eq!(files.length(NUMBER, MESSAGE), 0, "it is not served");

        files.publish_upload(NUMBER, MESSAGE).unwrap();
        assert!(!part.exists());
        assert_eq!(fs::read(files.path(NUMBER, MESSAGE)).unwrap(), b"half");
        files.publish_upload(NUMBER, MESSAGE).unwrap();
        files.discard_upload(NUMBER, MESSAGE).unwrap();
        assert_eq!(files.length(NUMBER, MESSAGE), 4, "a complete file stays");
    }

    #[test]
    fn what_a_crash_left_is_removed_after_a_month() {
        let (files, _folder) = files();
        files.sweep_uploads(NUMBER).unwrap();
        let mut parts = [MESSAGE, MessageId(8), MessageId(9)]
            .map(|message| files.upload_path(NUMBER, message).unwrap());
        parts[2].set_extension("");
        let days = |days: u64| Duration::from_secs(days * 24 * 60 * 60);
        for (part, age) in parts.iter().zip([31, 29, 31].map(days)) {
            let file = fs::File::create(part).unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
        }
        files.sweep_uploads(NUMBER).unwrap();
        assert_eq!(parts.map(|part| part.exists()), [false, true, true], "complete files stay");
    }

    #[test]
    fn a_file_that_is_discarded_is_gone_and_cannot_be_published() {
        let (files, _folder) = files();
        files.discard_upload(NUMBER, MESSAGE).unwrap();
        let part = files.upload_path(NUMBER, MESSAGE).unwrap();
        fs::write(&part, b"half").unwrap();
        files.discard_upload(NUMBER, MESSAGE).unwrap();
        assert!(!part.exists());
        let error = files.publish_upload(NUMBER, MESSAGE).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
