//! Retry receipts, sent and answered.

use std::sync::Arc;

use wacore::iq::prekeys::{OneTimePreKeyNode, SignedPreKeyNode};
use wacore::protocol::ProtocolNode as _;
use wacore::protocol::retry::MAX_RETRY_COUNT;
use wacore::send::stanza_type_from_message;
use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node};

use super::fan_out::send_again;
use super::groups;
use super::outgoing::{edit_attribute, poll_meta};
use crate::delivery::Dispatch;
use crate::phone::{Bundle, Phone};
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;
use crate::world::inbox::{Event, InboundMessage, Retry};
use crate::world::presentation::Presentation;
use crate::world::queue::Class;

/// A message that could not be read.
pub(super) struct Unread<'a> {
    pub(super) id: &'a str,
    pub(super) author: &'a DeviceAddress,
    pub(super) addressing: Addressing,
    pub(super) timestamp: i64,
    /// The chat, as the author's device sees it: the `from` of the receipt.
    pub(super) chat: Jid,
    /// An address beside it.
    pub(super) beside: Option<(&'static str, Jid)>,
}

impl<'a> Unread<'a> {
    /// A message of the chat with one person. The own devices of the phone learn which chat.
    pub(super) fn of_person(account: &Account, inbound: &'a InboundMessage) -> Self {
        let InboundMessage { id, from, recipient, addressing, timestamp, .. } = inbound;
        let own = from.account.number() == account.number();
        Self {
            id,
            author: from,
            addressing: *addressing,
            timestamp: *timestamp,
            chat: account.jid(*addressing),
            beside: own.then(|| ("recipient", recipient.jid(*addressing))),
        }
    }
}

/// Sends a retry receipt with fresh keys to the device whose message could not be read.
pub(super) async fn ask(world: &World, account: &Arc<Account>, unread: Unread<'_>) {
    let Unread { id, author, addressing, timestamp, chat, beside } = unread;
    let count = {
        let mut directory = account.directory();
        let requests = directory.retries.entry(id.to_owned()).or_default();
        *requests += 1;
        *requests
    };
    // The author refuses more requests than this.
    if count >= MAX_RETRY_COUNT {
        return;
    }
    let bundle = account.phone.lock().await.take_bundle();
    if author.device == 0 {
        author.account.send_to_phone(Event::Retry(Retry {
            from: DeviceAddress::new(account, 0),
            addressing,
            id: id.to_owned(),
            bundle: Some(bundle),
        }));
        return;
    }
    let mut receipt = NodeBuilder::new("receipt")
        .attr("from", chat)
        .attr("id", id)
        .attr("type", "retry")
        .attr("t", world.clock.now());
    if let Some((key, jid)) = beside {
        receipt = receipt.attr(key, jid);
    }
    let retry = NodeBuilder::new("retry")
        .attr("v", "1")
        .attr("id", id)
        .attr("t", timestamp)
        .attr("count", count)
        .build();
    let registration =
        NodeBuilder::new("registration").bytes(bundle.registration_id.to_be_bytes()).build();
    let receipt = receipt.children([retry, registration, keys(bundle)]).build();

    let mut directory = author.account.directory();
    if let Some(companion) = directory.companions.get_mut(&author.device) {
        companion.deliver(&world.faults, author.account.number(), Class::Receipt, receipt);
    }
}

/// Clears the retry count of a message that was decrypted at last.
pub(super) fn forget(account: &Account, id: &str) {
    account.directory().retries.remove(id);
}

fn keys(bundle: Bundle) -> Node {
    let mut children = vec![
        NodeBuilder::new("type").bytes([5]).build(),
        NodeBuilder::new("identity").bytes(bundle.identity).build(),
    ];
    if let Some(key) = bundle.one_time_prekey {
        children.push(OneTimePreKeyNode::new(key.id, key.public.to_vec()).into_node());
    }
    let signed = bundle.signed_prekey;
    children.push(
        SignedPreKeyNode::new(signed.id, signed.public.to_vec(), signed.signature).into_node(),
    );
    NodeBuilder::new("keys").children(children).build()
}

/// Encrypts a message again for the device that could not read it. Only devices of the chat get it.
pub(super) async fn answer(world: &Arc<World>, account: &Arc<Account>, retry: Retry) {
    let (sent, peer) = {
        let phone = account.phone.lock().await;
        (phone.sent_message(&retry.id), phone.is_peer_message(&retry.id))
    };
    let Some((to, message)) = sent else {
        tracing::debug!(id = retry.id, "retry for a message this phone did not send");
        return;
    };
    if let Some(group) = world.groups.find(&to) {
        groups::send_again(world, account, &group, retry, message).await;
        return;
    }
    let Some(recipient) = world.account_of(&to) else {
        return;
    };
    let own = retry.from.account.number() == account.number();
    if !own && retry.from.account.number() != recipient.number() {
        tracing::debug!(id = retry.id, "retry for a message of another chat");
        return;
    }
    let kind = match peer {
        true => "text".to_owned(),
        false => stanza_type_from_message(&message).to_owned(),
    };
    let edit = edit_attribute(&message);
    let extras = poll_meta(&message).into_iter().collect();
    let content = match own && !peer {
        true => Phone::device_sent(&message, &recipient.jid(retry.addressing)),
        false => message,
    };
    let dispatch = Dispatch {
        id: retry.id,
        from: DeviceAddress::new(account, 0),
        recipient,
        addressing: retry.addressing,
        stamp: world.clock.stamp(),
        peer,
        kind,
        edit,
        extras,
        presentation: Presentation::Plain,
    };
    send_again(world, account, &dispatch, &retry.from, &content, retry.bundle).await;
}
