//! Calls, as linked devices see them.

use rand::RngExt as _;
use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use crate::world::World;
use crate::world::account::Account;
use crate::world::calls::{CallState, PlacedCall};

/// Sends `<call>` with an offer to every connected client of the callee. Returns the call's id.
pub(crate) fn ring(world: &World, caller: &Account, callee: &Account, video: bool) -> String {
    let id = hex::encode_upper(rand::rng().random::<[u8; 16]>());
    let call = PlacedCall {
        id: id.clone(),
        with: callee.number().to_owned(),
        video,
        state: CallState::Ringing,
    };
    let mut offer = NodeBuilder::new("offer").attr("call-id", id.as_str());
    if video {
        offer = offer.children([NodeBuilder::new("video").build()]);
    }
    caller.directory().calls.place(call);
    send(world, caller, callee, offer, None);
    id
}

/// Ends a call that rings, and tells every connected client of the callee but `except`. Returns false if
/// it does not ring.
pub(crate) fn end(
    world: &World,
    caller: &Account,
    id: &str,
    state: CallState,
    except: Option<u16>,
) -> bool {
    let Some(call) = caller.directory().calls.end(id, state) else { return false };
    let Some(callee) = world.account(&call.with) else { return false };
    let terminate =
        NodeBuilder::new("terminate").attr("call-id", id).attr("reason", state.reason());
    send(world, caller, &callee, terminate, except);
    true
}

fn send(
    world: &World,
    caller: &Account,
    callee: &Account,
    action: NodeBuilder,
    except: Option<u16>,
) {
    let addressing = callee.directory().addressing;
    let from = caller.jid(addressing);
    let name = caller.directory().name.clone();
    let node: Node = NodeBuilder::new("call")
        .attr("from", from.clone())
        .attr("id", world.next_id())
        .attr("t", world.clock.now())
        .attr("notify", name.as_str())
        .children([action.attr("call-creator", from).build()])
        .build();
    for companion in callee.directory().companions.values() {
        if Some(companion.id) != except {
            companion.send_if_live(node.clone());
        }
    }
    world.changed();
}
