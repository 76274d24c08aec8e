//! Stanzas of a logged-in client besides IQs, one file per stanza.

pub(crate) mod ack;
pub(crate) mod call;
pub(crate) mod chatstate;
mod group_message;
mod group_receipt;
pub(crate) mod ib;
pub(crate) mod message;
pub(crate) mod presence;
pub(crate) mod receipt;
mod retry_keys;

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use crate::client::session::Session;

/// `<ack>` for a stanza of the client, which the server accepted at `timestamp`.
pub(crate) fn ack(node: &Node, class: &'static str, timestamp: i64) -> NodeBuilder {
    let mut ack = NodeBuilder::new("ack").attr("class", class).attr("t", timestamp);
    for (from, to) in
        [("id", "id"), ("to", "from"), ("type", "type"), ("participant", "participant")]
    {
        if let Some(value) = node.attrs.get(from) {
            ack = ack.attr(to, value.clone());
        }
    }
    ack
}

pub(crate) fn acknowledge(session: &Session<'_>, node: &Node, class: &'static str) {
    let timestamp = session.connection.world.clock.now();
    session.send(ack(node, class, timestamp).build());
}

/// Refuses a message of the client.
fn refuse(session: &Session<'_>, node: &Node, code: u32) {
    let timestamp = session.connection.world.clock.now();
    session.send(ack(node, "message", timestamp).attr("error", code).build());
}

/// The children that go to the recipients as they are.
fn extras(node: &Node) -> Vec<Node> {
    let children = node.children().unwrap_or_default().iter();
    let extras =
        children.filter(|child| !matches!(child.tag.as_ref(), "participants" | "enc" | "tctoken"));
    extras.cloned().collect()
}
