//! Files a phone uploads and downloads.

use std::sync::Arc;

use bytes::Bytes;
use wacore::upload::EncryptedMedia;
use waproto::whatsapp::Message;

use crate::phone::{Attachment, MediaKind, MediaProblem, PhoneError};
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::gallery::Kept;
use crate::world::media::Uploader;

/// Takes a sealed file to the media servers, and gives its direct path there.
pub(super) fn upload(
    world: &World,
    account: &Arc<Account>,
    kind: MediaKind,
    sealed: &mut EncryptedMedia,
) -> Result<String, PhoneError> {
    let bytes = Bytes::from(std::mem::take(&mut sealed.data_to_upload));
    upload_sealed(world, account, kind.media_type().mms_type(), bytes)
        .ok_or_else(|| PhoneError::Media("there is no place for its kind".to_owned()))
}

/// The same for what is sealed since long; `family` is its `mms-type`.
pub(super) fn upload_sealed(
    world: &World,
    account: &Arc<Account>,
    family: &str,
    sealed: Bytes,
) -> Option<String> {
    let phone = Uploader::from(&DeviceAddress::new(account, 0));
    world.media.put(family, sealed, phone)
}

/// Keeps the file of a message the phone's user just sent.
pub(super) fn keep_own(world: &World, account: &Account, id: &str, message: &Message) {
    if let Some(attachment) = Attachment::of(message) {
        // Held from looking on: a file that gets lost meanwhile is lost here too.
        let mut gallery = account.gallery();
        let sealed = world.media.find(&attachment.direct_path).map(|blob| blob.bytes);
        gallery.keep(id, Kept { attachment, sealed });
    }
}

/// Downloads the file of a message, if it has one, and keeps it if it opens.
pub(super) fn download(
    world: &World,
    account: &Account,
    id: &str,
    message: &Message,
) -> Result<(), MediaProblem> {
    let Some(attachment) = Attachment::of(message) else {
        return Ok(());
    };
    // As above.
    let mut gallery = account.gallery();
    let found = match world.media.find(&attachment.direct_path) {
        Some(blob) => attachment.open(&blob.bytes).map(|_| blob.bytes),
        None => Err(MediaProblem::Missing),
    };
    let (sealed, result) = match found {
        Ok(sealed) => (Some(sealed), Ok(())),
        Err(problem) => (None, Err(problem)),
    };
    gallery.keep(id, Kept { attachment, sealed });
    result
}
