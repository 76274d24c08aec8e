//! Requests of a companion for a file that is gone from the media servers.

use std::sync::Arc;

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use super::media;
use crate::faults::FaultKind;
use crate::notify;
use crate::phone::ReuploadAnswer;
use crate::world::World;
use crate::world::account::Account;
use crate::world::inbox::Reupload;
use crate::world::phone_media::MediaFile;

/// `<error code>` of a phone that does not have the message (`MediaRetryResult::NotFound`).
const NOT_FOUND: u16 = 2;
/// `<error code>` of a phone that cannot read the request.
const DECRYPTION_ERROR: u16 = 3;

/// Uploads the file again and answers with its path, or answers that the phone has it no longer.
pub(super) fn answer(world: &World, account: &Arc<Account>, request: Reupload) {
    let answer = match find(world, account, &request) {
        None => error(NOT_FOUND),
        Some(file) if !file.attachment.is_asked_for(&request.id, &request.iv, &request.sealed) => {
            error(DECRYPTION_ERROR)
        }
        Some(MediaFile { attachment, sealed }) => {
            let family = attachment.media_type.mms_type();
            let direct_path =
                sealed.and_then(|sealed| media::upload_sealed(world, account, family, sealed));
            let elsewhere =
                world.faults.trigger(&[FaultKind::ReuploadElsewhere], account.number(), 0);
            let direct_path = elsewhere.and_then(|fault| fault.location).or(direct_path);
            match attachment.answer_reupload(&request.id, direct_path) {
                Ok(answer) => sealed_node(answer),
                Err(reason) => {
                    tracing::error!(%reason, "answer to a companion could not be sealed");
                    return;
                }
            }
        }
    };
    let children = request.about.into_iter().chain([answer]);
    notify::media_retry(world, account, request.device, &request.id, children);
}

/// Finds the file of the message: the phone's own or, if it has none, that of the phone the chat
/// is with. A real phone requests it from that one in turn, with the same outcome.
fn find(world: &World, account: &Account, request: &Reupload) -> Option<MediaFile> {
    let own = account.phone_media().find(&request.id);
    if own.as_ref().is_some_and(|file| file.sealed.is_some()) {
        return own;
    }
    let chat = request.about.as_ref().and_then(|about| about.attrs().optional_jid("jid"));
    let other = chat.and_then(|chat| world.account_of(&chat));
    let theirs = other.and_then(|other| other.phone_media().find(&request.id));
    theirs.or(own)
}

fn sealed_node(ReuploadAnswer { sealed, iv }: ReuploadAnswer) -> Node {
    let sealed = NodeBuilder::new("enc_p").bytes(sealed).build();
    let iv = NodeBuilder::new("enc_iv").bytes(iv).build();
    NodeBuilder::new("encrypt").children([sealed, iv]).build()
}

fn error(code: u16) -> Node {
    NodeBuilder::new("error").attr("code", code).build()
}
