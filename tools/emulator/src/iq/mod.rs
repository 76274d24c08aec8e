//! Requests of a client and their answers, one file per namespace.
//!
//! Every request is answered. An unknown one gets `feature-not-implemented` and is listed in the
//! stats, so that a test can require that there are none.

pub(crate) mod account;
mod app_state;
mod encrypt;
mod media;
mod mex;
mod privacy;
mod profile;
mod props;
mod usync;

use std::borrow::Cow;

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Node, SERVER_JID};

use crate::connection::session::Session;
use crate::faults::FaultKind;
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

    fn tag(&self) -> &str {
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

/// Answers a logged-in client's request.
pub(crate) async fn handle(session: &Session<'_>, node: &Node) {
    let Some(iq) = Iq::read(node) else {
        return;
    };
    if !iq.is_request() {
        return;
    }
    let world = &session.connection.world;
    let me = &session.me;
    let withheld: &[FaultKind] = match iq.xmlns.as_ref() {
        "w:p" => &[FaultKind::WithheldPong, FaultKind::IqUnanswered],
        _ => &[FaultKind::IqUnanswered],
    };
    if world.faults.trigger(withheld, me.account.number(), me.device).is_some() {
        world.stats.unanswered_iqs.add(1);
        return;
    }
    let reply = reply(session, &iq).await;
    iq.answer(world, &session.connection.link, reply);
    if account::goes_active(&iq) {
        account::active(session);
    }
    if account::leaves(session, &iq) {
        account::leave(world, me).await;
    }
}

async fn reply(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    match iq.xmlns.as_ref() {
        "passive" => Reply::empty(),
        "w:p" | "urn:xmpp:ping" => Reply::empty(),
        "urn:xmpp:whatsapp:dirty" => Reply::empty(),
        "encrypt" => encrypt::reply(session, iq).await,
        "usync" => usync::reply(session, iq),
        "abt" => props::reply(session),
        "blocklist" => privacy::blocklist(session, iq),
        "privacy" => privacy::reply(session, iq),
        "disappearing_mode" => Reply::empty(),
        "w:m" => media::reply(session),
        "w:sync:app:state" => app_state::reply(session, iq).await,
        "w:profile:picture" => profile::picture(iq),
        "status" => profile::about(session, iq).await,
        "w:biz" => profile::business(iq),
        "w:mex" => mex::reply(session, iq),
        "md" => account::reply(session, iq),
        // Groups are not supported, so nobody is in one.
        "w:g2" => match iq.tag() {
            "participating" => Reply::result([NodeBuilder::new("groups").build()]),
            _ => Reply::not_served(),
        },
        // Reports and telemetry are accepted and discarded; a client cannot detect that.
        "spam" | "w:stats" | "urn:xmpp:whatsapp:push" | "w:web" => Reply::empty(),
        _ => Reply::Unknown,
    }
}
