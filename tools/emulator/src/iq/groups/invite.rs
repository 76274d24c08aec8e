//! The invite link, and those who wait for an admin to let them in.

use std::sync::Arc;

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use super::{Reply, named, outcome};
use crate::client::session::Session;
use crate::groups::invite::{self, Decision, Joined};
use crate::groups::node::{self, Parts};
use crate::groups::refusal::Refusal;
use crate::node::attr;
use crate::world::World;
use crate::world::groups::cell::GroupCell;
use crate::world::groups::group::Group;

/// `<error code>` of an attempt to join a group of which the account is a member.
const MEMBER_ALREADY: u16 = 304;

/// The code of the link, which admins see.
pub(super) fn code(session: &Session<'_>, cell: &GroupCell) -> Result<Reply, Refusal> {
    Ok(link(&admin_view(session, cell)?.invite))
}

/// A new code; the old one leads nowhere any more.
pub(super) fn reset(session: &Session<'_>, cell: &GroupCell) -> Result<Reply, Refusal> {
    let code = invite::reset(&session.connection.world, cell, &session.me.account)?;
    Ok(link(&code))
}

fn link(code: &str) -> Reply {
    Reply::result([NodeBuilder::new("invite").attr("code", code).build()])
}

/// The group that a code leads to, which anybody may see who has the code.
pub(super) fn info(session: &Session<'_>, asked: &Node) -> Result<Reply, Refusal> {
    let world = &session.connection.world;
    let group = invited_to(world, asked)?.snapshot();
    Ok(Reply::result([node::group(world, &group, Parts::ALL)]))
}

/// Joins the group that a code leads to, or asks its admins to be let in.
pub(super) fn join(session: &Session<'_>, asked: &Node) -> Result<Reply, Refusal> {
    let world = &session.connection.world;
    let cell = invited_to(world, asked)?;
    let tag = match invite::join(world, &cell, &session.me.account) {
        Ok(Joined::Member) => "group",
        Ok(Joined::Waiting) => "membership_approval_request",
        Err(Refusal::AlreadyMember) => {
            return Ok(Reply::Error { code: MEMBER_ALREADY, text: "not-modified" });
        }
        Err(refusal) => return Err(refusal),
    };
    Ok(Reply::result([NodeBuilder::new(tag).attr("jid", cell.jid()).build()]))
}

fn invited_to(world: &World, asked: &Node) -> Result<Arc<GroupCell>, Refusal> {
    let code = attr(asked, "code").ok_or(Refusal::NoSuchInvite)?;
    world.groups.invited_to(&code).ok_or(Refusal::NoSuchInvite)
}

/// Those who wait, oldest first.
pub(super) fn requests(session: &Session<'_>, cell: &GroupCell) -> Result<Reply, Refusal> {
    const TAG: &str = "membership_approval_request";
    let world = &session.connection.world;
    let group = admin_view(session, cell)?;
    let requests = group.requests.iter().filter_map(|request| {
        let account = world.account(&request.number)?;
        let node = node::person(TAG, &account, group.addressing);
        Some(node.attr("request_time", request.at).attr("request_method", "invite_link").build())
    });
    let requests: Vec<Node> = requests.collect();
    let list = NodeBuilder::new("membership_approval_requests").children(requests).build();
    Ok(Reply::result([list]))
}

/// Lets people in who wait, or turns them away.
pub(super) fn decide(
    session: &Session<'_>,
    cell: &GroupCell,
    asked: &Node,
) -> Result<Reply, Refusal> {
    let decisions = [("approve", Decision::Approve), ("reject", Decision::Reject)];
    let mut answers = Vec::new();
    for (tag, decision) in decisions {
        let Some(action) = asked.get_optional_child(tag) else { continue };
        let world = &session.connection.world;
        let named = named(world, action);
        let people: Vec<_> = named.iter().filter_map(|(_, account)| account.clone()).collect();
        let outcomes = invite::decide(world, cell, &session.me.account, decision, &people)?;
        let mut outcomes = outcomes.into_iter();
        let addressing = cell.snapshot().addressing;
        let participants = named.iter().map(|(jid, account)| {
            let result = match account {
                Some(_) => outcomes.next().unwrap_or(Ok(())),
                None => Err(Refusal::NoSuchRequest),
            };
            outcome(addressing, jid, account.as_deref(), result)
        });
        let participants: Vec<Node> = participants.collect();
        answers.push(NodeBuilder::new(tag).children(participants).build());
    }
    if answers.is_empty() {
        return Ok(Reply::bad_request());
    }
    let action = NodeBuilder::new("membership_requests_action").children(answers).build();
    Ok(Reply::result([action]))
}

/// Takes back the account's own wish to join.
pub(super) fn withdraw(
    session: &Session<'_>,
    cell: &GroupCell,
    asked: &Node,
) -> Result<Reply, Refusal> {
    let world = &session.connection.world;
    let me = &session.me.account;
    let addressing = cell.snapshot().addressing;
    let mut participants = Vec::new();
    for (jid, account) in named(world, asked) {
        let is_me = account.as_ref().is_some_and(|account| account.number() == me.number());
        let result = match is_me {
            true => invite::withdraw(world, cell, me),
            false => Err(Refusal::NotAdmin),
        };
        participants.push(outcome(addressing, &jid, account.as_deref(), result));
    }
    let answer = NodeBuilder::new("cancel_membership_requests").children(participants).build();
    Ok(Reply::result([answer]))
}

/// The group as an admin sees it.
fn admin_view(session: &Session<'_>, cell: &GroupCell) -> Result<Arc<Group>, Refusal> {
    let group = cell.snapshot();
    let number = session.me.account.number();
    match (group.has(number), group.members.is_admin(number)) {
        (_, true) => Ok(group),
        (true, false) => Err(Refusal::NotAdmin),
        (false, false) => Err(Refusal::NotMember),
    }
}
