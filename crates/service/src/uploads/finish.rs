//! The end of an upload: the complete file gets its name and is queued for WhatsApp.
//!
//! Each step can be repeated, so a failure or a crash between two of them costs nothing: the browser
//! finds a complete file and asks for its end again. The file has its final name before the database
//! says that it is stored, as every other file.

use model::{FailReason, MediaState, MessageId};
use store::{Upload, UploadedFile, Viewer};

use super::blocking::blocking;
use super::writers::Writing;
use super::{
    UploadError, complete_path, count, examination, find, give_up, refused, remove, reserve,
};
use crate::Services;

/// Examines a complete file and queues it. `writing` keeps other requests out until then.
pub(super) async fn finish(
    services: &Services,
    viewer: &Viewer,
    message: MessageId,
    writing: Writing,
) -> Result<(), UploadError> {
    // The right to write, or the chat, may be another one since the first byte.
    let (grant, upload) = find(viewer, message).await?;
    let part = services.pool.upload_path(upload.connection, message).await?;
    let whole = complete_path(services, viewer, message).await?;
    let probe = part.clone();
    let is_published = blocking(move || Ok(!probe.exists())).await?;
    let path = if is_published { &whole } else { &part };

    let found = match upload.voice.clone() {
        None => examination::examine(&services.uploads, &upload, path).await,
        Some(waveform) => voice_note(services, &upload, waveform, path, !is_published).await,
    };
    let found: UploadedFile = match found {
        Ok(found) => found,
        Err(UploadError::NotVoice) => {
            refused("upload-voice");
            give_up(services, viewer, &grant, &upload, FailReason::Upload).await?;
            return Err(UploadError::NotVoice);
        }
        Err(error) => return Err(error),
    };
    if !is_published {
        services.pool.publish_upload(upload.connection, message).await?;
    }
    match services.store.finish_upload(&grant, message, found).await {
        Ok(_) => {}
        // Its message was given up or deleted for everybody.
        Err(store::Error::NotFound) => {
            let state = viewer.media(message).await.map(|file| file.state);
            if !matches!(state, Ok(MediaState::Stored)) {
                remove(whole).await?;
            }
            return Err(UploadError::Gone);
        }
        Err(error @ store::Error::Replaced) => {
            give_up(services, viewer, &grant, &upload, FailReason::Upload).await?;
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
    path: &std::path::Path,
    replace: bool,
) -> Result<UploadedFile, UploadError> {
    // The recording and the voice note exist side by side for a moment.
    let _room = reserve(services, upload.size).await?;
    examination::examine_voice(&services.uploads, upload, waveform, path, replace).await
}
