//! Answers to requests for messages of a group that could not be read.

use std::sync::Arc;

use wacore_binary::Jid;
use waproto::whatsapp::Message;

use super::outgoing::dispatch;
use crate::delivery::enc_node;
use crate::phone::{Bundle, Enc, Phone, PhoneError};
use crate::simulated_phone::bundles::take_bundle;
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::groups::cell::GroupCell;
use crate::world::inbox::Retry;

/// Encrypts a message of a group again, for the device of a member that could not read it, with the
/// phone's key for the group, so that it can read the next ones.
pub(in crate::simulated_phone) async fn send_again(
    world: &Arc<World>,
    account: &Arc<Account>,
    cell: &GroupCell,
    retry: Retry,
    mut message: Message,
) {
    let Retry { from, id, bundle, .. } = retry;
    if !cell.snapshot().has(from.account.number()) {
        tracing::debug!(id, "retry of somebody who is no member of the group");
        return;
    }
    let bundle = match bundle {
        Some(bundle) => Some(bundle),
        None => take_bundle(world, &from).await,
    };
    let dispatch = dispatch(world, account, &cell.snapshot(), id, &message);
    let device = from.jid(Addressing::Lid);
    let mut phone = account.phone.lock().await;
    let sealed = seal(&mut phone, cell.jid(), &device, bundle.as_ref(), &mut message).await;
    match sealed {
        Ok(enc) => {
            let enc = enc_node(enc, &message);
            cell.in_order(|group| {
                if group.has(from.account.number()) {
                    dispatch.deliver_single(world, &from, &enc);
                }
            });
        }
        Err(error) => tracing::debug!(%device, %error, "phone could not encrypt a retry"),
    }
}

async fn seal(
    phone: &mut Phone,
    group: &Jid,
    device: &Jid,
    bundle: Option<&Bundle>,
    message: &mut Message,
) -> Result<Enc, PhoneError> {
    let key = phone.group_key(group).await?;
    message.sender_key_distribution_message = key.sender_key_distribution_message;
    let enc = phone.encrypt(device, bundle, message).await?;
    phone.gave_group_key(group, device);
    Ok(enc)
}
