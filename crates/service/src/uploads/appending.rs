use std::fs::{File, OpenOptions};
use std::io::Write as _;

use gateway::{UploadRoom, blocking};
use model::file_limits::CHUNK;
use store::{Upload, Viewer};
use tokio_util::sync::CancellationToken;

use super::finish::finish;
use super::writers::Writing;
use super::{Progress, UploadError, reserve};
use crate::Services;

/// Takes the bytes of one request, at the end of the file. Bytes that were written stay when it is
/// dropped, and the next request continues after them.
pub struct Appending {
    services: Services,
    viewer: Viewer,
    upload: Upload,
    stop: CancellationToken,
    target: Target,
}

/// Everything that a write needs. It is moved into the write, so that the file stays taken until the
/// write has ended, also if the request is gone by then.
struct Target {
    /// `None` if nothing is missing.
    file: Option<(File, UploadRoom)>,
    /// Length of the file.
    received: u64,
    /// Bytes of this request.
    written: u64,
    writing: Writing,
}

impl Appending {
    pub(super) async fn begin(
        services: &Services,
        viewer: &Viewer,
        upload: Upload,
        received: u64,
        writing: Writing,
    ) -> Result<Self, UploadError> {
        let left = upload.size.saturating_sub(received);
        let file = if left == 0 {
            None
        } else {
            let room = reserve(services, left.min(CHUNK)).await?;
            let path = services.pool.upload_path(upload.connection, upload.message).await?;
            let open = move || OpenOptions::new().append(true).create(true).open(path);
            Some((blocking(open).await?, room))
        };
        let stop = writing.stop().clone();
        let target = Target { file, received, written: 0, writing };
        Ok(Self { services: services.clone(), viewer: viewer.clone(), upload, stop, target })
    }

    /// Bytes that are missing.
    pub fn left(&self) -> u64 {
        self.upload.size.saturating_sub(self.target.received)
    }

    /// Completes when the sending of the file is cancelled; the caller then drops this.
    pub async fn cancelled(&self) {
        self.stop.cancelled().await;
    }

    /// Writes the next bytes.
    ///
    /// # Errors
    /// [`UploadError::TooLarge`] if they are more than are missing, and then none of them is written;
    /// [`UploadError::NoRoom`].
    pub async fn write(
        self,
        bytes: impl AsRef<[u8]> + Send + 'static,
    ) -> Result<Self, UploadError> {
        if bytes.as_ref().len() as u64 > self.left() {
            return Err(UploadError::TooLarge { limit: self.upload.size });
        }
        let Self { mut target, .. } = self;
        let target = blocking(move || {
            if let Some((file, room)) = &mut target.file {
                let bytes = bytes.as_ref();
                file.write_all(bytes)?;
                target.received += bytes.len() as u64;
                target.written += bytes.len() as u64;
                room.set_written(target.written);
            }
            Ok(target)
        });
        Ok(Self { target: target.await?, ..self })
    }

    /// Ends the request. With the last byte the file is examined and queued for WhatsApp, which goes on
    /// if the caller does not wait for it.
    ///
    /// # Errors
    /// [`UploadError::NotVoice`], [`UploadError::NotViewedOnce`], [`UploadError::Gone`] and
    /// [`store::Error::Replaced`] end the file.
    /// After [`UploadError::NoRoom`], [`UploadError::Busy`], [`UploadError::OutOfReach`], or a failure of disk
    /// or database, all bytes stay, and an empty request tries again.
    pub async fn end(self) -> Result<Progress, UploadError> {
        let Self { services, viewer, upload, target, .. } = self;
        let (message, size) = (upload.message, upload.size);
        let Target { file, received, writing, .. } = target;
        let writing = blocking(move || {
            if let Some((file, _room)) = file {
                // The browser may forget what is confirmed.
                file.sync_data()?;
            }
            Ok(writing)
        });
        let writing = writing.await?;
        if received == size {
            let finishing = async move { finish(&services, &viewer, message, writing).await };
            tokio::spawn(finishing).await.map_err(store::Error::from)??;
        }
        Ok(Progress { message, received, size })
    }
}
