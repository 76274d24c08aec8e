//! Parts of a node: its content and its attributes.

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Node, NodeContent};

/// The binary content of a node.
pub(crate) fn bytes(node: &Node) -> Option<&[u8]> {
    match &node.content {
        Some(NodeContent::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}

/// Adds a text that somebody wrote, as bytes, which is what WhatsApp sends. The library encodes
/// string content with an `@` as an address, and a client drops a stanza with an address of an
/// unknown server.
pub(crate) fn with_text(node: NodeBuilder, text: &str) -> NodeBuilder {
    node.bytes(text)
}

/// A string attribute.
pub(crate) fn attr(node: &Node, key: &str) -> Option<String> {
    node.attrs().optional_string(key).map(|value| value.into_owned())
}
