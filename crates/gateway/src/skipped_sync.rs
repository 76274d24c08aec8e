//! The app state that the library did not read. It drops a notice of a change while it reads the same
//! collection, although WhatsApp may have answered that request before the change. Nothing else would have it
//! read before the next change of the collection, so it is read once more after the other read has ended.

use std::sync::Weak;

use tokio::sync::mpsc;
use whatsapp_rust::prelude::Client;
use whatsapp_rust::sync_task::MajorSyncTask;
use whatsapp_rust::wacore::appstate::patch_decode::WAPatchName;

/// Notices that one read answers at most.
const MAX_BATCH: usize = 500;

/// Reads the named collections after the reads that hold them, as long as the session lasts. The changes come as
/// events of the library.
pub(crate) async fn read_skipped(
    client: Weak<Client>,
    mut skipped: mpsc::UnboundedReceiver<String>,
) {
    let mut names = Vec::new();
    while skipped.recv_many(&mut names, MAX_BATCH).await > 0 {
        for name in collections(&names) {
            let Some(client) = client.upgrade() else { return };
            // The library waits for its other read, and repeats this one if the connection is lost.
            let task = MajorSyncTask::AppStateSync { name, full_sync: false };
            client.process_sync_task(task).await;
        }
        names.clear();
    }
}

/// Returns each collection once. The library cannot ask for one that it does not know.
fn collections(names: &[String]) -> Vec<WAPatchName> {
    let mut collections = Vec::new();
    for name in names {
        let collection = name.parse().unwrap_or(WAPatchName::Unknown);
        if collection != WAPatchName::Unknown && !collections.contains(&collection) {
            collections.push(collection);
        }
    }
    collections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_known_collection_is_read_once() {
        let names = ["regular_low", "regular", "regular_low", "of_tomorrow"].map(String::from);
        assert_eq!(collections(&names), [WAPatchName::RegularLow, WAPatchName::Regular]);
    }
}
