//! Files that browsers are sending. They have the name of their message and an extension, so that a
//! browser can continue one after a restart of the server, and get their final name once they are
//! complete.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::PathBuf;

use model::{ConnectionId, MessageId};

use super::{Files, sync_folder};
use crate::credentials::make_private;

/// Extension of an incomplete file. Nothing serves or backs up a file with this name.
const EXTENSION: &str = ".part";

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
