//! The invite link of a group, and those who wait for an admin to let them in.

use std::sync::Arc;

use wacore_binary::builder::NodeBuilder;

use super::create::invite_code;
use super::members::Outcomes;
use super::node;
use super::notice::{self, Entrance};
use super::refusal::Refusal;
use crate::world::World;
use crate::world::account::Account;
use crate::world::groups::cell::GroupCell;
use crate::world::groups::group::{Group, JoinRequest, LARGEST};
use crate::world::groups::members::Role;

/// What came of an attempt to join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joined {
    Member,
    /// An admin has to let the person in.
    Waiting,
}

/// The answer of an admin to somebody who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Approve,
    Reject,
}

/// Replaces the code of the invite link. Returns the new one.
pub(crate) fn reset(world: &World, cell: &GroupCell, by: &Account) -> Result<String, Refusal> {
    let code = cell.change(|group| -> Result<String, Refusal> {
        require_admin(group, by)?;
        group.invite = invite_code();
        let invite = NodeBuilder::new("invite").attr("code", group.invite.as_str()).build();
        notice::to_members(world, group, by, invite);
        Ok(group.invite.clone())
    })?;
    world.changed();
    Ok(code)
}

/// Joins by the invite link, or asks the admins to be let in.
pub(crate) fn join(world: &World, cell: &GroupCell, who: &Arc<Account>) -> Result<Joined, Refusal> {
    let joined = cell.change(|group| {
        let number = who.number();
        if group.has(number) {
            return Err(Refusal::AlreadyMember);
        }
        if group.removed.contains(number) {
            return Err(Refusal::WasRemoved);
        }
        if group.members.len() >= LARGEST {
            return Err(Refusal::Full);
        }
        if group.settings.approval {
            ask(world, group, who);
            return Ok(Joined::Waiting);
        }
        group.members.add(number, Role::Member);
        notice::entered(world, group, who, std::slice::from_ref(who), Entrance::Invited);
        Ok(Joined::Member)
    })?;
    world.changed();
    Ok(joined)
}

fn ask(world: &World, group: &mut Group, who: &Account) {
    let number = who.number();
    if group.requests.iter().any(|request| request.number == number) {
        return;
    }
    group.requests.push(JoinRequest { number: number.to_owned(), at: world.clock.now() });
    let user = node::person("requested_user", who, group.addressing).build();
    let created = NodeBuilder::new("created_membership_requests")
        .attr("request_method", "invite_link")
        .children([user])
        .build();
    notice::to_admins(world, group, who, created);
}

/// Answers people who wait.
pub(crate) fn decide(
    world: &World,
    cell: &GroupCell,
    by: &Arc<Account>,
    decision: Decision,
    who: &[Arc<Account>],
) -> Result<Outcomes, Refusal> {
    let outcomes = cell.change(|group| -> Result<_, Refusal> {
        require_admin(group, by)?;
        let outcomes: Outcomes =
            who.iter().map(|account| settle(group, account.number(), decision)).collect();
        let settled = who.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok());
        let settled: Vec<_> = settled.map(|(account, _)| account.clone()).collect();
        if !settled.is_empty() {
            match decision {
                Decision::Approve => {
                    notice::entered(world, group, by, &settled, Entrance::Approved);
                }
                Decision::Reject => revoked(world, group, by, &settled),
            }
        }
        Ok(outcomes)
    })?;
    world.changed();
    Ok(outcomes)
}

/// Takes back the wish of an account to join.
pub(crate) fn withdraw(world: &World, cell: &GroupCell, who: &Arc<Account>) -> Result<(), Refusal> {
    cell.change(|group| -> Result<(), Refusal> {
        settle(group, who.number(), Decision::Reject)?;
        revoked(world, group, who, std::slice::from_ref(who));
        Ok(())
    })?;
    world.changed();
    Ok(())
}

fn settle(group: &mut Group, number: &str, decision: Decision) -> Result<(), Refusal> {
    let position = group.requests.iter().position(|request| request.number == number);
    let position = position.ok_or(Refusal::NoSuchRequest)?;
    if decision == Decision::Approve {
        if group.members.len() >= LARGEST {
            return Err(Refusal::Full);
        }
        group.members.add(number, Role::Member);
    }
    group.requests.remove(position);
    Ok(())
}

/// Tells the admins, and those whose wish it was, that it is off.
fn revoked(world: &World, group: &Group, by: &Account, who: &[Arc<Account>]) {
    let node = notice::listing("revoked_membership_requests", group, who);
    let admins = group.members.iter().filter(|member| member.role.is_admin());
    let admins = admins.map(|member| member.number.as_str());
    let others = who.iter().map(|account| account.number());
    notice::send(world, group, by, node, admins.chain(others));
}

fn require_admin(group: &Group, by: &Account) -> Result<(), Refusal> {
    if !group.has(by.number()) {
        return Err(Refusal::NotMember);
    }
    group.members.is_admin(by.number()).then_some(()).ok_or(Refusal::NotAdmin)
}
