//! A group and its participants in stanzas.

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use crate::node::with_text;
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::groups::group::{Description, Group};

/// The parts of a group that a client asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts {
    pub(crate) participants: bool,
    pub(crate) description: bool,
}

impl Parts {
    pub(crate) const ALL: Self = Self { participants: true, description: true };
}

/// `<participant>` with both addresses of an account, from which clients learn that they are one
/// person.
pub(crate) fn participant(account: &Account, addressing: Addressing) -> NodeBuilder {
    person("participant", account, addressing)
}

/// The same under another tag.
pub(crate) fn person(tag: &'static str, account: &Account, addressing: Addressing) -> NodeBuilder {
    let alternative = match addressing {
        Addressing::Pn => "lid",
        Addressing::Lid => "phone_number",
    };
    NodeBuilder::new(tag)
        .attr("jid", account.jid(addressing))
        .attr(alternative, account.jid(addressing.other()))
}

/// `<group>`.
pub(crate) fn group(world: &World, group: &Group, parts: Parts) -> Node {
    let mut node = NodeBuilder::new("group")
        .attr("id", group.id.as_str())
        .attr("subject", group.subject.text.as_str())
        .attr("s_t", group.subject.at)
        .attr("creation", group.creation)
        .attr("addressing_mode", group.addressing.as_str())
        .attr("size", group.members.len());
    node = author(world, node, group, ["creator", "creator_pn"], &group.creator);
    node = author(world, node, group, ["s_o", "s_o_pn"], &group.subject.by);
    let mut children = Vec::new();
    if parts.participants {
        for member in group.members.iter() {
            let Some(account) = world.account(&member.number) else { continue };
            let mut node = participant(&account, group.addressing);
            if let Some(kind) = member.role.attribute() {
                node = node.attr("type", kind);
            }
            children.push(node.build());
        }
    }
    if parts.description
        && let Some(text) = &group.description
    {
        children.push(description(world, group, text));
    }
    children.extend(settings(group));
    node.children(children).build()
}

/// `<description>` with its author.
pub(crate) fn description(world: &World, group: &Group, text: &Description) -> Node {
    let node = NodeBuilder::new("description").attr("id", text.id.as_str()).attr("t", text.at);
    let body = with_text(NodeBuilder::new("body"), &text.text).build();
    author(world, node, group, ["participant", "participant_pn"], &text.by).children([body]).build()
}

/// Adds the address of a person in the group, and the phone number where that is a LID.
pub(crate) fn author(
    world: &World,
    node: NodeBuilder,
    group: &Group,
    [key, key_pn]: [&'static str; 2],
    number: &str,
) -> NodeBuilder {
    let Some(account) = world.account(number) else { return node };
    let node = node.attr(key, account.jid(group.addressing));
    match group.addressing {
        Addressing::Pn => node,
        Addressing::Lid => node.attr(key_pn, account.jid(Addressing::Pn)),
    }
}

fn settings(group: &Group) -> Vec<Node> {
    let settings = &group.settings;
    let mut children = Vec::new();
    if settings.locked {
        children.push(NodeBuilder::new("locked").build());
    }
    if settings.announce {
        children.push(NodeBuilder::new("announcement").build());
    }
    if settings.ephemeral > 0 {
        children.push(ephemeral(settings.ephemeral));
    }
    if settings.approval {
        children.push(approval(true));
    }
    children.push(member_add_mode(settings.admins_add));
    for switch in &settings.switches {
        children.push(NodeBuilder::new_dynamic(switch.clone()).build());
    }
    children
}

/// The timer of disappearing messages.
pub(crate) fn ephemeral(seconds: u32) -> Node {
    match seconds {
        0 => NodeBuilder::new("not_ephemeral").build(),
        seconds => NodeBuilder::new("ephemeral").attr("expiration", seconds).build(),
    }
}

/// Whether admins let in who joins by the invite link.
pub(crate) fn approval(is_on: bool) -> Node {
    let state = if is_on { "on" } else { "off" };
    let join = NodeBuilder::new("group_join").attr("state", state).build();
    NodeBuilder::new("membership_approval_mode").children([join]).build()
}

/// Who may add members.
pub(crate) fn member_add_mode(admins_only: bool) -> Node {
    let mode = if admins_only { "admin_add" } else { "all_member_add" };
    NodeBuilder::new("member_add_mode").string_content(mode).build()
}
