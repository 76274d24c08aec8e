//! `privacy` and `blocklist`: settings, trusted-contact tokens, blocked contacts.

use rand::RngExt as _;
use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node};

use super::{Iq, Reply};
use crate::client::session::Session;
use crate::clock::now;
use crate::node::attr;
use crate::privacy_tokens;
use crate::world::account::DeviceAddress;
use crate::world::addressing::Addressing;

/// Initial settings of an account. Read receipts matter: with `none` clients send no read
/// receipts.
const SETTINGS: [(&str, &str); 10] = [
    ("last", "all"),
    ("online", "all"),
    ("profile", "all"),
    ("status", "all"),
    ("groupadd", "all"),
    ("readreceipts", "all"),
    ("calladd", "all"),
    ("messages", "all"),
    ("defense", "off"),
    ("stickers", "contacts"),
];

pub(super) fn reply(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    match (iq.kind.as_ref(), iq.tag()) {
        ("get", "privacy") => settings(),
        ("set", "tokens") => tokens(session, iq),
        ("set", "privacy") => Reply::result(iq.child.cloned()),
        _ => Reply::Unknown,
    }
}

fn settings() -> Reply {
    let categories = SETTINGS.iter().map(|(name, value)| {
        NodeBuilder::new("category").attr("name", *name).attr("value", *value).build()
    });
    Reply::result([NodeBuilder::new("privacy").children(categories).build()])
}

/// Issues tokens to contacts that a client trusts. With its token a contact may write to this
/// account and see its profile. The issuer gets the tokens back in the answer.
fn tokens(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let asked = iq.child.into_iter().flat_map(|tokens| tokens.get_children_by_tag("token"));
    let mut issued = Vec::new();
    for token in asked {
        let Some(jid) = token.attrs().optional_jid("jid") else {
            return Reply::bad_request();
        };
        let timestamp = attr(token, "t").unwrap_or_else(|| now().to_string());
        issued.push(issue(session, &jid, &timestamp));
    }
    Reply::result([NodeBuilder::new("tokens").children(issued).build()])
}

fn issue(session: &Session<'_>, jid: &Jid, timestamp: &str) -> Node {
    let world = &session.connection.world;
    let me = &session.me.account;
    let secret = match world.account_of(jid) {
        Some(account) => privacy_tokens::issue(world, me, &account, Addressing::of(jid), timestamp),
        // Nobody can present it.
        None => rand::rng().random(),
    };
    NodeBuilder::new("token")
        .attr("type", "trusted_contact")
        .attr("t", timestamp)
        .bytes(secret)
        .attr("jid", jid)
        .build()
}

pub(super) fn blocklist(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let me = &session.me;
    if iq.kind == "set" {
        let item = iq
            .child
            .and_then(|item| Some((item.attrs().optional_jid("jid")?, attr(item, "action")?)));
        let Some((jid, action)) = item else {
            return Reply::bad_request();
        };
        change(me, jid, action == "block");
    }
    let directory = me.account.directory();
    let items =
        directory.blocked.iter().map(|jid| NodeBuilder::new("item").attr("jid", jid).build());
    Reply::result([NodeBuilder::new("list")
        .attr("dhash", directory.blocked.len())
        .children(items.collect::<Vec<Node>>())
        .build()])
}

fn change(me: &DeviceAddress, jid: Jid, block: bool) {
    let mut directory = me.account.directory();
    directory.blocked.retain(|blocked| *blocked != jid);
    if block {
        directory.blocked.push(jid);
    }
}
