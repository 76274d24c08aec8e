//! `<call>` from a client, which rejects a call.

use wacore_binary::Node;

use super::acknowledge;
use crate::client::session::Session;
use crate::node::attr;
use crate::simulated_phone::call;
use crate::world::calls::CallState;

/// Acknowledges the stanza, and ends the call that it rejects. Others are not routed.
pub(crate) fn handle(session: &Session<'_>, node: &Node) {
    acknowledge(session, node, "call");
    let world = &session.connection.world;
    let caller = node.attrs().optional_jid("to").and_then(|to| world.account_of(&to));
    let action = node.children().and_then(<[Node]>::first);
    let Some((caller, action)) = caller.zip(action) else { return };
    if matches!(action.tag.as_ref(), "reject")
        && let Some(id) = attr(action, "call-id")
    {
        let me = Some(session.me.device);
        call::end(world, &caller, &id, CallState::RejectedByDevice, me);
    }
}
