//! `<message>` from a client to a group: fan-out to all devices of the members, `<ack>` with the
//! participant hash if the client's is old.

use std::collections::HashMap;

use wacore_binary::Node;

use super::{ack, extras, refuse};
use crate::client::session::Session;
use crate::faults::FaultKind;
use crate::groups::dispatch::{Ciphertexts, GroupDispatch, SENDER_KEY_MESSAGE, participant_hash};
use crate::node::attr;
use crate::world::World;
use crate::world::account::DeviceAddress;
use crate::world::groups::cell::GroupCell;
use crate::world::groups::group::Group;

/// `<ack error>` for a stanza without content.
const BAD_REQUEST: u32 = 400;
/// `<ack error>` for somebody who is no member, or may not write.
const FORBIDDEN: u32 = 403;
/// `<ack error>` for a client that addresses members in the wrong way (`NackReason`).
const STALE_ADDRESSING: u32 = 421;

/// The parts of a stanza that hold ciphertexts.
struct Content<'a> {
    /// By JID of a device: the sender's key for the group, or the whole message.
    participants: Vec<&'a Node>,
    /// For every device that has the sender's key.
    shared: Option<&'a Node>,
    /// For the device that `participant` names, which asked for the message again.
    again: Option<&'a Node>,
}

pub(super) fn handle(session: &Session<'_>, node: &Node, cell: &GroupCell) {
    let world = &session.connection.world;
    let Some(id) = attr(node, "id") else { return refuse(session, node, BAD_REQUEST) };
    let content = Content::of(node);
    if content.is_empty() {
        return refuse(session, node, BAD_REQUEST);
    }
    cell.in_order(|group| {
        if let Err(code) = admit(session, node, group) {
            return refuse(session, node, code);
        }
        let dispatch = GroupDispatch {
            id,
            from: session.me.clone(),
            group: cell.jid().clone(),
            addressing: group.addressing,
            stamp: world.clock.stamp_message(),
            kind: attr(node, "type").unwrap_or_else(|| "text".to_owned()),
            edit: attr(node, "edit"),
            extras: extras(node),
        };
        // The ack comes first, so that the sender learns of the acceptance before any receipt.
        acknowledge(session, node, group, &dispatch);
        deliver(session, node, group, &dispatch, &content);
    });
    world.changed();
}

impl<'a> Content<'a> {
    fn of(node: &'a Node) -> Self {
        let participants = node.get_optional_child("participants").into_iter();
        let is_shared = |enc: &&Node| attr(enc, "type").as_deref() == Some(SENDER_KEY_MESSAGE);
        Self {
            participants: participants.flat_map(|all| all.get_children_by_tag("to")).collect(),
            shared: node.get_children_by_tag("enc").find(is_shared),
            again: node.get_children_by_tag("enc").find(|enc| !is_shared(enc)),
        }
    }

    fn is_empty(&self) -> bool {
        self.participants.is_empty() && self.shared.is_none() && self.again.is_none()
    }
}

/// Checks that the sender may write, and knows how members are addressed.
fn admit(session: &Session<'_>, node: &Node, group: &Group) -> Result<(), u32> {
    if !group.admits_message_of(session.me.account.number()) {
        return Err(FORBIDDEN);
    }
    match attr(node, "addressing_mode") {
        Some(mode) if mode != group.addressing.as_str() => Err(STALE_ADDRESSING),
        _ => Ok(()),
    }
}

/// Sends the ack. It has the participant hash if the sender's is another one: then the sender
/// fetches the members and their devices again.
fn acknowledge(session: &Session<'_>, node: &Node, group: &Group, dispatch: &GroupDispatch) {
    let world = &session.connection.world;
    let (number, device) = (session.me.account.number(), session.me.device);
    let mut answer = ack(node, "message", dispatch.stamp.seconds());
    if let Some(theirs) = attr(node, "phash")
        && let Some(expected) = participant_hash(world, group)
        && theirs != expected
    {
        answer = answer.attr("phash", expected);
    }
    if world.faults.trigger(&[FaultKind::LateAck], number, device).is_none() {
        session.send(answer.build());
    }
}

fn deliver(
    session: &Session<'_>,
    node: &Node,
    group: &Group,
    dispatch: &GroupDispatch,
    content: &Content<'_>,
) {
    let world = &session.connection.world;
    if let Some(enc) = content.again {
        let to = node.attrs().optional_jid("participant");
        let to = to.and_then(|to| Some((world.account_of(&to)?, to.device)));
        if let Some((account, device)) = to.filter(|(account, _)| group.has(account.number())) {
            dispatch.deliver_single(world, &DeviceAddress::new(&account, device), enc);
        }
        return;
    }
    let single = single(world, &content.participants);
    if content.shared.is_some() {
        // A client that missed the `<ack>` sends the message again under its id.
        if is_new(session, dispatch) {
            dispatch.deliver(world, group, &Ciphertexts { single, shared: content.shared });
        }
    } else {
        dispatch.deliver(world, group, &Ciphertexts { single, shared: None });
    }
}

/// The ciphertexts for single devices, by number and device.
fn single<'a>(world: &World, participants: &[&'a Node]) -> HashMap<(String, u16), &'a Node> {
    let single = participants.iter().filter_map(|to| {
        let jid = to.attrs().optional_jid("jid")?;
        let account = world.account_of(&jid)?;
        Some(((account.number().to_owned(), jid.device), to.get_optional_child("enc")?))
    });
    single.collect()
}

fn is_new(session: &Session<'_>, dispatch: &GroupDispatch) -> bool {
    let me = &session.me;
    let group = dispatch.group.to_string();
    match me.account.directory().companions.get_mut(&me.device) {
        Some(sender) => sender.accepted.first_time(&dispatch.id, &group, 0),
        None => true,
    }
}
