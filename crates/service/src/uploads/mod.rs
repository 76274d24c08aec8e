//! Files that people send from a browser: they arrive in parts, may stop at any byte, and go on later.
//!
//! ```text
//!  begin ──► a message in the state `Uploading`, for everybody who reads the chat
//!  append ─► bytes at the end of `<number>/<message>.part`, one writer at a time   ─┐ repeated
//!  progress ► how many are there: the length of that file, so nothing can disagree ─┘
//!  last byte ► examination: what is it really? ─► final name ─► queued for WhatsApp
//!  cancel, expire ► a failed message, and no file
//! ```
//!
//! * `new_upload` checks what a browser says about a file before the first byte.
//! * `writers` lets one request at a time change a file, and bounds the work on contents.
//! * [`Appending`] takes the bytes of one request.
//! * `examination` reads the complete file, of which nothing that its browser said is trusted.
//! * `finish` gives it its name and queues it.
//!
//! A file is its author's until it is complete: for everybody else, administrators included, there is
//! nothing to continue. Its author has to hold the right to write in the chat as well, at every request;
//! whoever does can cancel it.

mod appending;
mod error;
mod examination;
mod expiry;
mod finish;
mod new_upload;
mod writers;

use std::fs::{self, OpenOptions};
use std::io;

use gateway::blocking;
use model::{ChatId, ConnectionId, FailReason, MediaState, MessageId, WaMessageId};
use store::{Grant, NewUpload, Upload, Viewer, Write};

pub use self::appending::Appending;
pub use self::error::UploadError;
pub use self::expiry::{IDLE, expire};
use self::new_upload::checked;
pub(crate) use self::writers::Uploads;
use crate::Services;
use crate::messages::or_new;
use crate::refusals::refused;

/// The bytes of a file that have arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub message: MessageId,
    /// Bytes that are on the disk.
    pub received: u64,
    /// Bytes of the whole file.
    pub size: u64,
}

/// Creates the message of a file whose bytes follow, and returns its progress; true if it is new. A
/// repeated `wa_id` is the same message.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat; [`store::Error::Replaced`];
/// [`UploadError::Empty`], [`UploadError::TooLarge`] and [`UploadError::Invalid`] if the file is
/// refused before a byte is sent; [`store::Field::TooManyUploads`]; [`UploadError::NoRoom`];
/// [`UploadError::Gone`] if the message has failed.
pub async fn begin(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    wa_id: Option<WaMessageId>,
    new: NewUpload,
) -> Result<(Progress, bool), UploadError> {
    let (grant, chat) = viewer.write_chat(chat).await?;
    let new = checked(new)?;
    // It is not kept: bytes that may never come take no room from other files.
    reserve(services, new.size).await?;
    let preview = match new.preview {
        Some(jpeg) => services.uploads.contained(move || inspect::checked_preview(&jpeg)).await?,
        None => None,
    };
    let (size, new) = (new.size, NewUpload { preview: preview.flatten(), ..new });
    let message = services.store.begin_upload(&grant, chat.id, or_new(wa_id)?, new).await?.id;
    let upload = match viewer.upload(message).await {
        Ok(upload) => upload,
        // The request is a late repetition.
        Err(store::Error::NotFound) => {
            return match viewer.media(message).await?.state {
                MediaState::Uploading => Err(UploadError::Gone),
                _ => Ok((Progress { message, received: size, size }, false)),
            };
        }
        Err(error) => return Err(error.into()),
    };
    let is_new = match services.uploads.begin(message) {
        Some(_writing) => create(services, &upload).await?,
        // Its bytes are arriving already.
        None => false,
    };
    if is_new {
        count("begun");
    }
    let received = received(services, &upload).await?;
    Ok((Progress { message, received, size: upload.size }, is_new))
}

/// Counts the bytes of a file that have arrived, so that its browser continues there.
///
/// # Errors
/// [`store::Error::NotFound`] unless it is the viewer's own and they may write in its chat;
/// [`UploadError::Gone`] once it is complete.
pub async fn progress(
    services: &Services,
    viewer: &Viewer,
    message: MessageId,
) -> Result<Progress, UploadError> {
    let (_, upload) = find(viewer, message).await?;
    let received = received(services, &upload).await?;
    Ok(Progress { message, received, size: upload.size })
}

/// Begins to take bytes of a file from `offset` on, which has to be the end of what is there.
///
/// # Errors
/// Those of [`progress`]; [`UploadError::Busy`] while another request does so;
/// [`UploadError::WrongOffset`]; [`UploadError::NoRoom`].
pub async fn append(
    services: &Services,
    viewer: &Viewer,
    message: MessageId,
    offset: u64,
) -> Result<Appending, UploadError> {
    // Only its author can keep others from writing it.
    find(viewer, message).await?;
    let writing = services.uploads.begin(message).ok_or(UploadError::Busy)?;
    // Another request may have completed it meanwhile.
    let (_, upload) = find(viewer, message).await?;
    let received = received(services, &upload).await?;
    if offset != received {
        return Err(UploadError::WrongOffset { received });
    }
    services.store.upload_touched(message).await?;
    Appending::begin(services, viewer, upload, received, writing).await
}

/// Ends the sending of a file, of whoever it is: its message has failed, and its bytes are deleted.
///
/// # Errors
/// [`store::Error::NotFound`] unless there is such a file in a chat in which the viewer may write;
/// [`UploadError::Gone`] once their own one is complete.
pub async fn cancel(
    services: &Services,
    viewer: &Viewer,
    message: MessageId,
) -> Result<(), UploadError> {
    to_cancel(viewer, message).await?;
    let writing = services.uploads.interrupt(message).await;
    let (services, viewer) = (services.clone(), viewer.clone());
    // It goes on if the caller does not wait for it: a page that is closed cancels as well, and bytes of
    // no upload would stay on the disk.
    let cancelling = async move {
        let (grant, connection) = to_cancel(&viewer, message).await?;
        if !services.store.cancel_upload(&grant, message, FailReason::Cancelled).await? {
            return Err(store::Error::NotFound.into());
        }
        services.pool.discard_upload(connection, message).await?;
        drop(writing);
        count("cancelled");
        Ok::<(), UploadError>(())
    };
    tokio::spawn(cancelling).await.map_err(store::Error::from)?
}

/// Fails the message of a file and deletes its bytes. No other request may be writing it.
async fn give_up(
    services: &Services,
    grant: &Grant<Write>,
    upload: &Upload,
    reason: FailReason,
) -> Result<(), UploadError> {
    services.store.cancel_upload(grant, upload.message, reason).await?;
    Ok(services.pool.discard_upload(upload.connection, upload.message).await?)
}

/// Finds an incomplete file of the viewer, with the proof that they may write in its chat.
async fn find(viewer: &Viewer, message: MessageId) -> Result<(Grant<Write>, Upload), UploadError> {
    match viewer.upload(message).await {
        Ok(upload) => {
            let (grant, _) = viewer.write_chat(upload.chat).await?;
            Ok((grant, upload))
        }
        Err(store::Error::NotFound) => match viewer.media(message).await?.state {
            // It is of a colleague, or was cancelled.
            MediaState::Uploading => Err(store::Error::NotFound.into()),
            _ => Err(UploadError::Gone),
        },
        Err(error) => Err(error.into()),
    }
}

/// Finds the number of an incomplete file of anybody, with the proof that the viewer may write there. The
/// store checks the chat.
async fn to_cancel(
    viewer: &Viewer,
    message: MessageId,
) -> Result<(Grant<Write>, ConnectionId), UploadError> {
    match find(viewer, message).await {
        Ok((grant, upload)) => Ok((grant, upload.connection)),
        Err(UploadError::Store(store::Error::NotFound)) => {
            let number = viewer.media(message).await?.connection;
            Ok((viewer.grant_write(number).await?, number))
        }
        Err(error) => Err(error),
    }
}

/// Creates the empty file; false if there is one already.
async fn create(services: &Services, upload: &Upload) -> Result<bool, UploadError> {
    let part = services.pool.upload_path(upload.connection, upload.message).await?;
    let created =
        blocking(move || match OpenOptions::new().write(true).create_new(true).open(part) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        });
    Ok(created.await?)
}

/// Returns how many bytes of a file are on the disk.
async fn received(services: &Services, upload: &Upload) -> Result<u64, UploadError> {
    let part = services.pool.upload_path(upload.connection, upload.message).await?;
    let length = blocking(move || match fs::metadata(part) {
        Ok(part) => Ok(part.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    });
    Ok(length.await?)
}

/// Reserves room on the disk.
async fn reserve(services: &Services, bytes: u64) -> Result<gateway::UploadRoom, UploadError> {
    let room = services.pool.reserve_upload(bytes).await?;
    room.ok_or_else(|| {
        refused("upload-room");
        UploadError::NoRoom
    })
}

fn count(result: &'static str) {
    metrics::counter!("inbox_uploads", "result" => result).increment(1);
}
