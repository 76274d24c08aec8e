//! Removal of a device from its phone.

use std::sync::Arc;

use crate::notify;
use crate::stream_error::conflict;
use crate::world::World;
use crate::world::account::DeviceAddress;
use crate::world::companion::Companion;
use crate::world::link::{Ending, Link};

/// Unlinks a device from the phone. It is logged out, at once if it is connected.
pub(crate) async fn remove(world: &Arc<World>, device: &DeviceAddress) -> bool {
    let companion = forget(world, device).await;
    if let Some(link) = companion.as_ref().and_then(|companion| companion.link.as_ref()) {
        force_logout(link);
    }
    companion.is_some()
}

/// Logs a client out, since its device was removed.
pub(crate) fn force_logout(link: &Link) {
    let mut error = conflict("device_removed");
    error.attrs.insert("code", "401");
    link.send(error);
    link.end(Ending::Close);
}

/// Removes a device from the phone, and notifies the others.
pub(crate) async fn forget(world: &Arc<World>, device: &DeviceAddress) -> Option<Companion> {
    let known = device.account.phone.lock().await.unlink(device.device);
    let removed = {
        let mut directory = device.account.directory();
        directory.history.remove(&device.device);
        directory.companions.remove(&device.device)
    };
    if known {
        notify::devices_changed(world, &device.account, notify::Change::Removed(device.device))
            .await;
    }
    world.changed();
    removed
}
