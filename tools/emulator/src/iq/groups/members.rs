//! Members who come, go, and become admins.

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node};

use super::{Reply, named, outcome};
use crate::client::session::Session;
use crate::groups::members::{self, MemberChange};
use crate::groups::refusal::Refusal;
use crate::node::attr;
use crate::world::groups::cell::GroupCell;

/// Adds, removes, promotes or demotes those whom the request names.
pub(super) fn change(
    session: &Session<'_>,
    cell: &GroupCell,
    asked: &Node,
) -> Result<Reply, Refusal> {
    let world = &session.connection.world;
    let Some(change) = MemberChange::parse(&asked.tag) else { return Ok(Reply::Unknown) };
    let named = named(world, asked);
    let people: Vec<_> = named.iter().filter_map(|(_, account)| account.clone()).collect();
    let outcomes = members::change(world, cell, &session.me.account, change, &people)?;
    let mut outcomes = outcomes.into_iter();
    let addressing = cell.snapshot().addressing;
    let participants = named.iter().map(|(jid, account)| {
        let result = match account {
            Some(_) => outcomes.next().unwrap_or(Ok(())),
            None => Err(Refusal::NoSuchMember),
        };
        outcome(addressing, jid, account.as_deref(), result)
    });
    let participants: Vec<Node> = participants.collect();
    Ok(Reply::result([NodeBuilder::new(change.tag()).children(participants).build()]))
}

/// Leaves the groups that the request names.
pub(super) fn leave(session: &Session<'_>, asked: &Node) -> Reply {
    let world = &session.connection.world;
    let left = asked.get_children_by_tag("group").filter_map(|group| {
        let id = attr(group, "id")?;
        let jid = if id.contains('@') { id.parse().ok()? } else { Jid::group(id.as_str()) };
        let cell = world.groups.find(&jid);
        let result = match cell {
            Some(cell) => members::leave(world, &cell, &session.me.account),
            None => Err(Refusal::NoSuchGroup),
        };
        let node = NodeBuilder::new("group").attr("id", jid);
        Some(match result {
            Ok(()) => node.build(),
            Err(refusal) => node.attr("error", refusal.code()).build(),
        })
    });
    let left: Vec<Node> = left.collect();
    Reply::result([NodeBuilder::new("leave").children(left).build()])
}
