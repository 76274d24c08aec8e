//! `<receipt>` from a client: confirms queued stanzas, and is forwarded to the other side.

use wacore::protocol::retry::MAX_RETRY_COUNT;
use wacore_binary::builder::NodeBuilder;
use wacore_binary::{JidExt as _, Node};

use super::retry_keys::retry_bundle;
use super::{acknowledge, group_receipt};
use crate::client::session::Session;
use crate::faults::FaultKind;
use crate::node::{attr, bytes};
use crate::receipts::{ForwardedReceipt, forward_receipt};
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;
use crate::world::inbox::{Event, Retry, Reupload};
use crate::world::queue::Class;

pub(crate) fn handle(session: &Session<'_>, node: &Node) {
    let world = &session.connection.world;
    let me = &session.me;
    let kind = attr(node, "type");
    let is_delivery = matches!(kind.as_deref(), None | Some("inactive" | "sender"));
    if is_delivery
        && world.faults.trigger(&[FaultKind::LostReceipt], me.account.number(), me.device).is_some()
    {
        return;
    }
    acknowledge(session, node, "receipt");
    let ids = ids(node);
    let asks_again = kind.as_deref() == Some("retry") && !is_last_retry(node);
    let asks_for_file = kind.as_deref() == Some("server-error");
    if !asks_again && !asks_for_file {
        let mut directory = me.account.directory();
        if let Some(companion) = directory.companions.get_mut(&me.device) {
            for id in &ids {
                companion.queue.confirm(Class::Message, id);
            }
        }
    }
    if kind.as_deref() == Some("hist_sync") {
        for id in &ids {
            let receipt = Event::HistoryReceipt { device: me.device, id: id.clone() };
            me.account.send_to_phone(receipt);
        }
    }
    let to = node.attrs().optional_jid("to");
    if let Some(group) = to.as_ref().and_then(|to| world.groups.find(to)) {
        let group = group.snapshot();
        match kind.as_deref() {
            Some("retry") if !asks_again => {}
            Some("retry") => group_receipt::forward_retry(session, node, &group),
            Some("server-error") => ask_for_file(me, &me.account, node),
            Some("sender" | "peer_msg" | "hist_sync") => {}
            kind => group_receipt::forward(session, node, &group, kind, &ids),
        }
        world.changed();
        return;
    }
    // The receipt for a message to a broadcast list goes to its author.
    let to = match to {
        Some(list) if list.is_broadcast_list() => node.attrs().optional_jid("participant"),
        to => to,
    };
    let target = to.and_then(|to| Some((world.account_of(&to)?, to)));
    if let Some((account, to)) = target {
        match kind.as_deref() {
            Some("retry") if !asks_again => {}
            Some("retry") => {
                forward_retry(session, node, &DeviceAddress::new(&account, to.device), &to);
            }
            Some("server-error") => ask_for_file(me, &account, node),
            // These are between devices of one account, so others do not get them.
            Some("sender" | "peer_msg" | "hist_sync") => {}
            _ => forward_receipt(
                world,
                &ForwardedReceipt {
                    from: me,
                    to: &account,
                    addressing: Addressing::of(&to),
                    kind: kind.as_deref(),
                    ids: &ids,
                },
            ),
        }
    }
    world.changed();
}

/// Returns `true` for the last retry receipt of a message. No author answers it any more, so
/// delivering the message again at every login would change nothing.
fn is_last_retry(retry: &Node) -> bool {
    let count = retry
        .get_optional_child("retry")
        .and_then(|retry| retry.attrs().optional_u64("count"))
        .unwrap_or(1);
    count >= u64::from(MAX_RETRY_COUNT)
}

/// A retry receipt goes to the one device that sent the message.
fn forward_retry(
    session: &Session<'_>,
    node: &Node,
    to: &DeviceAddress,
    address: &wacore_binary::Jid,
) {
    let world = &session.connection.world;
    let me = &session.me;
    let addressing = Addressing::of(address);
    if to.device == 0 {
        let Some(id) = attr(node, "id") else {
            return;
        };
        to.account.send_to_phone(Event::Retry(Retry {
            from: me.clone(),
            addressing,
            id,
            bundle: retry_bundle(node),
        }));
        return;
    }
    let mut passed =
        NodeBuilder::new("receipt").attr("from", me.jid(addressing)).attr("t", world.clock.now());
    for key in ["id", "type", "participant", "recipient", "category"] {
        if let Some(value) = node.attrs.get(key) {
            passed = passed.attr(key, value.clone());
        }
    }
    let passed = passed.apply_content(node.content.clone()).build();
    let mut directory = to.account.directory();
    if let Some(companion) = directory.companions.get_mut(&to.device) {
        companion.deliver(&world.faults, to.account.number(), Class::Receipt, passed);
    }
}

/// Handles a companion's request to its own phone for a file that it did not find on the media
/// servers (WA Web `WAWebSendServerErrorReceiptJob`).
fn ask_for_file(me: &DeviceAddress, phone: &Account, node: &Node) {
    let part = |tag: &str| -> Option<Vec<u8>> {
        let sealed = node.get_optional_child("encrypt")?;
        Some(bytes(sealed.get_optional_child(tag)?)?.to_vec())
    };
    let (Some(id), Some(sealed), Some(iv)) = (attr(node, "id"), part("enc_p"), part("enc_iv"))
    else {
        return;
    };
    if phone.number() == me.account.number() {
        let about = node.get_optional_child("rmr").cloned();
        phone.send_to_phone(Event::Reupload(Reupload { device: me.device, id, sealed, iv, about }));
    }
}

/// The stanza's id and those in its `<list>`.
fn ids(node: &Node) -> Vec<String> {
    let listed = node
        .get_optional_child("list")
        .into_iter()
        .flat_map(|list| list.get_children_by_tag("item"))
        .filter_map(|item| attr(item, "id"));
    attr(node, "id").into_iter().chain(listed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_fifth_retry_receipt_gives_a_message_up() {
        let receipt = |count: u64| {
            let retry = NodeBuilder::new("retry").attr("id", "A").attr("count", count).build();
            NodeBuilder::new("receipt").attr("type", "retry").children([retry]).build()
        };
        assert!(!is_last_retry(&receipt(1)));
        assert!(!is_last_retry(&receipt(4)));
        assert!(is_last_retry(&receipt(5)));
    }
}
