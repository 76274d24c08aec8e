//! Typing states of members.

use std::sync::Arc;

use wacore_binary::Node;

use crate::typing;
use crate::world::World;
use crate::world::account::Account;
use crate::world::groups::group::Group;
use crate::world::presence::Typing;

/// Forwards the typing state of a member to the phones and companions of the others.
pub(crate) fn forward(world: &World, group: &Group, from: &Arc<Account>, state: Typing) {
    let chat = group.jid().to_string();
    let node = stanza(group, from, state);
    let now = world.clock.now();
    for number in group.members.numbers().filter(|number| *number != from.number()) {
        let Some(account) = world.account(number) else { continue };
        let mut directory = account.directory();
        for companion in directory.companions.values() {
            companion.send_if_live(node.clone());
        }
        directory.typing.report(&chat, from.number(), state, group.addressing, now);
    }
    world.changed();
}

/// `<chatstate>` of the group with the member beside it.
pub(crate) fn stanza(group: &Group, from: &Account, state: Typing) -> Node {
    let mut node = typing::stanza(group.jid(), state);
    node.attrs.insert("participant", from.jid(group.addressing));
    node
}
