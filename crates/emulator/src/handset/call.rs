//! Calls: what a linked device sees of one that nobody answers.

use rand::RngExt as _;
use wacore_binary::builder::NodeBuilder;

use crate::world::World;
use crate::world::account::Account;

/// `<call>` with an offer, and then with its end, to every client of the callee that is connected;
/// gives the call's id.
pub(crate) fn unanswered(world: &World, caller: &Account, callee: &Account) -> String {
    let id = hex::encode_upper(rand::rng().random::<[u8; 16]>());
    let addressing = callee.directory().addressing;
    let from = caller.jid(addressing);
    let name = caller.directory().name.clone();
    for action in ["offer", "terminate"] {
        let mut inner = NodeBuilder::new(action)
            .attr("call-id", id.as_str())
            .attr("call-creator", from.clone());
        if action == "terminate" {
            inner = inner.attr("reason", "timeout");
        }
        let node = NodeBuilder::new("call")
            .attr("from", from.clone())
            .attr("id", world.next_id())
            .attr("t", world.clock.now())
            .attr("notify", name.as_str())
            .children([inner.build()])
            .build();
        for companion in callee.directory().companions.values() {
            companion.mention(node.clone());
        }
    }
    world.changed();
    id
}
