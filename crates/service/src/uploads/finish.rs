//! The end of an upload: the complete file gets its name and is queued for WhatsApp.
//!
//! Each step can be repeated, so a failure or a crash between two of them costs nothing: what arrived
//! stays as it is until the message is stored, and the browser finds a complete file and asks for its end
//! again. The file has its final name before the database says that it is stored, as every other file.

use std::path::Path;

use model::{FailReason, MediaState, MessageId};
use store::{Upload, UploadedFile, Viewer};
use tempfile::TempPath;

use super::writers::Writing;
use super::{UploadError, count, examination, find, give_up, reserve};
use crate::Services;
use crate::refusals::refused;

/// Examines a complete file and queues it. `writing` keeps other requests out until then.
pub(super) async fn finish(
    services: &Services,
    viewer: &Viewer,
    message: MessageId,
    writing: Writing,
) -> Result<(), UploadError> {
    let (grant, upload) = find(viewer, message).await?;
    let part = services.pool.upload_path(upload.connection, message).await?;
    let found = match upload.voice.clone() {
        None => examination::examine(&services.uploads, &upload, &part).await.map(|it| (it, None)),
        Some(waveform) => voice_note(services, &upload, waveform, &part).await,
    };
    let (found, converted) = match found {
        Ok(found) => found,
        Err(error @ (UploadError::NotVoice | UploadError::NotViewedOnce)) => {
            let is_voice = matches!(error, UploadError::NotVoice);
            refused(if is_voice { "upload-voice" } else { "upload-once" });
            give_up(services, &grant, &upload, FailReason::Upload).await?;
            return Err(error);
        }
        Err(error) => return Err(error),
    };
    // The examination of a large file takes a while, and the right to write may be gone since.
    let (grant, upload) = find(viewer, message).await?;
    services.pool.publish_upload(upload.connection, message, converted).await?;
    match services.store.finish_upload(&grant, message, found).await {
        Ok(_) => {
            if let Err(error) = services.pool.forget_upload(upload.connection, message).await {
                tracing::warn!(message_id = message.0, %error, "the incomplete name of a file stays");
            }
        }
        // Its message was given up or deleted for everybody, or its chat was merged into another one just
        // now, where the next request finds it.
        Err(store::Error::NotFound) => {
            if viewer.upload(message).await.is_ok() {
                return Err(UploadError::Busy);
            }
            let state = viewer.media(message).await.map(|file| file.state);
            // One that can be opened once was completed before, or has left already.
            if !matches!(state, Ok(MediaState::Stored | MediaState::ViewOnce)) {
                services.pool.discard_upload(upload.connection, message).await?;
            }
            return Err(UploadError::Gone);
        }
        Err(error @ store::Error::Replaced) => {
            give_up(services, &grant, &upload, FailReason::Upload).await?;
            return Err(error.into());
        }
        Err(error) => return Err(error.into()),
    }
    drop(writing);
    count("finished");
    Ok(())
}

async fn voice_note(
    services: &Services,
    upload: &Upload,
    waveform: Vec<u8>,
    path: &Path,
) -> Result<(UploadedFile, Option<TempPath>), UploadError> {
    // The recording and the voice note exist side by side for a moment.
    let _room = reserve(services, upload.size).await?;
    let note = services.pool.begin_conversion(upload.connection).await?;
    let found =
        examination::examine_voice(&services.uploads, upload, waveform, path, &note).await?;
    Ok((found, Some(note)))
}
