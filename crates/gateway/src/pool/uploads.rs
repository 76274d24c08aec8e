//! The files that users send, on their way from a browser to the disk. From there on the session of
//! the number uploads them ([`crate::media_uploader`]).

use std::io;
use std::path::PathBuf;

use model::{ConnectionId, MessageId};
use tempfile::TempPath;

use super::Pool;
use crate::files::blocking;
use crate::reservation::Reservation;

/// Bytes of the disk that are reserved for a file which a browser is sending. They are free again
/// when it is dropped.
#[derive(Debug)]
pub struct UploadRoom(Reservation);

impl UploadRoom {
    /// Sets how many of the reserved bytes are written by now: the disk itself shows those.
    pub fn set_written(&self, bytes: u64) {
        self.0.set_written(bytes);
    }
}

impl Pool {
    /// Returns the path of the incomplete file of a message that a browser sends. Its folder exists.
    ///
    /// # Errors
    /// The folder cannot be created.
    pub async fn upload_path(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<PathBuf> {
        let files = self.0.shared.disk_room.media().files().clone();
        blocking(move || files.upload_path(connection, message)).await
    }

    /// Reserves room on the disk for so many further bytes, and removes older received files if
    /// necessary. `None` if there is no room now.
    ///
    /// # Errors
    /// The database fails.
    pub async fn reserve_upload(&self, bytes: u64) -> Result<Option<UploadRoom>, store::Error> {
        let reservation = self.0.shared.disk_room.reserve(bytes).await?;
        Ok(reservation.map(UploadRoom))
    }

    /// Creates an empty file for what is made of a complete one. It is deleted on drop unless it is
    /// [published](Self::publish_upload).
    ///
    /// # Errors
    /// The disk fails.
    pub async fn begin_conversion(&self, connection: ConnectionId) -> io::Result<TempPath> {
        let files = self.0.shared.disk_room.media().files().clone();
        blocking(move || files.begin_conversion(connection)).await
    }

    /// Gives the complete file of a message its final name, or what was made of it
    /// ([`Self::begin_conversion`]). It is on the disk or in the bucket when this returns. A second call
    /// repeats it, until [`Self::forget_upload`].
    ///
    /// # Errors
    /// There is no such file, or the disk fails; [`io::ErrorKind::HostUnreachable`] if the bucket is out of
    /// reach.
    pub async fn publish_upload(
        &self,
        connection: ConnectionId,
        message: MessageId,
        converted: Option<TempPath>,
    ) -> io::Result<()> {
        self.0.shared.disk_room.media().publish_upload(connection, message, converted).await
    }

    /// Removes the incomplete name of a file whose message is stored. The file stays.
    ///
    /// # Errors
    /// The disk fails.
    pub async fn forget_upload(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<()> {
        self.0.shared.disk_room.media().forget_upload(connection, message).await
    }

    /// Removes the file of a message that is not stored and never will be, complete or not.
    ///
    /// # Errors
    /// The disk fails; [`io::ErrorKind::HostUnreachable`] if the bucket is out of reach.
    pub async fn discard_upload(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<()> {
        self.0.shared.disk_room.media().discard_upload(connection, message).await
    }
}
