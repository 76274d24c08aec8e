//! What becomes of a server whose lock at the PostgreSQL is lost.

use std::time::Duration;

use store::{Claim, Claimed};
use tokio_util::sync::CancellationToken;

use super::{Exclusive, taken_database};

/// Between two tries to take the lock again.
const AGAIN: Duration = Duration::from_secs(1);

impl Exclusive {
    /// Holds the data until `stop`, and beyond it for as long as the answer lives. Stops the server when
    /// another process has them, which can only be where this one was cut off from its database. The
    /// second value says who then.
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

/// Ends only when somebody else has the database.
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
                    tokio::time::sleep(AGAIN).await;
                }
            }
        };
        tracing::info!("the database is locked by this process again");
    }
}
