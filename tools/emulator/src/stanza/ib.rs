//! `<ib>`: only the request for the next batch of the backlog has an effect.

use wacore_binary::Node;

use crate::client::session::Session;
use crate::faults::FaultKind;

pub(crate) fn handle(session: &Session<'_>, node: &Node) {
    let Some(batch) = node.get_optional_child("offline_batch") else {
        return;
    };
    let count = batch.attrs().optional_u64("count").unwrap_or(0);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let me = &session.me;
    let faults = &session.connection.world.faults;
    if let Some(companion) = me.account.directory().companions.get_mut(&me.device) {
        let is_lost = companion.has_asked()
            && faults.trigger(&[FaultKind::BatchLost], me.account.number(), me.device).is_some();
        if !is_lost {
            companion.batch_requested(count);
        }
    }
}
