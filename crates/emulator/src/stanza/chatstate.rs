//! `<chatstate>`: typing and recording.

use std::sync::Arc;

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use crate::connection::session::Session;
use crate::world::World;
use crate::world::account::{Account, Addressing, Typing};

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
    let state = match typing {
        Typing::Composing => NodeBuilder::new("composing"),
        Typing::Recording => NodeBuilder::new("composing").attr("media", "audio"),
        Typing::Paused => NodeBuilder::new("paused"),
    };
    let node = NodeBuilder::new("chatstate")
        .attr("from", from.jid(addressing))
        .children([state.build()])
        .build();
    let mut directory = to.directory();
    for companion in directory.companions.values() {
        companion.send_if_live(node.clone());
    }
    directory.typing.insert(from.number().to_owned(), typing);
    drop(directory);
    world.changed();
}

fn read(state: &Node) -> Option<Typing> {
    match state.tag.as_ref() {
        "composing" if super::attr(state, "media").as_deref() == Some("audio") => {
            Some(Typing::Recording)
        }
        "composing" => Some(Typing::Composing),
        "paused" => Some(Typing::Paused),
        _ => None,
    }
}
