//! Subject, description and settings of a group.

use std::sync::Arc;

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use super::create::description_id;
use super::node;
use super::notice;
use super::refusal::Refusal;
use crate::world::World;
use crate::world::account::Account;
use crate::world::groups::cell::GroupCell;
use crate::world::groups::group::{
    Description, Group, LONGEST_DESCRIPTION, LONGEST_SUBJECT, Subject,
};

/// Switches without an effect on the server: the tags that switch them on and off.
const SWITCHES: [(&str, &str); 3] = [
    ("no_frequently_forwarded", "frequently_forwarded_ok"),
    ("allow_admin_reports", "not_allow_admin_reports"),
    ("group_history", "no_group_history"),
];

/// A change of a group's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Setting {
    /// The subject.
    Subject(String),
    Description(NewDescription),
    /// Only admins may write.
    Announce(bool),
    /// Only admins may change subject, description and timer.
    Locked(bool),
    /// Seconds until messages disappear; 0 if they stay.
    Ephemeral(u32),
    /// Admins let in who joins by the invite link.
    Approval(bool),
    /// Only admins may add members.
    AdminsAdd(bool),
    /// A switch, by its tag, which is that of being on or that of being off.
    Switch(&'static str),
}

/// A description, or its removal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewDescription {
    /// None removes it.
    pub(crate) text: Option<String>,
    /// The id that the client gave it.
    pub(crate) id: Option<String>,
    /// The id of the one that it replaces; it is not checked if this is `Replaces::Any`.
    pub(crate) replaces: Replaces,
}

/// The description that a new one replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Replaces {
    /// Whatever is there.
    Any,
    /// The one with this id, or none.
    Only(Option<String>),
}

impl Setting {
    /// A switch that has this tag.
    pub(crate) fn switch(tag: &str) -> Option<Self> {
        let mut tags = SWITCHES.iter().flat_map(|(on, off)| [*on, *off]);
        tags.find(|known| *known == tag).map(Self::Switch)
    }

    fn admits(&self, group: &Group, by: &str) -> Result<(), Refusal> {
        if !group.has(by) {
            return Err(Refusal::NotMember);
        }
        let admits = match self {
            Self::Subject(_) | Self::Description(_) | Self::Ephemeral(_) => {
                group.admits_change_of(by)
            }
            _ => group.members.is_admin(by),
        };
        admits.then_some(()).ok_or(Refusal::NotAdmin)
    }

    /// Changes the group. Returns the node that tells of it.
    fn apply(self, world: &World, group: &mut Group, by: &Account) -> Result<Node, Refusal> {
        let at = world.clock.now();
        let tag = |is_on: bool, on: &'static str, off: &'static str| {
            NodeBuilder::new(if is_on { on } else { off }).build()
        };
        Ok(match self {
            Self::Subject(text) => {
                let text = subject(&text)?;
                let node =
                    NodeBuilder::new("subject").attr("subject", text.as_str()).attr("s_t", at);
                group.subject = Subject { text, by: by.number().to_owned(), at };
                node::author(world, node, group, ["s_o", "s_o_pn"], by.number()).build()
            }
            Self::Description(new) => describe(world, group, by, new, at)?,
            Self::Announce(is_on) => {
                group.settings.announce = is_on;
                tag(is_on, "announcement", "not_announcement")
            }
            Self::Locked(is_on) => {
                group.settings.locked = is_on;
                tag(is_on, "locked", "unlocked")
            }
            Self::Ephemeral(seconds) => {
                group.settings.ephemeral = seconds;
                node::ephemeral(seconds)
            }
            Self::Approval(is_on) => {
                group.settings.approval = is_on;
                node::approval(is_on)
            }
            Self::AdminsAdd(is_on) => {
                group.settings.admins_add = is_on;
                node::member_add_mode(is_on)
            }
            Self::Switch(tag) => {
                for (on, off) in SWITCHES {
                    if on == tag {
                        group.settings.switches.insert(on.to_owned());
                    } else if off == tag {
                        group.settings.switches.remove(on);
                    }
                }
                NodeBuilder::new(tag).build()
            }
        })
    }
}

/// Changes a setting, and tells the members.
pub(crate) fn set(
    world: &World,
    cell: &GroupCell,
    by: &Arc<Account>,
    setting: Setting,
) -> Result<(), Refusal> {
    cell.change(|group| -> Result<(), Refusal> {
        setting.admits(group, by.number())?;
        let change = setting.apply(world, group, by)?;
        notice::to_members(world, group, by, change);
        Ok(())
    })?;
    world.changed();
    Ok(())
}

/// Checks a subject.
pub(super) fn subject(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    match text.chars().count() {
        1..=LONGEST_SUBJECT => Ok(text.to_owned()),
        _ => Err(Refusal::Length),
    }
}

fn describe(
    world: &World,
    group: &mut Group,
    by: &Account,
    new: NewDescription,
    at: i64,
) -> Result<Node, Refusal> {
    let current = group.description.as_ref().map(|description| description.id.clone());
    if let Replaces::Only(id) = &new.replaces
        && *id != current
    {
        return Err(Refusal::DescriptionConflict);
    }
    let id = new.id.unwrap_or_else(description_id);
    let Some(text) = new.text.filter(|text| !text.is_empty()) else {
        group.description = None;
        let delete = NodeBuilder::new("delete").build();
        return Ok(NodeBuilder::new("description").attr("id", id).children([delete]).build());
    };
    if text.chars().count() > LONGEST_DESCRIPTION {
        return Err(Refusal::Length);
    }
    let description = Description { id, text, by: by.number().to_owned(), at };
    let node = node::description(world, group, &description);
    group.description = Some(description);
    Ok(node)
}
