//! Keeps the lock of the PostgreSQL database, and stops the server if another process takes it.

use std::time::Duration;

use store::{Claim, Claimed};
use tokio_util::sync::CancellationToken;

use super::{Exclusive, taken_database};

/// Pause between two attempts to take the lock again.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

impl Exclusive {
    /// Holds the data until `stop`, and after it for as long as the returned value lives. Stops the
    /// server if another process has taken the database, which can happen only after the connection
    /// to it was lost; the second value then names that process.
    pub(crate) async fn watch(mut self, stop: CancellationToken) -> (Self, anyhow::Result<()>) {
        let outcome = match &mut self.claim {
            None => {
                stop.cancelled().await;
                Ok(())
            }
            Some(claim) => {
                tokio::select! {
                    () = stop.cancelled() => Ok(()),
                    outcome = hold(claim) => outcome,
                }
            }
        };
        stop.cancel();
        (self, outcome)
    }
}

/// Returns only when another process has the database.
async fn hold(claim: &mut Claim) -> anyhow::Result<()> {
    loop {
        let lost = claim.lost().await;
        tracing::warn!(error = %lost, "the lock of the database is lost; taking it again");
        let mut is_away = false;
        *claim = loop {
            match claim.again().await {
                Ok(Claimed::Ours(again)) => break *again,
                Ok(Claimed::Others(holder)) => {
                    tracing::error!("another process has taken the database; stopping");
                    return Err(taken_database(&holder));
                }
                Err(error) => {
                    if !std::mem::replace(&mut is_away, true) {
                        tracing::warn!(%error, "the database cannot be reached; trying again");
                    }
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
            }
        };
        tracing::info!("the database is locked by this process again");
    }
}
