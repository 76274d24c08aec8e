//! `<receipt>` from a client for messages of a group.

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use super::retry_keys::retry_bundle;
use crate::client::session::Session;
use crate::groups::receipts::{self, MemberReceipt};
use crate::node::attr;
use crate::world::account::DeviceAddress;
use crate::world::groups::group::Group;
use crate::world::inbox::{Event, Retry};
use crate::world::queue::Class;

/// Forwards a receipt to the author of the messages. Those of somebody who is no member any more
/// are not forwarded.
pub(super) fn forward(
    session: &Session<'_>,
    node: &Node,
    group: &Group,
    kind: Option<&str>,
    ids: &[String],
) {
    let world = &session.connection.world;
    if !group.has(session.me.account.number()) || ids.is_empty() {
        return;
    }
    let author = node.attrs().optional_jid("participant");
    let author = author.and_then(|author| world.account_of(&author));
    let author = author.as_ref();
    receipts::forward(world, &MemberReceipt { from: &session.me, group, author, kind, ids });
}

/// Forwards a retry receipt to the one device that sent the message.
pub(super) fn forward_retry(session: &Session<'_>, node: &Node, group: &Group) {
    let world = &session.connection.world;
    let me = &session.me;
    let author = node.attrs().optional_jid("participant");
    let author = author.and_then(|author| Some((world.account_of(&author)?, author.device)));
    let (Some((account, device)), Some(id)) = (author, attr(node, "id")) else { return };
    if !group.has(me.account.number()) {
        return;
    }
    let author = DeviceAddress::new(&account, device);
    if author.device == 0 {
        author.account.send_to_phone(Event::Retry(Retry {
            from: me.clone(),
            addressing: group.addressing,
            id,
            bundle: retry_bundle(node),
        }));
        return;
    }
    let passed = NodeBuilder::new("receipt")
        .attr("from", group.jid())
        .attr("participant", me.jid(group.addressing))
        .attr("id", id)
        .attr("type", "retry")
        .attr("t", world.clock.now());
    let passed = passed.apply_content(node.content.clone()).build();
    let mut directory = author.account.directory();
    if let Some(companion) = directory.companions.get_mut(&author.device) {
        companion.deliver(&world.faults, author.account.number(), Class::Receipt, passed);
    }
}
