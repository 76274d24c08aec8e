//! A companion asks its phone for a file that is gone from the media servers.

use std::sync::Arc;

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use super::{Reupload, media};
use crate::faults::FaultKind;
use crate::notify;
use crate::phone::ReuploadAnswer;
use crate::world::World;
use crate::world::account::Account;
use crate::world::gallery::Kept;

/// `<error code>` of a phone that has not got the message (`MediaRetryResult::NotFound`).
const NOT_FOUND: u16 = 2;
/// `<error code>` of a phone that cannot read the request.
const DECRYPTION_ERROR: u16 = 3;

/// Uploads the file again and says where, or says that it is gone from the phone too.
pub(super) fn answer(world: &World, account: &Arc<Account>, asked: Reupload) {
    let answer = match find(world, account, &asked) {
        None => error(NOT_FOUND),
        Some(kept) if !kept.attachment.is_asked_for(&asked.id, &asked.iv, &asked.sealed) => {
            error(DECRYPTION_ERROR)
        }
        Some(Kept { attachment, sealed }) => {
            let family = attachment.media_type.mms_type();
            let direct_path =
                sealed.and_then(|sealed| media::upload_sealed(world, account, family, sealed));
            let elsewhere =
                world.faults.strike(&[FaultKind::ReuploadElsewhere], account.number(), 0);
            let direct_path = elsewhere.and_then(|fault| fault.location).or(direct_path);
            match attachment.answer_reupload(&asked.id, direct_path) {
                Ok(answer) => sealed_node(answer),
                Err(reason) => {
                    tracing::error!(%reason, "answer to a companion could not be sealed");
                    return;
                }
            }
        }
    };
    let children = asked.about.into_iter().chain([answer]);
    notify::media_retry(world, account, asked.device, &asked.id, children);
}

/// The file of the message: the phone's own or, where it has none, that of the phone the chat is
/// with. A real phone asks that one in turn, which comes to the same.
fn find(world: &World, account: &Account, asked: &Reupload) -> Option<Kept> {
    let own = account.gallery().find(&asked.id);
    if own.as_ref().is_some_and(|kept| kept.sealed.is_some()) {
        return own;
    }
    let chat = asked.about.as_ref().and_then(|about| about.attrs().optional_jid("jid"));
    let other = chat.and_then(|chat| world.account_of(&chat));
    let theirs = other.and_then(|other| other.gallery().find(&asked.id));
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
