//! Keeps the record of when numbers are connected.

use std::collections::BTreeSet;

use model::ConnectionId;
use store::Store;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;

use crate::Change;

/// Follows the sessions until their pool is gone or `ended` is. `connected` says which numbers are
/// connected now.
pub(crate) async fn record(
    store: Store,
    mut changes: Receiver<Change>,
    connected: impl Fn() -> BTreeSet<ConnectionId>,
    ended: impl Future<Output = ()>,
) {
    let mut up = BTreeSet::new();
    let mut beat = tokio::time::interval(store::HEARTBEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tokio::pin!(ended);
    loop {
        tokio::select! {
            changed = changes.recv() => match changed {
                Ok(Change::Typing { .. }) => continue,
                Ok(Change::State(_)) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => break,
            },
            _ = beat.tick() => {
                let all: Vec<_> = up.iter().copied().collect();
                if let Err(error) = store.still_up(&all).await {
                    tracing::error!(%error, "uptime could not be written down");
                }
            }
            () = &mut ended => break,
        }
        let now = connected();
        move_on(&store, &up, &now).await;
        up = now;
    }
    move_on(&store, &up, &BTreeSet::new()).await;
}

/// Writes down who came and who went.
async fn move_on(store: &Store, before: &BTreeSet<ConnectionId>, now: &BTreeSet<ConnectionId>) {
    for &connection in before.symmetric_difference(now) {
        let ingest = store.ingest(connection);
        let written =
            if now.contains(&connection) { ingest.up().await } else { ingest.down().await };
        if let Err(error) = written {
            tracing::error!(connection_id = %connection, %error, "uptime could not be written down");
        }
    }
}
