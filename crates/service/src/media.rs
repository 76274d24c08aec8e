//! The files of messages.

use std::io;
use std::ops::Range;

use gateway::{MediaStream, StoredFile};
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

/// The length and the age of a file, once it is [`model::MediaState::Stored`].
///
/// # Errors
/// [`io::ErrorKind::NotFound`] if it is missing; any other kind if its place cannot be reached now.
pub async fn measure(services: &Services, file: &MediaFile) -> io::Result<StoredFile> {
    services.pool.find_media(file).await
}

/// The bytes of a file, or of a range of it, which must not be empty.
///
/// # Errors
/// Those of [`measure`].
pub async fn read(
    services: &Services,
    file: &MediaFile,
    range: Option<Range<u64>>,
) -> io::Result<MediaStream> {
    services.pool.read_media(file, range).await
}

/// Has a file downloaded again that is missing, as after a restore without files. Of a file that is to be a
/// copy of a missing one the pool learns when it copies it.
///
/// # Errors
/// [`Error::Store`].
pub async fn lost(services: &Services, file: &MediaFile) -> Result<(), Error> {
    if file.place == (file.connection, file.message) {
        services.store.media(file.connection).lost(file.message).await?;
    }
    Ok(())
}
