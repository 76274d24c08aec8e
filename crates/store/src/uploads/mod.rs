//! Files that are sent from a browser to this server, before they are uploaded to WhatsApp.
//!
//! ```text
//!  begin ──► message with a clock, its file `uploading`, a row of `upload`
//!              │ bytes come; expire: nobody continued it; cancel
//!  finish ───► file `stored`, no row of `upload`, a row in the outbox of kind `upload`
//!              │ `crate::outbox`: the session uploads it to WhatsApp
//!              └──► the same row of kind `send`
//! ```
//!
//! The message is there at once, for everybody who reads the chat. Only its author's browsers send the
//! bytes, so nobody else finds the upload, administrators included; whoever may write in the chat can end it.
//! It ends as well once its author may not write there any more. The bytes are in a folder that this
//! crate does not access; callers delete the incomplete file of an upload that ended.
//!
//! A message whose upload was cancelled or expired is [`Failed`](model::Delivery::Failed), and its file
//! stays [`Uploading`](model::MediaState::Uploading): no retry of it is possible here.
//!
//! | module | content |
//! | --- | --- |
//! | [`begin`] | the message of a new upload |
//! | [`read`] | an upload that its author continues |
//! | [`finish`] | the complete file |
//! | [`cancel`] | the end without a file |
//! | [`expire`] | uploads that nobody continues |
//! | [`give_up`] | uploads whose authors may not write any more |

mod begin;
mod cancel;
mod expire;
mod finish;
mod give_up;
pub(crate) mod read;

use model::{ChatId, ConnectionId, Delivery, MessageId, content::FileKind};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

pub(crate) use expire::abandon;

use crate::{
    Album, Error, Grant, Write,
    entity::{message, upload},
    inbox::send::writable,
    messages::delivery,
    write::Writing,
};

/// A file to be sent, as its browser describes it before the first byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpload {
    pub kind: FileKind,
    /// Empty if there is none; at most [`CAPTION`](model::bounds::CAPTION) characters.
    pub caption: String,
    pub mime: String,
    pub name: Option<String>,
    /// Bytes.
    pub size: u64,
    /// Width and height in pixels.
    pub shape: Option<(u32, u32)>,
    pub seconds: Option<u32>,
    /// Set for a voice note: its waveform, which may be empty.
    pub voice: Option<Vec<u8>>,
    /// A small JPEG.
    pub preview: Option<Vec<u8>>,
    /// The message of the same chat that it answers.
    pub reply_to: Option<MessageId>,
    /// Its recipient may open it once.
    pub view_once: bool,
    /// The album that it is part of.
    pub album: Option<Album>,
}

/// An upload that its author continues, as its browser described it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub message: MessageId,
    pub chat: ChatId,
    pub connection: ConnectionId,
    pub kind: FileKind,
    pub mime: String,
    pub name: Option<String>,
    /// Bytes.
    pub size: u64,
    /// Width and height in pixels.
    pub shape: Option<(u32, u32)>,
    pub seconds: Option<u32>,
    /// Set for a voice note: its waveform, which may be empty.
    pub voice: Option<Vec<u8>>,
    /// A small JPEG.
    pub preview: Option<Vec<u8>>,
    /// Its recipient may open it once.
    pub view_once: bool,
}

/// The content of a complete file, as the server found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadedFile {
    /// It may differ from the one that the browser stated.
    pub kind: FileKind,
    pub mime: String,
    /// Bytes.
    pub size: u64,
    /// Width and height in pixels.
    pub shape: Option<(u32, u32)>,
    pub seconds: Option<u32>,
    /// Set for a voice note: its waveform, which may be empty.
    pub voice: Option<Vec<u8>>,
    /// A small JPEG.
    pub preview: Option<Vec<u8>>,
    /// True for a sticker that moves.
    pub animated: bool,
    /// The count of the pages of a document.
    pub pages: Option<u32>,
    /// SHA-256 of the file.
    pub file_hash: [u8; 32],
}

/// Returns the message of an upload of the grant's user, with an empty text.
///
/// # Errors
/// [`Error::NotFound`] if there is no such upload in the grant's number and chat, or it is somebody
/// else's, or its chat is private and the user is not its owner.
async fn message_of_author(
    writing: &Writing,
    grant: &Grant<Write>,
    message: MessageId,
) -> Result<message::Model, Error> {
    let upload = upload::Entity::find_by_id(message.0)
        .filter(upload::Column::UserId.eq(grant.user().0))
        .one(&writing.tx)
        .await?;
    upload.ok_or(Error::NotFound)?;
    writable(&writing.tx, grant, message).await
}

/// Returns true if the message of an upload waits to be sent.
fn is_queued(row: &message::Model) -> Result<bool, Error> {
    Ok(delivery::of(row)? == Some(Delivery::Queued))
}

async fn delete(writing: &Writing, message: i64) -> Result<(), Error> {
    upload::Entity::delete_by_id(message).exec(&writing.tx).await?;
    Ok(())
}
