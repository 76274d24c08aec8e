//! `usync`: WhatsApp accounts, with their LIDs and devices.

use std::sync::Arc;

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node};

use super::{Iq, Reply};
use crate::client::session::Session;
use crate::faults::FaultKind;
use crate::node::with_text;
use crate::visibility::is_visible;
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::privacy::Part;

pub(super) fn reply(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let Some(usync) = iq.child.filter(|child| child.tag == "usync") else {
        return Reply::bad_request();
    };
    let protocols: Vec<&str> = usync
        .get_optional_child("query")
        .and_then(Node::children)
        .unwrap_or_default()
        .iter()
        .map(|protocol| protocol.tag.as_ref())
        .collect();
    let world = &session.connection.world;
    let mut users: Vec<Node> = usync
        .get_optional_child("list")
        .into_iter()
        .flat_map(|list| list.get_children_by_tag("user"))
        .filter_map(|user| answer_user(session, user, &protocols))
        .collect();
    let (number, device) = (session.me.account.number(), session.me.device);
    if users.len() > 1
        && protocols.contains(&"contact")
        && world.faults.trigger(&[FaultKind::PartialUsync], number, device).is_some()
    {
        users.pop();
    }
    let list = NodeBuilder::new("list").children(users).build();
    let states =
        protocols.iter().map(|protocol| NodeBuilder::new_dynamic((*protocol).to_owned()).build());
    let result = NodeBuilder::new("result").children(states).build();
    let mut answer = NodeBuilder::new("usync");
    for key in ["sid", "index", "last", "mode", "context"] {
        if let Some(value) = usync.attrs.get(key) {
            answer = answer.attr(key, value.clone());
        }
    }
    Reply::result([answer.children([result, list]).build()])
}

/// Answers one entry. It names a user by a JID, a number in `<contact>`, or both forms of a JID.
fn answer_user(session: &Session<'_>, user: &Node, protocols: &[&str]) -> Option<Node> {
    let mut attrs = user.attrs();
    let jid = attrs
        .optional_jid("jid")
        .or_else(|| attrs.optional_jid("pn_jid"))
        .or_else(|| {
            let number = user.get_optional_child("contact")?.content_as_string()?;
            Some(Jid::pn(number.trim_start_matches('+')))
        })?
        .to_non_ad();
    let account = find(&session.connection.world, &jid);
    // The answer for a number in the other Brazilian form has the registered form.
    let jid = match &account {
        Some(account) => account.jid(Addressing::of(&jid)),
        None => jid,
    };
    let mut entry = NodeBuilder::new("user").attr("jid", &jid);
    if let Some(account) = account.as_ref().filter(|_| jid.is_lid()) {
        entry = entry.attr("pn_jid", account.jid(Addressing::Pn));
    }
    let viewer = &session.me.account;
    let children = protocols.iter().filter_map(|protocol| match (*protocol, &account) {
        ("status", Some(owner)) => Some(about(owner, viewer)),
        _ => answer_protocol(protocol, account.as_ref(), &jid),
    });
    Some(entry.children(children).build())
}

/// Finds an account by JID. Brazilian mobile numbers got a ninth digit in the 2010s, and WhatsApp
/// finds accounts under both forms.
fn find(world: &World, jid: &Jid) -> Option<Arc<Account>> {
    world.account_of(jid).or_else(|| {
        let other = other_brazilian_form(&jid.user).filter(|_| jid.is_pn())?;
        world.account(&other)
    })
}

/// Converts `55 AA NNNNNNNN` to `55 AA 9NNNNNNNN` and the reverse.
fn other_brazilian_form(number: &str) -> Option<String> {
    let local = number.strip_prefix("55").filter(|_| number.is_ascii())?;
    let (area, subscriber) = local.split_at_checked(2)?;
    match (subscriber.len(), subscriber.strip_prefix('9')) {
        (9, Some(eight)) => Some(format!("55{area}{eight}")),
        (8, _) => Some(format!("55{area}9{subscriber}")),
        _ => None,
    }
}

fn answer_protocol(protocol: &str, account: Option<&Arc<Account>>, jid: &Jid) -> Option<Node> {
    Some(match (protocol, account) {
        ("contact", Some(_)) => NodeBuilder::new("contact").attr("type", "in").build(),
        ("contact", None) => NodeBuilder::new("contact").attr("type", "out").build(),
        (_, None) => return None,
        ("devices", Some(account)) => devices(account),
        ("lid", Some(account)) => {
            NodeBuilder::new("lid").attr("val", account.jid(Addressing::Lid)).build()
        }
        ("business", Some(account)) => business(account)?,
        ("disappearing_mode", Some(_)) => {
            NodeBuilder::new("disappearing_mode").attr("duration", 0).attr("t", 0).build()
        }
        // There are no user names or bots, and pictures have requests of their own, so the node is
        // left out.
        _ => {
            tracing::trace!(protocol, %jid, "usync protocol without an answer");
            return None;
        }
    })
}

/// `<status>`: the text under the name, if the client may see it.
fn about(owner: &Account, viewer: &Account) -> Node {
    let status = NodeBuilder::new("status");
    match is_visible(owner, viewer, Part::About) {
        true => with_text(status, &owner.directory().about).build(),
        false => status.attr("code", 401).attr("type", "fail").build(),
    }
}

/// `<business>`: the certificate with the name of a business.
fn business(account: &Account) -> Option<Node> {
    let directory = account.directory();
    directory.profile.business.as_ref()?;
    let name = directory.profile.certificate.clone();
    let name = name.map(|bytes| NodeBuilder::new("verified_name").bytes(bytes).build());
    Some(NodeBuilder::new("business").children(name).build())
}

/// `<devices>`: the device list, and for accounts with companions the list the phone signed.
fn devices(account: &Account) -> Node {
    let directory = account.directory();
    let companions = directory.companions.values().map(|companion| {
        NodeBuilder::new("device")
            .attr("id", companion.id)
            .attr("key-index", companion.key_index)
            .build()
    });
    let phone = NodeBuilder::new("device").attr("id", 0).build();
    let list =
        NodeBuilder::new("device-list").children(std::iter::once(phone).chain(companions)).build();
    let key_index = directory.key_index.as_ref().filter(|_| !directory.companions.is_empty()).map(
        |(timestamp, signed)| {
            NodeBuilder::new("key-index-list").attr("ts", *timestamp).bytes(signed.clone()).build()
        },
    );
    NodeBuilder::new("devices").children(std::iter::once(list).chain(key_index)).build()
}

#[cfg(test)]
mod tests {
    use super::other_brazilian_form;

    #[test]
    fn the_ninth_digit_comes_and_goes() {
        let with = "5561999990001".to_owned();
        let without = "556199990001".to_owned();
        assert_eq!(other_brazilian_form(&with), Some(without.clone()));
        assert_eq!(other_brazilian_form(&without), Some(with));
        assert_eq!(other_brazilian_form("15551234567"), None);
    }
}
