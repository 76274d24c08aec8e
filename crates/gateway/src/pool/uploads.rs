//! The files that users send, on their way from a browser to the disk. From there on the session of
//! the number uploads them ([`crate::media_uploader`]).

use std::io;
use std::path::PathBuf;

use model::{ConnectionId, MessageId};

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
        let files = self.0.shared.disk_room.files().clone();
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

    /// Gives the complete file of a message its final name. It is on the disk when this returns. A
    /// second call changes nothing.
    ///
    /// # Errors
    /// There is no such file, or the disk fails.
    pub async fn publish_upload(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<()> {
        let files = self.0.shared.disk_room.files().clone();
        blocking(move || files.publish_upload(connection, message)).await
    }

    /// Removes the incomplete file of a message, if it is there. A complete one stays.
    ///
    /// # Errors
    /// The disk fails.
    pub async fn discard_upload(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<()> {
        let files = self.0.shared.disk_room.files().clone();
        blocking(move || files.discard_upload(connection, message)).await
    }
}
