//! The complete files of messages, as the rest of the server uses them.

use std::io;
use std::ops::Range;
use std::time::Duration;

use model::ConnectionId;
use store::{MediaFile, Store};

use super::Pool;
use crate::media_store::{MediaStore, MediaStream, StoredFile};
use crate::pauses::growing;

/// Shortest and longest pause before the files of a removed number are deleted again.
const REMOVAL_PAUSE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(60 * 60));

impl Pool {
    /// Returns the length and the age of a file, once it is [`model::MediaState::Stored`].
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if it is not there; [`io::ErrorKind::HostUnreachable`] if the bucket is out
    /// of reach; those of the disk.
    pub async fn find_media(&self, file: &MediaFile) -> io::Result<StoredFile> {
        let (connection, message) = file.place;
        self.0.shared.disk_room.media().find(connection, message).await
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
        let (connection, message) = file.place;
        self.0.shared.disk_room.media().read(connection, message, range).await
    }

    /// Deletes the files of a removed number. What cannot be deleted now is tried again until the process
    /// ends.
    pub(super) async fn remove_media(&self, connection: ConnectionId) {
        let media = self.0.shared.disk_room.media().clone();
        let store = self.0.shared.store.clone();
        let Err(error) = remove(&store, &media, connection).await else { return };
        tracing::error!(connection_id = %connection, %error, "the files of a removed number could not be removed");
        let closing = self.0.closing.clone();
        self.0.tasks.spawn(async move {
            for failures in 0_u32.. {
                let pause = tokio::time::sleep(growing(REMOVAL_PAUSE.0, failures, REMOVAL_PAUSE.1));
                if closing.run_until_cancelled(pause).await.is_none() {
                    return;
                }
                match remove(&store, &media, connection).await {
                    Ok(()) => return,
                    Err(error) => {
                        tracing::error!(connection_id = %connection, %error, "the files of a removed number could not be removed")
                    }
                }
            }
        });
    }
}

/// Deletes the files of a removed number, once none of them is to be copied for a message of another one.
async fn remove(store: &Store, media: &MediaStore, connection: ConnectionId) -> io::Result<()> {
    if store.is_copied_from(connection).await.map_err(io::Error::other)? {
        return Err(io::Error::other("some of them are still to be copied"));
    }
    media.remove(connection).await
}
