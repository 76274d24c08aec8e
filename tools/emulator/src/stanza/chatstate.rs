//! `<chatstate>`: typing and recording.

use std::sync::Arc;

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use crate::client::session::Session;
use crate::node::attr;
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;
use crate::world::presence::Typing;

pub(crate) fn handle(session: &Session<'_>, node: &Node) {
    let Some(to) = node.attrs().optional_jid("to") else {
        return;
    };
    let world = &session.connection.world;
    let Some(account) = world.account_of(&to) else {
        return;
    };
    let Some(typing) = node.children().and_then(<[Node]>::first).and_then(read) else {
        return;
    };
    forward(world, &session.me.account, &account, Addressing::of(&to), typing);
}

/// Forwards the typing state of `from` in a chat to the other account's phone and companions.
pub(crate) fn forward(
    world: &World,
    from: &Arc<Account>,
    to: &Arc<Account>,
    addressing: Addressing,
    typing: Typing,
) {
    let node = stanza(from, addressing, typing);
    let mut directory = to.directory();
    for companion in directory.companions.values() {
        companion.send_if_live(node.clone());
    }
    directory.typing.report(from.number(), typing, addressing, world.clock.now());
    drop(directory);
    world.changed();
}

/// Sends a client that just went active the states of those who type in a chat with it.
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
    for (from, reported) in active {
        if let Some(from) = world.account(&from) {
            link.send(stanza(&from, reported.addressing, reported.typing));
        }
    }
}

fn stanza(from: &Account, addressing: Addressing, typing: Typing) -> Node {
    let state = match typing {
        Typing::Composing => NodeBuilder::new("composing"),
        Typing::Recording => NodeBuilder::new("composing").attr("media", "audio"),
        Typing::Paused => NodeBuilder::new("paused"),
    };
    NodeBuilder::new("chatstate")
        .attr("from", from.jid(addressing))
        .children([state.build()])
        .build()
}

fn read(state: &Node) -> Option<Typing> {
    match state.tag.as_ref() {
        "composing" if attr(state, "media").as_deref() == Some("audio") => Some(Typing::Recording),
        "composing" => Some(Typing::Composing),
        "paused" => Some(Typing::Paused),
        _ => None,
    }
}
