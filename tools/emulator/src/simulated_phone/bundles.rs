//! The keys with which a phone begins sessions with the devices of a chat.

use std::sync::Arc;

use crate::notify;
use crate::phone::Bundle;
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;

/// Keys of a device the phone has no session with.
pub(super) type Missing = (DeviceAddress, Bundle);

/// Fetches bundles for those of the devices that need one. The phone is not locked meanwhile,
/// since another phone's keys need that phone's lock.
pub(super) async fn missing_bundles(
    world: &Arc<World>,
    account: &Arc<Account>,
    mut devices: Vec<DeviceAddress>,
) -> Vec<Missing> {
    {
        let phone = account.phone.lock().await;
        devices.retain(|device| !phone.has_session(&device.jid(Addressing::Lid)));
    }
    let mut bundles = Vec::with_capacity(devices.len());
    for device in devices {
        if let Some(bundle) = take_bundle(world, &device).await {
            bundles.push((device, bundle));
        }
    }
    bundles
}

/// The recipient's devices and the sender's companions, without the sending phone.
pub(super) fn devices_of_chat(
    account: &Arc<Account>,
    recipient: &Arc<Account>,
) -> Vec<DeviceAddress> {
    let mut devices = devices(account);
    devices.retain(|device| device.device != 0);
    if recipient.number() != account.number() {
        devices.extend(self::devices(recipient));
    }
    devices
}

/// All devices of an account, the phone first.
pub(super) fn devices(account: &Arc<Account>) -> Vec<DeviceAddress> {
    let ids = account.directory().device_ids();
    ids.into_iter().map(|id| DeviceAddress::new(account, id)).collect()
}

/// Returns the bundle the server issues for a session with a device; it uses up a one-time prekey.
pub(crate) async fn take_bundle(world: &World, device: &DeviceAddress) -> Option<Bundle> {
    if device.device == 0 {
        return Some(device.account.phone.lock().await.take_bundle());
    }
    let (bundle, left) = {
        let mut directory = device.account.directory();
        let companion = directory.companions.get_mut(&device.device)?;
        let bundle = companion.keys.take_bundle(&companion.device_identity);
        (bundle, companion.keys.one_time.len())
    };
    notify::prekeys_low(world, &device.account, device.device, left);
    Some(bundle)
}
