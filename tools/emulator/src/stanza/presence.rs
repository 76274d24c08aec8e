//! `<presence>`: online state, and subscriptions to others.

use wacore_binary::Node;

use crate::client::session::Session;
use crate::clock::now;
use crate::node::attr;
use crate::presence;
use crate::privacy_tokens;
use crate::visibility::shown_presence;
use crate::world::addressing::Addressing;
use crate::world::presence::Presence;

pub(crate) fn handle(session: &Session<'_>, node: &Node) {
    match attr(node, "type").as_deref() {
        Some("subscribe") => subscribe(session, node),
        Some("unsubscribe") => unsubscribe(session, node),
        Some("unavailable") => set(session, node, false),
        _ => set(session, node, true),
    }
}

/// Records a device's presence, and the push name that comes with it.
///
/// The server alone uses this name, for `notify`. Other devices of the account, the phone among
/// them, learn a new name from the `setting_pushName` patch that a client uploads as well
/// (whatsapp-rust `Profile::set_push_name` does both). A client that was away may send an old name
/// here, which must not change the phone's name.
fn set(session: &Session<'_>, node: &Node, available: bool) {
    let me = &session.me;
    let world = &session.connection.world;
    {
        let mut directory = me.account.directory();
        if let Some(companion) = directory.companions.get_mut(&me.device) {
            companion.available = available;
        }
        if !available && directory.presence != Presence::Available {
            directory.presence = Presence::Unavailable { last: Some(now()) };
        }
        if let Some(name) = attr(node, "name").filter(|name| !name.is_empty()) {
            directory.name = name;
        }
    }
    presence::announce(world, &me.account);
    world.changed();
}

fn subscribe(session: &Session<'_>, node: &Node) {
    let Some(to) = node.attrs().optional_jid("to") else {
        return;
    };
    let Some(account) = session.connection.world.account_of(&to) else {
        return;
    };
    let addressing = Addressing::of(&to);
    let me = &session.me;
    if !privacy_tokens::admits(&account, &me.account, node) {
        return;
    }
    let watcher = (me.account.number().to_owned(), me.device, addressing);
    let seen = {
        let mut directory = account.directory();
        directory.watchers.insert(watcher);
        directory.seen_presence()
    };
    let shown = shown_presence(&account, &me.account, seen);
    session.send(presence::stanza(&account, addressing, shown));
}

fn unsubscribe(session: &Session<'_>, node: &Node) {
    let Some(to) = node.attrs().optional_jid("to") else {
        return;
    };
    if let Some(account) = session.connection.world.account_of(&to) {
        let me = &session.me;
        account.directory().watchers.retain(|(number, device, _)| {
            (number.as_str(), *device) != (me.account.number(), me.device)
        });
    }
}
