//! Parts of a node: its binary content and its attributes.

use wacore_binary::{Node, NodeContent};

/// The binary content of a node.
pub(crate) fn bytes(node: &Node) -> Option<&[u8]> {
    match &node.content {
        Some(NodeContent::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}

/// A string attribute.
pub(crate) fn attr(node: &Node, key: &str) -> Option<String> {
    node.attrs().optional_string(key).map(|value| value.into_owned())
}
