//! `<chatstate>`: typing and recording.

use wacore_binary::{Jid, Node};

use crate::client::session::Session;
use crate::groups;
use crate::node::attr;
use crate::typing;
use crate::world::World;
use crate::world::account::DeviceAddress;
use crate::world::addressing::Addressing;
use crate::world::presence::Typing;
use crate::world::typing::Reported;

pub(crate) fn handle(session: &Session<'_>, node: &Node) {
    let Some(to) = node.attrs().optional_jid("to") else {
        return;
    };
    let Some(state) = node.children().and_then(<[Node]>::first).and_then(read) else {
        return;
    };
    let world = &session.connection.world;
    let me = &session.me.account;
    if let Some(group) = world.groups.find(&to) {
        let group = group.snapshot();
        if group.has(me.number()) {
            groups::typing::forward(world, &group, me, state);
        }
    } else if let Some(account) = world.account_of(&to) {
        typing::forward(world, me, &account, Addressing::of(&to), state);
    }
}

/// Sends a client that just went active the states of those who type in its chats.
pub(crate) fn send_current(world: &World, to: &DeviceAddress) {
    let (link, active) = {
        let directory = to.account.directory();
        let companion = directory.companions.get(&to.device);
        let link = companion.and_then(|companion| companion.link.clone());
        (link, directory.typing.active(world.clock.now()))
    };
    let Some(link) = link else {
        return;
    };
    for reported in active {
        if let Some(node) = current(world, &reported) {
            link.send(node);
        }
    }
}

fn current(world: &World, reported: &Reported) -> Option<Node> {
    let from = world.account(&reported.from)?;
    if !reported.is_of_group() {
        return Some(typing::stanza(from.jid(reported.addressing), reported.typing));
    }
    let group = world.groups.find(&reported.chat.parse::<Jid>().ok()?)?;
    Some(groups::typing::stanza(&group.snapshot(), &from, reported.typing))
}

fn read(state: &Node) -> Option<Typing> {
    match state.tag.as_ref() {
        "composing" if attr(state, "media").as_deref() == Some("audio") => Some(Typing::Recording),
        "composing" => Some(Typing::Composing),
        "paused" => Some(Typing::Paused),
        _ => None,
    }
}
