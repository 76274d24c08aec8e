//! What a group is, and which groups there are.

use wacore::messages::MessageUtils;
use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node};

use super::Reply;
use crate::client::session::Session;
use crate::groups::node::{self, Parts};
use crate::groups::refusal::Refusal;
use crate::node::attr;
use crate::world::World;
use crate::world::groups::cell::GroupCell;
use crate::world::groups::group::Group;

/// The groups that the account is a member of.
pub(super) fn participating(session: &Session<'_>, asked: &Node) -> Reply {
    let world = &session.connection.world;
    let parts = Parts {
        participants: asked.get_optional_child("participants").is_some(),
        description: asked.get_optional_child("description").is_some(),
    };
    let groups = world.groups.of(session.me.account.number());
    let groups = groups.iter().map(|group| node::group(world, group, parts));
    Reply::result([NodeBuilder::new("groups").children(groups).build()])
}

/// One group. It is left out if the client has all of its members already, which their hash shows.
pub(super) fn one(session: &Session<'_>, cell: &GroupCell, asked: &Node) -> Result<Reply, Refusal> {
    let world = &session.connection.world;
    let group = cell.snapshot();
    if !group.has(session.me.account.number()) {
        return Err(Refusal::NotMember);
    }
    let known = attr(asked, "phash");
    if known.is_some() && known == member_hash(world, &group) {
        return Ok(Reply::empty());
    }
    Ok(Reply::result([node::group(world, &group, Parts::ALL)]))
}

/// Several groups. One that the client may not see has an error in its place.
pub(super) fn several(session: &Session<'_>, asked: &Node) -> Reply {
    let world = &session.connection.world;
    let jids = asked.get_children_by_tag("group").filter_map(|group| {
        let attrs = &mut group.attrs();
        attrs.optional_jid("jid").or_else(|| attrs.optional_jid("id"))
    });
    let groups: Vec<Node> = jids.map(|jid| group_or_error(session, world, &jid)).collect();
    Reply::result([NodeBuilder::new("groups").children(groups).build()])
}

fn group_or_error(session: &Session<'_>, world: &World, jid: &Jid) -> Node {
    let error = |refusal: Refusal| {
        let id = jid.user.as_str();
        NodeBuilder::new("group").attr("id", id).attr("error", refusal.code()).build()
    };
    let Some(group) = world.groups.find(jid).map(|cell| cell.snapshot()) else {
        return error(Refusal::NoSuchGroup);
    };
    match group.has(session.me.account.number()) {
        true => node::group(world, &group, Parts::ALL),
        false => error(Refusal::NotMember),
    }
}

/// The hash over all members, without their devices.
fn member_hash(world: &World, group: &Group) -> Option<String> {
    let accounts = group.members.numbers().filter_map(|number| world.account(number));
    let members: Vec<Jid> = accounts.map(|account| account.jid(group.addressing)).collect();
    MessageUtils::participant_list_hash(&members).ok()
}
