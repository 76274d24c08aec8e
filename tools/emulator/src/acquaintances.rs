//! The people who are told of a change of an account's profile.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::world::World;
use crate::world::account::Account;

/// Everybody an account has a chat or a group with, who watches its presence, or has it in the
/// address book.
///
/// The phones of clients that linked themselves to a mock phone know each other: nobody could
/// introduce them.
pub(crate) async fn of(world: &World, account: &Account) -> Vec<Arc<Account>> {
    let mut known: BTreeSet<String> = world.groups.acquaintances(account.number());
    {
        let phone = account.phone.lock().await;
        known.extend(phone.chats().iter().map(|(name, _)| name.to_owned()));
    }
    let is_mock = {
        let directory = account.directory();
        known.extend(directory.watchers.iter().map(|(number, ..)| number.clone()));
        directory.follows_companions
    };
    let mut others = world.accounts();
    others.retain(|other| {
        if other.number() == account.number() {
            return false;
        }
        let directory = other.directory();
        known.contains(other.number())
            || directory.profile.contacts.contains(account.number())
            || (is_mock && directory.follows_companions)
    });
    others
}
