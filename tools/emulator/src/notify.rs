//! Notifications that the server sends on its own.

use std::collections::BTreeSet;
use std::sync::Arc;

use wacore_binary::builder::NodeBuilder;
use wacore_binary::node::NodeValue;
use wacore_binary::{Node, SERVER_JID};

use crate::acquaintances;
use crate::node::with_text;
use crate::phone::ChangedCollection;
use crate::visibility::is_visible;
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::inbox::Event;
use crate::world::keys::LOW_WATER;
use crate::world::privacy::Part;
use crate::world::queue::Class;

/// A change of an account's device list.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    Added(u16),
    Removed(u16),
}

/// A `<notification>`.
pub(crate) fn notification(
    world: &World,
    kind: &'static str,
    from: impl Into<NodeValue>,
    children: impl IntoIterator<Item = Node>,
) -> Node {
    NodeBuilder::new("notification")
        .attr("id", world.next_id())
        .attr("from", from)
        .attr("type", kind)
        .attr("t", world.clock.now())
        .children(children)
        .build()
}

/// Queues a notification for every companion of an account, except one.
pub(crate) fn all_companions(world: &World, account: &Account, except: u16, node: &Node) {
    let mut directory = account.directory();
    for companion in directory.companions.values_mut() {
        if companion.id != except {
            companion.deliver(&world.faults, account.number(), Class::Notification, node.clone());
        }
    }
}

/// Numbers of everybody an account has a chat or a group with, without its own.
async fn contacts(world: &World, account: &Account) -> BTreeSet<String> {
    let mut contacts = world.groups.acquaintances(account.number());
    {
        let phone = account.phone.lock().await;
        contacts.extend(phone.chats().iter().map(|(name, _)| name.to_owned()));
    }
    contacts.remove(account.number());
    contacts
}

/// Handles a linked or removed device: refreshes the signed key-index list, and notifies the
/// account's other companions and everybody it has a chat or a group with.
pub(crate) async fn devices_changed(world: &Arc<World>, account: &Arc<Account>, change: Change) {
    let contacts = contacts(world, account).await;
    let list = account.phone.lock().await.key_index_list();
    let list = match list {
        Ok(list) => list,
        Err(error) => {
            tracing::error!(%error, "key-index list could not be signed");
            return;
        }
    };
    let (tag, device) = match change {
        Change::Added(device) => ("add", device),
        Change::Removed(device) => ("remove", device),
    };
    let key_index = {
        let mut directory = account.directory();
        directory.key_index = Some((list.timestamp, list.signed.clone()));
        directory.companions.get(&device).map(|companion| companion.key_index)
    };

    let mut entry = NodeBuilder::new("device")
        .attr("jid", account.device_jid(Addressing::Pn, device))
        .attr("lid", account.device_jid(Addressing::Lid, device));
    if let Some(key_index) = key_index {
        entry = entry.attr("key-index", key_index);
    }
    let mut key_index_list = NodeBuilder::new("key-index-list").attr("ts", list.timestamp);
    if matches!(change, Change::Added(_)) {
        key_index_list = key_index_list.bytes(list.signed);
    }
    let operation = NodeBuilder::new(tag).children([entry.build(), key_index_list.build()]).build();
    let mut node = notification(world, "devices", account.jid(Addressing::Pn), [operation]);
    node.attrs.insert("lid", account.jid(Addressing::Lid));

    all_companions(world, account, device, &node);
    for contact in contacts {
        if let Some(contact) = world.account(&contact) {
            all_companions(world, &contact, 0, &node);
        }
    }
}

/// Sets an account's text under the name, and notifies everybody who knows it and may see the text.
///
/// `<notification type="status"><set>` from the account (whatsapp-rust
/// `handle_status_notification`).
pub(crate) async fn set_about(world: &World, account: &Arc<Account>, text: &str) {
    account.directory().about = text.to_owned();
    let set = with_text(NodeBuilder::new("set"), text).build();
    let mut node = notification(world, "status", account.jid(Addressing::Pn), [set]);
    node.attrs.insert("lid", account.jid(Addressing::Lid));
    for other in acquaintances::of(world, account).await {
        if is_visible(account, &other, Part::About) {
            all_companions(world, &other, 0, &node);
        }
    }
    world.changed();
}

/// Notifies an account's companions, except one, of a changed setting of the account.
pub(crate) fn account_changed(world: &World, account: &Account, except: u16, change: Node) {
    let node = notification(world, "account_sync", account.jid(Addressing::Pn), [change]);
    all_companions(world, account, except, &node);
}

/// Notifies everybody an account has a chat or a group with of its new identity.
///
/// `<notification type="encrypt"><identity/></notification>` from the account, as clients handle it
/// (whatsmeow `handleEncryptNotification`, whatsapp-rust `handle_identity_change`).
pub(crate) async fn identity_changed(world: &World, account: &Arc<Account>) {
    let contacts = contacts(world, account).await;
    let identity = NodeBuilder::new("identity").build();
    let mut node = notification(world, "encrypt", account.jid(Addressing::Pn), [identity]);
    node.attrs.insert("lid", account.jid(Addressing::Lid));
    for contact in contacts {
        if let Some(contact) = world.account(&contact) {
            all_companions(world, &contact, 0, &node);
            contact.send_to_phone(Event::NewIdentity(account.clone()));
        }
    }
}

/// Asks a companion for more one-time prekeys.
pub(crate) fn prekeys_low(world: &World, account: &Account, device: u16, left: usize) {
    if left >= LOW_WATER {
        return;
    }
    let count = NodeBuilder::new("count").attr("value", left).build();
    let node = notification(world, "encrypt", SERVER_JID, [count]);
    if let Some(companion) = account.directory().companions.get_mut(&device) {
        companion.deliver(&world.faults, account.number(), Class::Notification, node);
    }
}

/// Sends a companion the result of its request for a file: `<notification type="mediaretry">`
/// under the id of the message (WA Web `WAWebHandleMediaRetryNotification`).
pub(crate) fn media_retry(
    world: &World,
    account: &Account,
    device: u16,
    message: &str,
    children: impl IntoIterator<Item = Node>,
) {
    let mut node = notification(world, "mediaretry", account.jid(Addressing::Pn), children);
    node.attrs.insert("id", message);
    if let Some(companion) = account.directory().companions.get_mut(&device) {
        companion.deliver(&world.faults, account.number(), Class::Notification, node);
    }
}

/// Notifies an account's companions of a collection that its phone changed.
pub(crate) fn changed_on_phone(world: &World, account: &Account, changed: ChangedCollection) {
    collection_changed(world, account, 0, changed.name, changed.version);
}

/// Notifies an account's companions of a new version of a synced collection.
pub(crate) fn collection_changed(
    world: &World,
    account: &Account,
    except: u16,
    name: &str,
    version: u64,
) {
    let collection =
        NodeBuilder::new("collection").attr("name", name).attr("version", version).build();
    let node = notification(world, "server_sync", SERVER_JID, [collection]);
    all_companions(world, account, except, &node);
}
