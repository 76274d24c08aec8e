//! Messages that a phone sends to a group.

use std::collections::HashMap;
use std::sync::Arc;

use wacore::send::{should_hide_decrypt_fail, stanza_type_from_message};
use wacore_binary::{Jid, Node};
use waproto::whatsapp::Message;

use crate::delivery::{enc_node, sealed_node};
use crate::groups::dispatch::{Ciphertexts, GroupDispatch, SENDER_KEY_MESSAGE};
use crate::phone::{Bundle, MessageStatus, Phone, PhoneError};
use crate::simulated_phone::bundles::{devices, missing_bundles};
use crate::simulated_phone::media;
use crate::simulated_phone::outgoing::{edit_attribute, poll_meta};
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;
use crate::world::groups::cell::GroupCell;
use crate::world::groups::group::Group;

/// Sends a message the phone composes to all devices of the members. Returns its id.
pub(in crate::simulated_phone) async fn send(
    world: &Arc<World>,
    account: &Arc<Account>,
    cell: &GroupCell,
    compose: impl FnOnce(&mut Phone, &Jid) -> Result<(String, Message), PhoneError>,
) -> Result<String, PhoneError> {
    let (jid, group) = (cell.jid(), cell.snapshot());
    let devices = devices_of_group(world, account, &group);
    let bundles = missing_bundles(world, account, devices.clone()).await;
    let bundles = bundles.into_iter().map(|(device, keys)| (device.jid(Addressing::Lid), keys));
    let bundles: HashMap<Jid, Bundle> = bundles.collect();

    let mut phone = account.phone.lock().await;
    meet(world, &mut phone, &group);
    let (id, message) = compose(&mut phone, jid)?;
    media::store_own(world, account, &id, &message);
    let keys = distribute(&mut phone, jid, &devices, &bundles, &message).await?;
    let sealed = phone.encrypt_group(jid, &message).await?;
    let shared = sealed_node(SENDER_KEY_MESSAGE, sealed, &message);
    let dispatch = GroupDispatch {
        stamp: world.clock.stamp_message(),
        ..dispatch(world, account, &group, id.clone(), &message)
    };
    let single = keys.iter().map(|(device, enc)| {
        let number = device.account.number().to_owned();
        ((number, device.device), enc)
    });
    let ciphertexts = Ciphertexts { single: single.collect(), shared: Some(&shared) };
    // The phone stays locked from the encryption to the delivery, so that its messages leave in
    // order.
    phone.chats_mut().advance(&jid.to_string(), [id.as_str()], MessageStatus::Sent);
    cell.in_order(|group| {
        if group.admits_message_of(account.number()) {
            dispatch.deliver(world, group, &ciphertexts);
        }
    });
    drop(phone);
    world.changed();
    Ok(id)
}

/// The stanza of a message of the phone to a group.
pub(super) fn dispatch(
    world: &World,
    account: &Arc<Account>,
    group: &Group,
    id: String,
    message: &Message,
) -> GroupDispatch {
    GroupDispatch {
        id,
        from: DeviceAddress::new(account, 0),
        group: group.jid(),
        addressing: group.addressing,
        stamp: world.clock.stamp(),
        kind: stanza_type_from_message(message).to_owned(),
        edit: edit_attribute(message),
        extras: poll_meta(message).into_iter().collect(),
    }
}

/// All devices of the members but the phone itself.
fn devices_of_group(world: &World, account: &Arc<Account>, group: &Group) -> Vec<DeviceAddress> {
    let members = group.members.numbers().filter_map(|number| world.account(number));
    let mut devices: Vec<_> = members.flat_map(|member| devices(&member)).collect();
    devices.retain(|device| device.device != 0 || device.account.number() != account.number());
    devices
}

/// Tells the phone what the server says about a group and its members.
pub(super) fn meet(world: &World, phone: &mut Phone, group: &Group) {
    for number in group.members.numbers() {
        if let Some(member) = world.account(number) {
            phone.learn_address(&member.jid(Addressing::Pn), &member.jid(Addressing::Lid));
        }
    }
    let by_lid = group.addressing == Addressing::Lid;
    phone.enter_group(&group.jid(), by_lid, group.settings.ephemeral, world.clock.now());
}

/// Encrypts the phone's key for those devices that do not have it.
async fn distribute(
    phone: &mut Phone,
    group: &Jid,
    devices: &[DeviceAddress],
    bundles: &HashMap<Jid, Bundle>,
    content: &Message,
) -> Result<Vec<(DeviceAddress, Node)>, PhoneError> {
    let addresses: Vec<Jid> = devices.iter().map(|device| device.jid(Addressing::Lid)).collect();
    phone.renew_group_key(group, &addresses);
    let key = phone.group_key(group).await?;
    let mut keys = Vec::new();
    for (device, jid) in devices.iter().zip(&addresses) {
        if !phone.owes_group_key(group, jid) {
            continue;
        }
        let bundle = bundles.get(jid).filter(|_| !phone.has_session(jid));
        match phone.encrypt(jid, bundle, &key).await {
            Ok(enc) => {
                let mut node = enc_node(enc, &key);
                // Without the key the content cannot be read either.
                if should_hide_decrypt_fail(content) {
                    node.attrs.insert("decrypt-fail", "hide");
                }
                keys.push((device.clone(), node));
                phone.gave_group_key(group, jid);
            }
            // A device that was linked after the bundles were fetched gets the key with the next
            // message, or asks for it.
            Err(error) => tracing::debug!(%jid, %error, "phone could not encrypt its group key"),
        }
    }
    Ok(keys)
}
