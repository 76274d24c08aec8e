//! `md`: removal of a device from its account. `passive`: start of delivery to an active client.

use std::sync::Arc;
use std::time::Duration;

use super::{Iq, Reply};
use crate::client::session::Session;
use crate::stanza::chatstate;
use crate::unlink::{force_logout, forget};
use crate::world::World;
use crate::world::account::DeviceAddress;

/// Time in which a client that left has to close its connection.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(2);

/// A client that neither requests a batch nor confirms anything for this long gets the rest of the
/// backlog anyway, as on the real servers: Baileys requests one batch, whatsmeow none.
const BATCH_TIMEOUT: Duration = Duration::from_secs(1);

/// A device may remove itself from the account, and no other device.
pub(super) fn reply(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    match leaving(iq) {
        None => Reply::Unknown,
        Some(device) if device == session.me.device => Reply::empty(),
        Some(_) => Reply::Error { code: 403, text: "forbidden" },
    }
}

/// Returns `true` if a request removes the session's own device from the account.
pub(super) fn leaves(session: &Session<'_>, iq: &Iq<'_>) -> bool {
    iq.xmlns == "md" && leaving(iq) == Some(session.me.device)
}

fn leaving(iq: &Iq<'_>) -> Option<u16> {
    let child = iq.child?;
    let jid = child.attrs().optional_jid("jid")?;
    (child.tag == "remove-companion-device").then_some(jid.device)
}

/// Removes a device at its own request. It has its answer and closes the connection; one that does
/// not is logged out after a while.
pub(super) async fn leave(world: &Arc<World>, device: &DeviceAddress) {
    let companion = forget(world, device).await;
    let Some(link) = companion.and_then(|companion| companion.link) else {
        return;
    };
    let stopping = world.stopping.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = tokio::time::sleep(LEAVE_TIMEOUT) => force_logout(&link),
            () = stopping.cancelled() => {}
        }
    });
}

/// Returns `true` if a request ends passive mode.
pub(super) fn goes_active(iq: &Iq<'_>) -> bool {
    iq.xmlns == "passive" && iq.child.is_some_and(|child| child.tag == "active")
}

/// Starts to deliver messages to the client.
pub(super) fn active(session: &Session<'_>) {
    let me = &session.me;
    let connection = session.connection.link.id();
    if let Some(companion) = me.account.directory().companions.get_mut(&me.device) {
        companion.start_delivery();
    }
    chatstate::send_current(&session.connection.world, me);
    let me = me.clone();
    let stopping = session.connection.world.stopping.clone();
    tokio::spawn(async move {
        let mut before = None;
        loop {
            tokio::select! {
                () = tokio::time::sleep(BATCH_TIMEOUT) => {}
                () = stopping.cancelled() => return,
            }
            let mut directory = me.account.directory();
            let Some(companion) = directory.companions.get_mut(&me.device) else { return };
            let is_current = companion.link.as_ref().is_some_and(|link| link.id() == connection);
            let Some(progress) = companion.progress().filter(|_| is_current) else { return };
            // A client that takes its batches in sets its own rate.
            if !companion.has_asked() || before == Some(progress) {
                return companion.deliver_rest();
            }
            before = Some(progress);
        }
    });
}
