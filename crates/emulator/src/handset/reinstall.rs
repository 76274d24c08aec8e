//! The user registers again: on a new phone, or after deleting the app.

use std::sync::Arc;

use crate::iq;
use crate::notify;
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};

/// Gives an account a phone with new keys, which logs its companions out, and tells everybody the
/// account chats with.
///
/// Whoever writes before hearing of it does so in a session the new phone does not know; the phone
/// asks for that again, with its new keys in the retry receipt.
pub(crate) async fn reinstall(world: &Arc<World>, account: &Arc<Account>) {
    let companions = account.directory().device_ids().into_iter().filter(|device| *device != 0);
    for device in companions {
        iq::account::remove(world, &DeviceAddress::new(account, device)).await;
    }
    let list = {
        let mut phone = account.phone.lock().await;
        phone.reinstall();
        phone.key_index_list()
    };
    match list {
        Ok(list) => account.directory().key_index = Some((list.timestamp, list.signed)),
        Err(error) => tracing::error!(%error, "key-index list could not be signed"),
    }
    account.directory().retries.clear();
    notify::identity_changed(world, account).await;
    world.changed();
}
