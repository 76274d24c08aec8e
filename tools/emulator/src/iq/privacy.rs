//! `privacy`: settings, and trusted-contact tokens.

use rand::RngExt as _;
use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node};

use super::{Iq, Reply};
use crate::client::session::Session;
use crate::clock::now;
use crate::node::attr;
use crate::notify;
use crate::privacy_tokens;
use crate::world::addressing::Addressing;

pub(super) fn reply(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    match (iq.kind.as_ref(), iq.tag()) {
        ("get", "privacy") => settings(session),
        ("set", "tokens") => tokens(session, iq),
        ("set", "privacy") => change(session, iq),
        _ => Reply::Unknown,
    }
}

fn settings(session: &Session<'_>) -> Reply {
    let directory = session.me.account.directory();
    let categories = directory.profile.privacy.settings().map(|(name, value)| {
        NodeBuilder::new("category").attr("name", name).attr("value", value).build()
    });
    Reply::result([NodeBuilder::new("privacy").children(categories).build()])
}

/// Changes settings, of which the account's other clients are notified. They are sent back.
fn change(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let world = &session.connection.world;
    let me = &session.me;
    let Some(asked) = iq.child else {
        return Reply::bad_request();
    };
    for category in asked.get_children_by_tag("category") {
        let (Some(name), Some(value)) = (attr(category, "name"), attr(category, "value")) else {
            return Reply::bad_request();
        };
        if !me.account.directory().profile.privacy.set(&name, &value) {
            return Reply::bad_request();
        }
    }
    notify::account_changed(world, &me.account, me.device, asked.clone());
    world.changed();
    Reply::result([asked.clone()])
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
