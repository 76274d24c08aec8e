//! Encryption of a message for each device that gets it.

use std::sync::Arc;

use waproto::whatsapp::Message;

use super::bundles::{Missing, devices_of_chat, take_bundle};
use crate::blocking;
use crate::delivery::{Dispatch, enc_node};
use crate::phone::{Bundle, Phone};
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;

/// Encrypts for every device of the chat and delivers the ciphertexts.
pub(super) async fn fan_out(
    world: &World,
    phone: &mut Phone,
    dispatch: &Dispatch,
    message: &Message,
    bundles: &[Missing],
) {
    let account = &dispatch.from.account;
    let chat = dispatch.presentation.broadcast();
    let chat = chat.unwrap_or_else(|| dispatch.recipient.jid(dispatch.addressing));
    let echo = Phone::device_sent(message, &chat);
    let is_blocked = blocking::blocks(&dispatch.recipient, account);
    for device in devices_of_chat(account, &dispatch.recipient) {
        let own = device.account.number() == account.number();
        if is_blocked && !own {
            continue;
        }
        let content = if own { &echo } else { message };
        encrypt_for(world, phone, dispatch, &device, content, bundles).await;
    }
}

async fn encrypt_for(
    world: &World,
    phone: &mut Phone,
    dispatch: &Dispatch,
    device: &DeviceAddress,
    content: &Message,
    bundles: &[Missing],
) {
    let jid = device.jid(Addressing::Lid);
    let bundle = bundles
        .iter()
        .find(|(missing, _)| {
            missing.device == device.device && missing.account.number() == device.account.number()
        })
        .map(|(_, bundle)| bundle)
        .filter(|_| !phone.has_session(&jid));
    match phone.encrypt(&jid, bundle, content).await {
        Ok(enc) => dispatch.deliver_to(world, device, &enc_node(enc, content)),
        // A device that was linked after the bundles were fetched gets the next message.
        Err(error) => tracing::debug!(%jid, %error, "phone could not encrypt for a device"),
    }
}

/// Encrypts one message again for one device, with new keys if the device sent any.
pub(super) async fn send_again(
    world: &Arc<World>,
    account: &Arc<Account>,
    dispatch: &Dispatch,
    to: &DeviceAddress,
    content: &Message,
    bundle: Option<Bundle>,
) {
    let bundle = match bundle {
        Some(bundle) => Some(bundle),
        None => take_bundle(world, to).await,
    };
    let jid = to.jid(Addressing::Lid);
    let mut phone = account.phone.lock().await;
    match phone.encrypt(&jid, bundle.as_ref(), content).await {
        Ok(enc) => dispatch.deliver_to(world, to, &enc_node(enc, content)),
        Err(error) => tracing::debug!(%jid, %error, "phone could not encrypt a retry"),
    }
}
