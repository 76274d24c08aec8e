//! `<stream:error>`, by which the server ends a connection.

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

/// The error with a code.
pub(crate) fn with_code(code: &'static str) -> Node {
    NodeBuilder::new("stream:error").attr("code", code).build()
}

/// The error for a device that was replaced by another connection or removed by the phone.
pub(crate) fn conflict(kind: &'static str) -> Node {
    NodeBuilder::new("stream:error")
        .children([NodeBuilder::new("conflict").attr("type", kind).build()])
        .build()
}
