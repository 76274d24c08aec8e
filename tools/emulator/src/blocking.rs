//! The list of people that an account has blocked.

use std::collections::BTreeSet;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use wacore_binary::Jid;
use wacore_binary::builder::NodeBuilder;

use crate::notify;
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;

/// Blocks a person or lifts that, and notifies the account's clients except one.
pub(crate) fn change(world: &World, account: &Arc<Account>, who: &Jid, block: bool, except: u16) {
    // WhatsApp lists people by LID.
    let jid = match world.account_of(who) {
        Some(other) => other.jid(Addressing::Lid),
        None => who.to_non_ad(),
    };
    let (before, after) = {
        let mut directory = account.directory();
        let blocked = &mut directory.profile.blocked;
        let before = hash(blocked);
        let is_new = match block {
            true => blocked.insert(jid.to_string()),
            false => blocked.remove(&jid.to_string()),
        };
        if !is_new {
            return;
        }
        (before, hash(blocked))
    };
    let action = if block { "block" } else { "unblock" };
    let item = NodeBuilder::new("item").attr("jid", &jid).attr("action", action).build();
    let list = NodeBuilder::new("blocklist")
        .attr("action", "modify")
        .attr("dhash", after)
        .attr("prev_dhash", before)
        .children([item]);
    notify::account_changed(world, account, except, list.build());
    world.changed();
}

/// Returns `true` if `account` takes nothing from `other`.
pub(crate) fn blocks(account: &Account, other: &Account) -> bool {
    account.number() != other.number() && account.directory().profile.blocks(other)
}

/// The hash by which clients recognise the list that they have.
pub(crate) fn hash(blocked: &BTreeSet<String>) -> String {
    let mut hasher = Sha256::new();
    for jid in blocked {
        hasher.update(jid);
        hasher.update(b"\n");
    }
    hex::encode(hasher.finalize()).chars().take(16).collect()
}
