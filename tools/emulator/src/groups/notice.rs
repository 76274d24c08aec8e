//! Notifications of changes of a group: `<notification type="w:gp2">` (WA Web
//! `WAWebHandleGroupNotification`).

use std::sync::Arc;

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use super::node::{self, Parts};
use crate::notify;
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::groups::group::Group;

/// Notifies the members of a change.
pub(crate) fn to_members(world: &World, group: &Group, by: &Account, change: Node) {
    send(world, group, by, change, group.members.numbers());
}

/// Notifies the admins of a change that concerns only them.
pub(crate) fn to_admins(world: &World, group: &Group, by: &Account, change: Node) {
    let admins = group.members.iter().filter(|member| member.role.is_admin());
    send(world, group, by, change, admins.map(|member| member.number.as_str()));
}

/// Notifies the devices of some accounts, the device that made the change among them.
pub(crate) fn send<'a>(
    world: &World,
    group: &Group,
    by: &Account,
    change: Node,
    to: impl IntoIterator<Item = &'a str>,
) {
    let mut node = notify::notification(world, "w:gp2", group.jid(), [change]);
    node.attrs.insert("addressing_mode", group.addressing.as_str());
    node.attrs.insert("participant", by.jid(group.addressing));
    if group.addressing == Addressing::Lid {
        node.attrs.insert("participant_pn", by.jid(Addressing::Pn));
    }
    let name = by.directory().name.clone();
    node.attrs.insert("notify", name);
    for number in to {
        if let Some(account) = world.account(number) {
            notify::all_companions(world, &account, 0, &node);
        }
    }
}

/// The way into a group, as those who come learn of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entrance<'a> {
    /// The group is new. The creating client may have given its request a key.
    New { key: Option<&'a str> },
    /// A member added them.
    Added,
    /// They joined by the invite link.
    Invited,
    /// An admin let them in.
    Approved,
}

/// `<create>`, by which those who come learn of the whole group.
pub(crate) fn create(world: &World, group: &Group, entrance: Entrance<'_>) -> Node {
    let mut create = NodeBuilder::new("create");
    match entrance {
        Entrance::New { key } => {
            create = create.attr("type", "new");
            if let Some(key) = key {
                create = create.attr("key", key);
            }
        }
        Entrance::Added | Entrance::Approved => {}
        Entrance::Invited => create = create.attr("reason", "invite"),
    }
    create.children([node::group(world, group, Parts::ALL)]).build()
}

/// Notifies everybody of new members: those who come of the whole group, the others of those who
/// come.
pub(crate) fn entered(
    world: &World,
    group: &Group,
    by: &Account,
    new: &[Arc<Account>],
    entrance: Entrance<'_>,
) {
    let is_new = |number: &str| new.iter().any(|account| account.number() == number);
    let comers = new.iter().map(|account| account.number());
    send(world, group, by, create(world, group, entrance), comers);
    let mut add = listing("add", group, new);
    if entrance == Entrance::Invited {
        add.attrs.insert("reason", "invite");
    }
    let others = group.members.numbers().filter(|number| !is_new(number));
    send(world, group, by, add, others);
}

/// A change that names members.
pub(crate) fn listing(tag: &'static str, group: &Group, who: &[Arc<Account>]) -> Node {
    let listed = who.iter().map(|account| node::participant(account, group.addressing).build());
    NodeBuilder::new(tag).children(listed).build()
}
