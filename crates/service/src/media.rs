//! The files of messages.

use std::path::PathBuf;

use model::MessageId;
use store::{MediaFile, Viewer};

use crate::{Error, Services};

/// The file of a message, stored or not.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such file that the viewer may read.
pub async fn find(viewer: &Viewer, message: MessageId) -> Result<MediaFile, Error> {
    Ok(viewer.media(message).await?)
}

/// The path of a file, once it is [`model::MediaState::Stored`].
pub fn path(services: &Services, file: &MediaFile) -> PathBuf {
    services.pool.media_path(file)
}

/// Has a file downloaded again that is missing on the disk, as after a restore without files.
///
/// # Errors
/// [`Error::Store`].
pub async fn lost(services: &Services, file: &MediaFile) -> Result<(), Error> {
    Ok(services.store.media(file.connection).lost(file.message).await?)
}
