//! The complete files of messages, as the rest of the server uses them.

use std::io;
use std::ops::Range;
use std::time::Duration;

use model::ConnectionId;
use store::{FileCopy, MediaFile};

use super::Pool;
use crate::media_store::{MediaStream, StoredFile};
use crate::pauses::growing;

/// Shortest and longest pause before the files of a removed number are deleted again.
const REMOVAL_PAUSE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(60 * 60));

impl Pool {
    /// Returns the length and the age of a file, once it is [`model::MediaState::Stored`].
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if it is not there; any other kind if it cannot be reached now.
    pub async fn find_media(&self, file: &MediaFile) -> io::Result<StoredFile> {
        self.0.shared.disk_room.media().find(file.connection, file.message).await
    }

    /// Reads a file, or a range of it, which must not be empty.
    ///
    /// # Errors
    /// Those of [`Self::find_media`].
    pub async fn read_media(
        &self,
        file: &MediaFile,
        range: Option<Range<u64>>,
    ) -> io::Result<MediaStream> {
        self.0.shared.disk_room.media().read(file.connection, file.message, range).await
    }

    /// Gives the file of a message a second name, for the copy of the message. It is there when this
    /// returns, and takes no further room on the disk.
    ///
    /// # Errors
    /// There is no such file, the disk fails, or the bucket does not copy it in time.
    pub async fn copy_file(&self, copy: FileCopy) -> io::Result<()> {
        self.0.shared.disk_room.media().copy(copy).await
    }

    /// Deletes the files of a removed number. What cannot be deleted now is tried again until the process
    /// ends.
    pub(super) async fn remove_media(&self, connection: ConnectionId) {
        let media = self.0.shared.disk_room.media().clone();
        let Err(error) = media.remove(connection).await else { return };
        tracing::error!(connection_id = %connection, %error, "the files of a removed number could not be removed");
        let closing = self.0.closing.clone();
        self.0.tasks.spawn(async move {
            for failures in 0_u32.. {
                let pause = tokio::time::sleep(growing(REMOVAL_PAUSE.0, failures, REMOVAL_PAUSE.1));
                if closing.run_until_cancelled(pause).await.is_none() {
                    return;
                }
                match media.remove(connection).await {
                    Ok(()) => return,
                    Err(error) => {
                        tracing::error!(connection_id = %connection, %error, "the files of a removed number could not be removed")
                    }
                }
            }
        });
    }
}
