//! A new registration of the user, on a new phone or after deleting the app.

use std::sync::Arc;

use super::bundles::take_bundle;
use crate::notify;
use crate::unlink;
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;

/// Gives an account a phone with new keys, which logs its companions out, and notifies everybody
/// the account chats with.
///
/// Senders that have not processed the notification yet use a session the new phone does not know;
/// the phone requests those messages again, with its new keys in the retry receipt.
pub(crate) async fn reinstall(world: &Arc<World>, account: &Arc<Account>) {
    let companions = account.directory().device_ids().into_iter().filter(|device| *device != 0);
    for device in companions {
        unlink::remove(world, &DeviceAddress::new(account, device)).await;
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

/// Handles the new identity of a contact: the phone fetches the new keys at once, as clients do,
/// so that it is never without a session.
pub(super) async fn on_new_identity(world: &World, account: &Account, other: &Arc<Account>) {
    let device = DeviceAddress::new(other, 0);
    let Some(bundle) = take_bundle(world, &device).await else {
        return;
    };
    let jid = device.jid(Addressing::Lid);
    let renewed = account.phone.lock().await.renew_session(&jid, &bundle).await;
    if let Err(error) = renewed {
        tracing::warn!(%jid, %error, "phone could not start a new session");
    }
}
