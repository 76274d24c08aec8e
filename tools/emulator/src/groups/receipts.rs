//! Receipts of members, to the author of the messages and to the other devices of the reader.

use std::sync::Arc;

use wacore_binary::Node;

use crate::receipts;
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;
use crate::world::groups::group::Group;
use crate::world::inbox::{Event, GroupReceipt};

/// A receipt of a member.
pub(crate) struct MemberReceipt<'a> {
    pub(crate) from: &'a DeviceAddress,
    pub(crate) group: &'a Group,
    /// The author of the messages; `None` if the client does not say who that is.
    pub(crate) author: Option<&'a Arc<Account>>,
    /// The stanza's `type`; `None` means "delivered".
    pub(crate) kind: Option<&'a str>,
    /// Ids of the messages, never empty.
    pub(crate) ids: &'a [String],
}

/// Forwards a receipt to all devices of the author. One for read messages also goes to the
/// reader's other devices.
pub(crate) fn forward(world: &World, receipt: &MemberReceipt<'_>) {
    let MemberReceipt { from, group, author, kind, ids } = *receipt;
    let is_for_author = !matches!(kind, Some("read-self" | "played-self"));
    if let Some(author) = author.filter(|_| is_for_author) {
        let theirs = stanza(world, from, group, kind, ids);
        receipts::queue(world, author, None, &theirs);
        author.send_to_phone(Event::GroupReceipt(GroupReceipt {
            from: from.account.clone(),
            group: group.jid(),
            status: receipts::status(kind),
            ids: ids.to_vec(),
        }));
    }
    if matches!(kind, Some("read" | "read-self" | "played" | "played-self")) {
        let own = stanza(world, from, group, kind, ids);
        receipts::queue(world, &from.account, Some(from.device), &own);
        if from.device != 0 {
            from.account.send_to_phone(Event::ReadElsewhere(group.jid().to_string()));
        }
    }
}

/// `<receipt>` of the group with the member beside it.
fn stanza(
    world: &World,
    from: &DeviceAddress,
    group: &Group,
    kind: Option<&str>,
    ids: &[String],
) -> Node {
    let mut node = receipts::stanza(group.jid().into(), kind, ids, world.clock.now());
    node.attrs.insert("participant", from.jid(group.addressing));
    if group.addressing == Addressing::Lid {
        node.attrs.insert("participant_pn", from.account.jid(Addressing::Pn));
    }
    node
}
