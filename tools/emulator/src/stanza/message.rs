//! `<message>` from a client: fan-out, `<ack>` with the participant hash.

use std::sync::Arc;

use wacore::messages::MessageUtils;
use wacore_binary::{Jid, Node};

use super::{ack, extras, group_message, refuse};
use crate::blocking;
use crate::client::session::Session;
use crate::delivery::Dispatch;
use crate::faults::FaultKind;
use crate::node::attr;
use crate::privacy_tokens;
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;
use crate::world::presentation::Presentation;

/// `<ack error>` when no such user exists, or for a chat the server does not serve.
const NOT_FOUND: u32 = 404;
/// `<ack error>` for a stanza without content.
const BAD_REQUEST: u32 = 400;
/// `<ack error>` for a client without a valid privacy token; the default of the `nack` fault.
const MISSING_TC_TOKEN: u32 = 463;

pub(crate) fn handle(session: &Session<'_>, node: &Node) {
    let world = &session.connection.world;
    let me = &session.me;
    world.stats.messages_in.add(1);
    let faults = &world.faults;
    if let Some(fault) = faults.trigger(&[FaultKind::Nack], me.account.number(), me.device) {
        refuse(session, node, fault.code.unwrap_or(MISSING_TC_TOKEN));
        return;
    }
    let to = node.attrs().optional_jid("to");
    if let Some(group) = to.as_ref().and_then(|to| world.groups.find(to)) {
        group_message::handle(session, node, &group);
        return;
    }
    let recipient = to.and_then(|to| Some((world.account_of(&to)?, to)));
    let (Some((recipient, to)), Some(id)) = (recipient, attr(node, "id")) else {
        refuse(session, node, NOT_FOUND);
        return;
    };
    // A stanza for one device belongs to a message that was admitted before.
    let starts_message = node.get_optional_child("participants").is_some();
    if starts_message && !privacy_tokens::admits(&recipient, &me.account, node) {
        refuse(session, node, MISSING_TC_TOKEN);
        return;
    }
    let peer = attr(node, "category").as_deref() == Some("peer");
    let clock = &world.clock;
    let dispatch = Dispatch {
        id,
        from: me.clone(),
        recipient: recipient.clone(),
        addressing: Addressing::of(&to),
        stamp: if peer { clock.stamp() } else { clock.stamp_message() },
        peer,
        kind: attr(node, "type").unwrap_or_else(|| "text".to_owned()),
        edit: attr(node, "edit"),
        extras: extras(node),
        presentation: Presentation::Plain,
    };

    if let Some(participants) = node.get_optional_child("participants") {
        // The ack comes first, so that the sender learns of the acceptance before any receipt.
        let mut answer = ack(node, "message", dispatch.stamp.seconds());
        if let Some(phash) = participant_hash(me, &recipient, &to, participants) {
            answer = answer.attr("phash", phash);
        }
        let lost = faults.trigger(&[FaultKind::LateAck], me.account.number(), me.device);
        if lost.is_none() {
            session.send(answer.build());
        }
        let is_blocked = blocking::blocks(&recipient, &me.account);
        for (device, enc) in addressed(session, me, &recipient, participants) {
            // Who is blocked does not learn of it; only the own devices get the message.
            if is_blocked && device.account.number() == recipient.number() {
                continue;
            }
            if is_new(me, &dispatch.id, &device, enc) {
                dispatch.deliver_to(world, &device, enc);
            }
        }
    } else if let Some(enc) = node.get_optional_child("enc") {
        // The stanza is for one device: peer messages, and answers to retry receipts.
        session.send(ack(node, "message", dispatch.stamp.seconds()).build());
        let device = DeviceAddress::new(&recipient, to.device);
        dispatch.deliver_to(world, &device, enc);
    } else {
        refuse(session, node, BAD_REQUEST);
    }
    world.changed();
}

/// The devices a fan-out names, with their ciphertexts. Devices outside of the chat's two accounts
/// are skipped.
fn addressed<'a>(
    session: &'a Session<'_>,
    me: &'a DeviceAddress,
    recipient: &'a Arc<Account>,
    participants: &'a Node,
) -> impl Iterator<Item = (DeviceAddress, &'a Node)> {
    participants.get_children_by_tag("to").filter_map(|to| {
        let jid = to.attrs().optional_jid("jid")?;
        let account = session.connection.world.account_of(&jid)?;
        let in_chat =
            account.number() == recipient.number() || account.number() == me.account.number();
        let enc = to.get_optional_child("enc")?;
        in_chat.then(|| (DeviceAddress::new(&account, jid.device), enc))
    })
}

/// Returns `true` if a device has not been sent a message yet. A client that missed the `<ack>`
/// sends the message again under its id, encrypted anew. The recipient's Signal session cannot
/// detect such a repeat, so the server has to.
///
/// An `<enc count>` answers a retry receipt, and is delivered a second time.
fn is_new(me: &DeviceAddress, id: &str, to: &DeviceAddress, enc: &Node) -> bool {
    if enc.attrs.get("count").is_some() {
        return true;
    }
    let mut directory = me.account.directory();
    match directory.companions.get_mut(&me.device) {
        Some(sender) => sender.accepted.first_time(id, to.account.number(), to.device),
        None => true,
    }
}

/// The hash over all devices that should have received the message: the recipient's and the
/// sender's, without the sending one. A client whose own hash differs fetches the device lists
/// again.
///
/// Every account is written in the address form the client used for it.
fn participant_hash(
    me: &DeviceAddress,
    recipient: &Arc<Account>,
    to: &Jid,
    participants: &Node,
) -> Option<String> {
    let named: Vec<Jid> = participants
        .get_children_by_tag("to")
        .filter_map(|to| to.attrs().optional_jid("jid"))
        .collect();
    let form = |account: &Account| {
        let lid = named.iter().any(|jid| jid.user == account.lid_user());
        let pn = named.iter().any(|jid| jid.user == account.number());
        match (lid, pn) {
            (true, _) => Addressing::Lid,
            (false, true) => Addressing::Pn,
            (false, false) => Addressing::of(to),
        }
    };
    let devices = |account: &Arc<Account>| {
        let addressing = form(account);
        let ids = account.directory().device_ids();
        ids.into_iter().map(|id| account.device_jid(addressing, id)).collect::<Vec<_>>()
    };
    let mut expected = devices(recipient);
    if recipient.number() != me.account.number() {
        expected.extend(devices(&me.account));
    }
    expected.retain(|jid| {
        let own = jid.user == me.account.number() || jid.user == me.account.lid_user();
        !(own && jid.device == me.device)
    });
    MessageUtils::participant_list_hash(&expected).ok()
}
