//! Members who come, go, and become admins.

use std::sync::Arc;

use super::notice::{self, Entrance};
use super::refusal::Refusal;
use crate::world::World;
use crate::world::account::Account;
use crate::world::groups::cell::GroupCell;
use crate::world::groups::group::{Group, LARGEST};
use crate::world::groups::members::Role;

/// What became of each of the people whom a change names, in their order.
pub(crate) type Outcomes = Vec<Result<(), Refusal>>;

/// A change of members that an admin makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberChange {
    Add,
    Remove,
    Promote,
    Demote,
}

impl MemberChange {
    /// The tag of requests and notifications.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Promote => "promote",
            Self::Demote => "demote",
        }
    }

    pub(crate) fn parse(tag: &str) -> Option<Self> {
        [Self::Add, Self::Remove, Self::Promote, Self::Demote]
            .into_iter()
            .find(|change| change.tag() == tag)
    }

    fn admits(self, group: &Group, by: &str) -> Result<(), Refusal> {
        if !group.has(by) {
            return Err(Refusal::NotMember);
        }
        let admits = match self {
            Self::Add => group.admits_additions_of(by),
            Self::Remove | Self::Promote | Self::Demote => group.members.is_admin(by),
        };
        admits.then_some(()).ok_or(Refusal::NotAdmin)
    }

    /// Makes the change for one person.
    fn apply(self, group: &mut Group, number: &str) -> Result<(), Refusal> {
        let role = group.members.role(number);
        match (self, role) {
            (Self::Add, Some(_)) => Err(Refusal::AlreadyMember),
            (Self::Add, None) if group.members.len() >= LARGEST => Err(Refusal::Full),
            (Self::Add, None) => {
                group.members.add(number, Role::Member);
                group.removed.remove(number);
                group.requests.retain(|request| request.number != number);
                Ok(())
            }
            (_, None) => Err(Refusal::NoSuchMember),
            (Self::Remove | Self::Demote, Some(Role::Owner)) => Err(Refusal::IsOwner),
            (Self::Remove, Some(_)) => {
                group.members.remove(number);
                group.removed.insert(number.to_owned());
                Ok(())
            }
            (Self::Promote, Some(Role::Owner)) => Ok(()),
            (Self::Promote, Some(_)) => {
                group.members.set_role(number, Role::Admin);
                Ok(())
            }
            (Self::Demote, Some(_)) => {
                group.members.set_role(number, Role::Member);
                Ok(())
            }
        }
    }
}

/// Adds, removes, promotes or demotes people, and tells everybody concerned: also those who were
/// removed.
pub(crate) fn change(
    world: &World,
    cell: &GroupCell,
    by: &Arc<Account>,
    change: MemberChange,
    who: &[Arc<Account>],
) -> Result<Outcomes, Refusal> {
    let outcomes = cell.change(|group| -> Result<_, Refusal> {
        change.admits(group, by.number())?;
        let outcomes: Outcomes =
            who.iter().map(|account| change.apply(group, account.number())).collect();
        let changed = who.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok());
        let changed: Vec<_> = changed.map(|(account, _)| account.clone()).collect();
        announce(world, group, by, change, &changed);
        Ok(outcomes)
    })?;
    world.changed();
    Ok(outcomes)
}

fn announce(
    world: &World,
    group: &Group,
    by: &Arc<Account>,
    change: MemberChange,
    who: &[Arc<Account>],
) {
    if who.is_empty() {
        return;
    }
    if change == MemberChange::Add {
        notice::entered(world, group, by, who, Entrance::Added);
        return;
    }
    let node = notice::listing(change.tag(), group, who);
    let removed = who.iter().filter(|_| change == MemberChange::Remove);
    let removed = removed.map(|account| account.number());
    notice::send(world, group, by, node, group.members.numbers().chain(removed));
}

/// A member leaves. If no admin is left, another member becomes one.
pub(crate) fn leave(world: &World, cell: &GroupCell, who: &Arc<Account>) -> Result<(), Refusal> {
    cell.change(|group| {
        if !group.has(who.number()) {
            return Err(Refusal::NotMember);
        }
        group.members.remove(who.number());
        let left = notice::listing("remove", group, std::slice::from_ref(who));
        let to = group.members.numbers().chain([who.number()]);
        notice::send(world, group, who, left, to);
        let promoted = group.members.ensure_admin().and_then(|number| world.account(&number));
        if let Some(account) = promoted {
            let promote = notice::listing("promote", group, std::slice::from_ref(&account));
            notice::to_members(world, group, &account, promote);
        }
        Ok(())
    })?;
    world.changed();
    Ok(())
}
