//! Files that browsers are sending. They have the name of their message and an extension, so that a
//! browser can continue one after a restart of the server. Once they are complete they get their final
//! name, and lose the first one when their message is stored.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use model::{ConnectionId, MessageId};
use tempfile::TempPath;

use super::{Files, remove_file, sync_folder};

/// Extension of an incomplete file. Nothing serves or backs up a file with this name.
const EXTENSION: &str = ".part";
/// Time after which an incomplete file belongs to no upload any more. It is longer than a browser has
/// to continue one, so such a file was left by a crash between the end of its upload and its removal, or
/// while a recording was converted.
const LEFT_BEHIND: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Files {
    /// Returns the path of the incomplete file of a message, and creates its folder.
    pub(crate) fn upload_path(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<PathBuf> {
        self.make_folder(connection)?;
        Ok(self.part(connection, message))
    }

    /// Creates an empty file for what is made of a complete one, which is deleted on drop unless it is
    /// published. No session removes it when it connects, as temporary names of other purposes.
    pub(crate) fn begin_conversion(&self, connection: ConnectionId) -> io::Result<TempPath> {
        self.make_folder(connection)?;
        let mut named = tempfile::Builder::new();
        let named = named.prefix("made-").suffix(EXTENSION);
        Ok(named.tempfile_in(self.of_number(connection))?.into_temp_path())
    }

    /// Gives a complete file, or what was made of it, its final name. It is on the disk when this returns.
    /// The incomplete name stays until the message is stored ([`Self::forget_upload`]): it alone says what
    /// arrived, so a finish that was interrupted can be repeated, and a file that another message with
    /// this id left behind (before a restore, or in a transaction that failed) is not taken for this one.
    pub(crate) fn publish_upload(
        &self,
        connection: ConnectionId,
        message: MessageId,
        converted: Option<TempPath>,
    ) -> io::Result<()> {
        let (part, whole) = (self.part(connection, message), self.path(connection, message));
        let source: &Path = converted.as_deref().unwrap_or(&part);
        OpenOptions::new().write(true).open(source)?.sync_all()?;
        match converted {
            Some(converted) => converted.persist(whole)?,
            None => {
                remove_file(&whole)?;
                // On a disk without links, a browser begins again if the message is not stored after all.
                fs::hard_link(&part, &whole).or_else(|_| fs::rename(&part, &whole))?;
            }
        }
        sync_folder(&self.of_number(connection))
    }

    /// Removes the incomplete name of a file whose message is stored.
    pub(crate) fn forget_upload(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<()> {
        remove_file(&self.part(connection, message))
    }

    /// Removes incomplete files of a number that nothing was written to for [`LEFT_BEHIND`].
    pub(crate) fn sweep_uploads(&self, connection: ConnectionId) -> io::Result<()> {
        let oldest = SystemTime::now() - LEFT_BEHIND;
        for entry in self.entries(connection)? {
            let entry = entry?;
            // Nearly all files are complete, and their times are not asked for.
            if !entry.file_name().to_string_lossy().ends_with(EXTENSION) {
                continue;
            }
            // One that was completed or discarded meanwhile is gone.
            let Ok(about) = entry.metadata() else { continue };
            if about.modified()? < oldest {
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
        assert!(!files.path(NUMBER, MESSAGE).exists(), "it is not served");

        files.publish_upload(NUMBER, MESSAGE, None).unwrap();
        assert_eq!(fs::read(files.path(NUMBER, MESSAGE)).unwrap(), b"half");
        assert_eq!(fs::read(&part).unwrap(), b"half", "the message may not be stored after all");
        files.publish_upload(NUMBER, MESSAGE, None).unwrap();
        files.forget_upload(NUMBER, MESSAGE).unwrap();
        assert!(!part.exists());
        files.forget_upload(NUMBER, MESSAGE).unwrap();
        assert_eq!(fs::read(files.path(NUMBER, MESSAGE)).unwrap(), b"half", "the file stays");
    }

    #[test]
    fn a_file_that_another_message_left_is_replaced() {
        let (files, _folder) = files();
        let part = files.upload_path(NUMBER, MESSAGE).unwrap();
        for converted in [None, Some(b"ogg")] {
            fs::write(files.path(NUMBER, MESSAGE), b"of another").unwrap();
            fs::write(&part, b"sent").unwrap();
            let converted_file = converted.map(|content| {
                let file = files.begin_conversion(NUMBER).unwrap();
                fs::write(&file, content).unwrap();
                for purpose in [Purpose::Download, Purpose::Sealed] {
                    files.sweep(NUMBER, purpose).unwrap();
                }
                files.sweep_uploads(NUMBER).unwrap();
                file
            });
            files.publish_upload(NUMBER, MESSAGE, converted_file).unwrap();
            let expected = converted.map_or(&b"sent"[..], |content| &content[..]);
            assert_eq!(fs::read(files.path(NUMBER, MESSAGE)).unwrap(), expected);
            assert_eq!(fs::read(&part).unwrap(), b"sent");
        }
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
}
