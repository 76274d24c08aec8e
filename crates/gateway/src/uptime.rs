//! Records when numbers are connected.

use std::collections::BTreeSet;

use model::ConnectionId;
use store::Store;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;

use crate::Change;

/// Records until the pool is gone or `shutdown` completes. `connected` returns the numbers that are
/// connected now.
pub(crate) async fn record(
    store: Store,
    mut changes: Receiver<Change>,
    connected: impl Fn() -> BTreeSet<ConnectionId>,
    shutdown: impl Future<Output = ()>,
) {
    let mut up = BTreeSet::new();
    let mut heartbeat = tokio::time::interval(store::HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            changed = changes.recv() => match changed {
                Ok(Change::Typing { .. }) => continue,
                Ok(Change::State(_)) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => break,
            },
            _ = heartbeat.tick() => {
                let all: Vec<_> = up.iter().copied().collect();
                if let Err(error) = store.still_up(&all).await {
                    tracing::error!(%error, "uptime could not be written down");
                }
            }
            () = &mut shutdown => break,
        }
        let now = connected();
        record_changes(&store, &up, &now).await;
        up = now;
    }
    record_changes(&store, &up, &BTreeSet::new()).await;
}

/// Records the numbers that connected and those that disconnected.
async fn record_changes(
    store: &Store,
    before: &BTreeSet<ConnectionId>,
    now: &BTreeSet<ConnectionId>,
) {
    for &connection in before.symmetric_difference(now) {
        let ingest = store.ingest(connection);
        let written =
            if now.contains(&connection) { ingest.up().await } else { ingest.down().await };
        if let Err(error) = written {
            tracing::error!(connection_id = %connection, %error, "uptime could not be written down");
        }
    }
}
