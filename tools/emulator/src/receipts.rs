//! Receipts to the other side of a chat, and to the other devices of the reader.

use std::sync::Arc;

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use crate::phone::MessageStatus;
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;
use crate::world::inbox::{Event, Receipt};
use crate::world::queue::Class;

/// A receipt to forward to the other side of a chat.
pub(crate) struct ForwardedReceipt<'a> {
    pub(crate) from: &'a DeviceAddress,
    pub(crate) to: &'a Arc<Account>,
    pub(crate) addressing: Addressing,
    /// The stanza's `type`; `None` means "delivered".
    pub(crate) kind: Option<&'a str>,
    /// Ids of the messages, never empty.
    pub(crate) ids: &'a [String],
}

/// Forwards a receipt to all devices of the author. A receipt for a read chat also goes to the
/// reader's other devices.
pub(crate) fn forward_receipt(world: &World, receipt: &ForwardedReceipt<'_>) {
    let ForwardedReceipt { from, to, addressing, kind, ids } = *receipt;
    let sender = from.jid(addressing);
    let timestamp = world.clock.now();
    // A user with read receipts turned off notifies only their own devices.
    if !matches!(kind, Some("read-self" | "played-self")) {
        let theirs = stanza(sender.clone().into(), kind, ids, timestamp);
        queue(world, to, None, &theirs);
        to.send_to_phone(Event::Receipt(Receipt {
            from: from.account.clone(),
            status: status(kind),
            ids: ids.to_vec(),
        }));
    }
    if matches!(kind, Some("read" | "read-self" | "played" | "played-self")) {
        let mut own = stanza(sender.into(), kind, ids, timestamp);
        own.attrs.insert("recipient", to.jid(addressing));
        queue(world, &from.account, Some(from.device), &own);
        if from.device != 0 {
            from.account.send_to_phone(Event::ReadElsewhere(to.number().to_owned()));
        }
    }
}

/// Queues a receipt for every companion of an account, except one.
pub(crate) fn queue(world: &World, account: &Account, except: Option<u16>, node: &Node) {
    for companion in account.directory().companions.values_mut() {
        if Some(companion.id) != except {
            companion.deliver(&world.faults, account.number(), Class::Receipt, node.clone());
        }
    }
}

/// `<receipt>` for messages, whose ids are never none.
pub(crate) fn stanza(
    from: wacore_binary::NodeValue,
    kind: Option<&str>,
    ids: &[String],
    timestamp: i64,
) -> Node {
    let mut receipt = NodeBuilder::new("receipt").attr("from", from).attr("t", timestamp);
    if let Some((first, rest)) = ids.split_first() {
        receipt = receipt.attr("id", first.as_str());
        if !rest.is_empty() {
            let items =
                rest.iter().map(|id| NodeBuilder::new("item").attr("id", id.as_str()).build());
            receipt = receipt.children([NodeBuilder::new("list").children(items).build()]);
        }
    }
    if let Some(kind) = kind {
        receipt = receipt.attr("type", kind);
    }
    receipt.build()
}

/// The status a receipt reports; `inactive` ones are forwarded but not shown.
pub(crate) fn status(kind: Option<&str>) -> Option<MessageStatus> {
    match kind {
        None => Some(MessageStatus::Delivered),
        Some("read") => Some(MessageStatus::Read),
        Some("played") => Some(MessageStatus::Played),
        Some(_) => None,
    }
}
