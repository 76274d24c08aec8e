//! Messages of groups and receipts of members that reach a phone.

use std::sync::Arc;

use wacore_binary::Jid;
use waproto::whatsapp::Message;
use waproto::whatsapp::message::protocol_message::Type;

use crate::phone::{Enc, EncKind, Envelope, MessageStatus, Phone, PhoneError};
use crate::simulated_phone::retries::{self, Unread};
use crate::simulated_phone::{delivery_receipts, media};
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::groups::group::Group;
use crate::world::inbox::{GroupReceipt, InboundGroupMessage};

/// Decrypts a message, shows it, and sends the delivery receipt or a retry receipt.
pub(in crate::simulated_phone) async fn handle_message(
    world: &Arc<World>,
    account: &Arc<Account>,
    inbound: InboundGroupMessage,
) {
    let sender = &inbound.from.account;
    let own = sender.number() == account.number();
    let group = world.groups.find(&inbound.group).map(|group| group.snapshot());
    let opened = {
        let mut phone = account.phone.lock().await;
        phone.learn_address(&sender.jid(Addressing::Pn), &sender.jid(Addressing::Lid));
        if let Some(group) = &group {
            let by_lid = group.addressing == Addressing::Lid;
            let timer = group.settings.ephemeral;
            phone.enter_group(&inbound.group, by_lid, timer, inbound.timestamp);
        }
        let opened = open(&mut phone, &inbound).await;
        let envelope = |sender: Jid| Envelope {
            id: inbound.id.clone(),
            chat: inbound.group.clone(),
            sender,
            timestamp: inbound.timestamp,
        };
        match &opened {
            Ok(message) => {
                let on_behalf =
                    group.as_ref().and_then(|group| author(world, group, sender, message));
                let author = on_behalf.as_ref().unwrap_or(sender);
                let envelope = envelope(author.jid(Addressing::Pn));
                if own {
                    phone.record_outgoing(&envelope, message, MessageStatus::Sent);
                } else {
                    phone.record_incoming(&envelope, message);
                }
                if let Err(problem) = media::download(world, account, &inbound.id, message) {
                    phone.record_media_problem(&envelope, problem);
                }
            }
            Err(PhoneError::Duplicate) => {}
            Err(_) if inbound.hide => {}
            Err(_) => {
                phone.record_undecryptable(&envelope(sender.jid(Addressing::Pn)));
            }
        }
        opened
    };
    let chat = inbound.group.to_string();
    account.directory().typing.forget(&chat, sender.number());

    let InboundGroupMessage { id, group, addressing, timestamp, from, .. } = &inbound;
    match opened {
        Ok(_) | Err(PhoneError::Duplicate) => {
            retries::forget(account, id);
            if !own {
                delivery_receipts::send_to_group(world, account, sender, group, *addressing, id);
            }
        }
        Err(error) => {
            if matches!(error, PhoneError::DeviceIdentity(_)) {
                world.stats.refused_senders.add(1);
            }
            tracing::debug!(%error, "phone asks for a message of a group again");
            let unread = Unread {
                id,
                author: from,
                addressing: *addressing,
                timestamp: *timestamp,
                chat: group.clone(),
                beside: Some(("participant", account.jid(*addressing))),
            };
            retries::ask(world, account, unread).await;
        }
    }
}

/// The author of a message that an admin deletes for everybody: the admin acts in the author's name.
fn author(
    world: &World,
    group: &Group,
    sender: &Account,
    message: &Message,
) -> Option<Arc<Account>> {
    let protocol = message.protocol_message.as_option()?;
    let is_by_admin =
        protocol.r#type == Some(Type::REVOKE) && group.members.is_admin(sender.number());
    let author = protocol.key.participant.as_ref().filter(|_| is_by_admin)?;
    world.account_of(&author.parse::<Jid>().ok()?)
}

/// Decrypts a message: first what is for this phone alone, which may hold the key of the other.
async fn open(phone: &mut Phone, inbound: &InboundGroupMessage) -> Result<Message, PhoneError> {
    let single = match &inbound.single {
        Some(enc) => Some(open_single(phone, inbound, enc).await),
        None => None,
    };
    let Some(sealed) = &inbound.sealed else {
        let missing = PhoneError::InvalidContent("a message without a ciphertext");
        return single.unwrap_or(Err(missing));
    };
    let from = inbound.from.jid(Addressing::Lid);
    let opened = phone.decrypt_group(&inbound.group, &from, sealed).await;
    match (opened, single) {
        // The key did not come with it because of this.
        (Err(PhoneError::Undecryptable(_)), Some(Err(error)))
            if !matches!(error, PhoneError::Duplicate) =>
        {
            Err(error)
        }
        (opened, _) => opened,
    }
}

/// Decrypts what is for this phone alone: a key, or a message that it asked for again.
async fn open_single(
    phone: &mut Phone,
    inbound: &InboundGroupMessage,
    enc: &Enc,
) -> Result<Message, PhoneError> {
    let from = inbound.from.jid(Addressing::Lid);
    if enc.kind == EncKind::PreKey {
        phone.verify_sender(&from, &enc.bytes, inbound.device_identity.as_deref())?;
    }
    let opened = phone.decrypt(&from, enc.kind, &enc.bytes).await?;
    if opened.sent_to.is_some_and(|chat| chat != inbound.group) {
        return Err(PhoneError::InvalidContent("a copy of another chat's message"));
    }
    phone.take_group_key(&inbound.group, &from, &opened.message).await?;
    Ok(opened.message)
}

/// Records how far a member is with messages of the phone's account.
pub(in crate::simulated_phone) async fn handle_receipt(
    world: &World,
    account: &Arc<Account>,
    receipt: GroupReceipt,
) {
    let group = world.groups.find(&receipt.group).map(|group| group.snapshot());
    let (Some(status), Some(group)) = (receipt.status, group) else { return };
    let others: Vec<&str> =
        group.members.numbers().filter(|number| *number != account.number()).collect();
    let chat = receipt.group.to_string();
    let ids = receipt.ids.iter().map(String::as_str);
    let mut phone = account.phone.lock().await;
    let chats = phone.chats_mut();
    chats.record_member_receipt(&chat, receipt.from.number(), ids, status, &others);
}
