//! Typing states in the chat of two people, and the stanza by which clients learn of any.

use std::sync::Arc;

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node};

use crate::blocking;
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::presence::Typing;

/// Forwards the typing state of `from` in a chat to the other account's phone and companions, unless
/// the other has blocked this one.
pub(crate) fn forward(
    world: &World,
    from: &Arc<Account>,
    to: &Arc<Account>,
    addressing: Addressing,
    typing: Typing,
) {
    if blocking::blocks(to, from) {
        return;
    }
    let node = stanza(from.jid(addressing), typing);
    let mut directory = to.directory();
    for companion in directory.companions.values() {
        companion.send_if_live(node.clone());
    }
    let (chat, now) = (from.number(), world.clock.now());
    directory.typing.report(chat, from.number(), typing, addressing, now);
    drop(directory);
    world.changed();
}

/// `<chatstate>` from a person or a group.
pub(crate) fn stanza(from: Jid, typing: Typing) -> Node {
    let state = match typing {
        Typing::Composing => NodeBuilder::new("composing"),
        Typing::Recording => NodeBuilder::new("composing").attr("media", "audio"),
        Typing::Paused => NodeBuilder::new("paused"),
    };
    NodeBuilder::new("chatstate").attr("from", from).children([state.build()]).build()
}
