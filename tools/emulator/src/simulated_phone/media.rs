//! Uploads and downloads of a phone.

use std::sync::Arc;

use bytes::Bytes;
use wacore::upload::EncryptedMedia;
use waproto::whatsapp::Message;

use crate::phone::{Attachment, MediaKind, MediaProblem, PhoneError};
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::media::Uploader;
use crate::world::phone_media::MediaFile;

/// Uploads an encrypted file to the media servers. Returns its direct path there.
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

/// Uploads a file that is encrypted already; `family` is its `mms-type`.
pub(super) fn upload_sealed(
    world: &World,
    account: &Arc<Account>,
    family: &str,
    sealed: Bytes,
) -> Option<String> {
    let phone = Uploader::from(&DeviceAddress::new(account, 0));
    world.media.put(family, sealed, phone)
}

/// Stores the file of a message the phone's user just sent.
pub(super) fn store_own(world: &World, account: &Account, id: &str, message: &Message) {
    if let Some(attachment) = Attachment::of(message) {
        // The lock is held from the lookup on: a file that is removed meanwhile is removed here
        // too.
        let mut phone_media = account.phone_media();
        let sealed = world.media.find(&attachment.direct_path).map(|blob| blob.bytes);
        phone_media.insert(id, MediaFile { attachment, sealed });
    }
}

/// Downloads the file of a message, if it has one, and stores it if it decrypts.
pub(super) fn download(
    world: &World,
    account: &Account,
    id: &str,
    message: &Message,
) -> Result<(), MediaProblem> {
    let Some(attachment) = Attachment::of(message) else {
        return Ok(());
    };
    // The lock is held for the same reason as in `store_own`.
    let mut phone_media = account.phone_media();
    let found = match world.media.find(&attachment.direct_path) {
        Some(blob) => attachment.open(&blob.bytes).map(|_| blob.bytes),
        None => Err(MediaProblem::Missing),
    };
    let (sealed, result) = match found {
        Ok(sealed) => (Some(sealed), Ok(())),
        Err(problem) => (None, Err(problem)),
    };
    phone_media.insert(id, MediaFile { attachment, sealed });
    result
}
