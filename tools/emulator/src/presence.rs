//! Presence of accounts, and delivery of it to subscribers.

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use crate::visibility::shown_presence;
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::presence::Presence;

/// Sends an account's current presence to every device that subscribed to it.
pub(crate) fn announce(world: &World, account: &Account) {
    let (presence, watchers) = {
        let directory = account.directory();
        let watchers: Vec<_> = directory.watchers.iter().cloned().collect();
        (directory.seen_presence(), watchers)
    };
    for (number, device, addressing) in watchers {
        let Some(watcher) = world.account(&number) else {
            continue;
        };
        let shown = shown_presence(account, &watcher, presence);
        if let Some(companion) = watcher.directory().companions.get(&device) {
            companion.send_if_live(stanza(account, addressing, shown));
        }
    }
}

/// The `<presence>` others receive.
pub(crate) fn stanza(account: &Account, addressing: Addressing, presence: Presence) -> Node {
    let node = NodeBuilder::new("presence").attr("from", account.jid(addressing));
    match presence {
        Presence::Available => node.build(),
        Presence::Unavailable { last: None } => {
            node.attr("type", "unavailable").attr("last", "deny").build()
        }
        Presence::Unavailable { last: Some(last) } => {
            node.attr("type", "unavailable").attr("last", last).build()
        }
    }
}
