//! Unanswered calls, as a linked device sees them.

use rand::RngExt as _;
use wacore_binary::builder::NodeBuilder;

use crate::world::World;
use crate::world::account::Account;

/// Sends `<call>` with an offer, and then with its end, to every connected client of the callee.
/// Returns the call's id.
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
            companion.send_if_live(node.clone());
        }
    }
    world.changed();
    id
}
