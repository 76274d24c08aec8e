//! `w:g2`: groups.
//!
//! * [`query`]: what a group is, and which there are
//! * [`create`], [`members`], [`settings`], [`invite`]: changes, which [`crate::groups`] makes

mod create;
mod invite;
mod members;
mod query;
mod settings;

use std::sync::Arc;

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node, Server};

use super::{Iq, Reply, picture};
use crate::client::session::Session;
use crate::groups::node;
use crate::groups::refusal::Refusal;
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::groups::cell::GroupCell;

pub(super) fn reply(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let to = iq.node.attrs().optional_jid("to");
    let group = to.filter(|to| to.server == Server::Group && !to.user.is_empty());
    let reply = match group {
        None => of_all_groups(session, iq),
        Some(jid) => match session.connection.world.groups.find(&jid) {
            Some(cell) => of_group(session, iq, &cell),
            None => Err(Refusal::NoSuchGroup),
        },
    };
    reply.unwrap_or_else(refused)
}

/// Requests that name no group in their address.
fn of_all_groups(session: &Session<'_>, iq: &Iq<'_>) -> Result<Reply, Refusal> {
    let Some(child) = iq.child else { return Ok(Reply::bad_request()) };
    match (iq.kind.as_ref(), child.tag.as_ref()) {
        ("get", "participating") => Ok(query::participating(session, child)),
        ("get", "query") => Ok(query::several(session, child)),
        ("get", "invite") => invite::info(session, child),
        ("get", "pictures") => Ok(picture::of_groups(session, child)),
        ("set", "create") => create::create(session, child),
        ("set", "leave") => Ok(members::leave(session, child)),
        ("set", "invite") => invite::join(session, child),
        _ => Ok(unserved(iq)),
    }
}

fn of_group(session: &Session<'_>, iq: &Iq<'_>, cell: &Arc<GroupCell>) -> Result<Reply, Refusal> {
    let Some(child) = iq.child else { return Ok(Reply::bad_request()) };
    match (iq.kind.as_ref(), child.tag.as_ref()) {
        ("get", "query") => query::one(session, cell, child),
        ("get", "invite") => invite::code(session, cell),
        ("get", "membership_approval_requests") => invite::requests(session, cell),
        ("set", "add" | "remove" | "promote" | "demote") => members::change(session, cell, child),
        ("set", "invite") => invite::reset(session, cell),
        ("set", "membership_requests_action") => invite::decide(session, cell, child),
        ("set", "cancel_membership_requests") => invite::withdraw(session, cell, child),
        ("set", "ack") => Ok(Reply::empty()),
        ("set", tag) => match settings::read(child)? {
            Some(setting) => settings::set(session, cell, setting),
            None => {
                tracing::debug!(tag, "change of a group that is not served");
                Ok(unserved(iq))
            }
        },
        _ => Ok(unserved(iq)),
    }
}

/// Communities are not served. Anything else that comes here is unknown.
fn unserved(iq: &Iq<'_>) -> Reply {
    const OF_COMMUNITIES: [&str; 8] = [
        "links",
        "unlink",
        "delete_parent",
        "query_linked",
        "join_linked_group",
        "linked_groups_participants",
        "sub_groups",
        "accept",
    ];
    match OF_COMMUNITIES.contains(&iq.tag()) {
        true => Reply::not_served(),
        false => Reply::Unknown,
    }
}

fn refused(refusal: Refusal) -> Reply {
    Reply::Error { code: refusal.code(), text: refusal.text() }
}

/// The accounts that the `<participant>` children name; `None` for a person who has none.
fn named(world: &World, node: &Node) -> Vec<(Jid, Option<Arc<Account>>)> {
    let participants = node.get_children_by_tag("participant");
    let jids = participants.filter_map(|participant| participant.attrs().optional_jid("jid"));
    jids.map(|jid| (jid.to_non_ad(), world.account_of(&jid))).collect()
}

/// `<participant>` with what became of the change that named the person.
fn outcome(
    addressing: Addressing,
    asked: &Jid,
    account: Option<&Account>,
    outcome: Result<(), Refusal>,
) -> Node {
    let participant = match account {
        Some(account) => node::participant(account, addressing),
        None => NodeBuilder::new("participant").attr("jid", asked),
    };
    match outcome {
        Ok(()) => participant.attr("type", "200").build(),
        Err(refusal) => participant.attr("error", refusal.code()).build(),
    }
}
