//! A request and its answer.

use std::borrow::Cow;

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Node, SERVER_JID};

use crate::world::World;
use crate::world::link::Link;

/// An `<iq>` of the client.
pub(crate) struct Iq<'a> {
    pub(crate) id: Cow<'a, str>,
    pub(crate) xmlns: Cow<'a, str>,
    pub(crate) kind: Cow<'a, str>,
    /// The first child, which nearly always is the whole request.
    pub(crate) child: Option<&'a Node>,
    pub(crate) node: &'a Node,
}

/// An answer.
#[derive(Debug)]
pub(crate) enum Reply {
    /// `type="result"` with these children.
    Result(Vec<Node>),
    /// `type="error"`.
    Error { code: u16, text: &'static str },
    /// An error that is also recorded in the stats.
    Unknown,
}

impl Reply {
    pub(crate) fn empty() -> Self {
        Self::Result(Vec::new())
    }

    pub(crate) fn result(children: impl IntoIterator<Item = Node>) -> Self {
        Self::Result(children.into_iter().collect())
    }

    pub(crate) fn bad_request() -> Self {
        Self::Error { code: 400, text: "bad-request" }
    }

    pub(crate) fn not_authorized() -> Self {
        Self::Error { code: 401, text: "not-authorized" }
    }

    pub(crate) fn not_found() -> Self {
        Self::Error { code: 404, text: "item-not-found" }
    }

    /// The error for parts of WhatsApp that the emulator recognises and does not serve.
    pub(crate) fn not_served() -> Self {
        Self::Error { code: 501, text: "feature-not-implemented" }
    }
}

impl<'a> Iq<'a> {
    pub(crate) fn read(node: &'a Node) -> Option<Self> {
        if node.tag != "iq" {
            return None;
        }
        let mut attrs = node.attrs();
        Some(Self {
            id: attrs.optional_string("id")?,
            xmlns: attrs.optional_string("xmlns").unwrap_or_default(),
            kind: attrs.optional_string("type").unwrap_or_default(),
            child: node.children().and_then(<[Node]>::first),
            node,
        })
    }

    pub(crate) fn is_request(&self) -> bool {
        matches!(self.kind.as_ref(), "get" | "set")
    }

    pub(super) fn tag(&self) -> &str {
        self.child.map_or("", |child| child.tag.as_ref())
    }

    /// Sends the answer.
    pub(crate) fn answer(&self, world: &World, link: &Link, reply: Reply) {
        let answer = NodeBuilder::new("iq").attr("from", SERVER_JID).attr("id", self.id.as_ref());
        let node = match reply {
            Reply::Result(children) if children.is_empty() => answer.attr("type", "result"),
            Reply::Result(children) => answer.attr("type", "result").children(children),
            Reply::Error { code, text } => error(answer, code, text),
            Reply::Unknown => {
                let what = format!("{}:{}", self.xmlns, self.tag());
                tracing::warn!(iq = what, "request nobody answers");
                world.stats.unknown_iq(what);
                error(answer, 501, "feature-not-implemented")
            }
        };
        link.send(node.build());
    }
}

fn error(answer: NodeBuilder, code: u16, text: &'static str) -> NodeBuilder {
    let error = NodeBuilder::new("error").attr("code", code).attr("text", text).build();
    answer.attr("type", "error").children([error])
}
