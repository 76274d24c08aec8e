//! Decides which messages were missed while a number was not connected.
//!
//! ```text
//!  phone scanned ──► FirstLogin ──────── delivered ───────► Delivered { recorded: false }
//!                                                               │
//!  keys ──► Missed { record_open: false } ◄── attempt ──────────┤
//!             │ message                                         │
//!             ▼                                                 │
//!           Missed { record_open: true } ── delivered ──► Delivered { recorded: true }
//! ```
//!
//! The store counts a missed message in the transaction that stores it, into the newest downtime
//! record. This opens that record before the first missed message, and closes it at the end of the
//! offline sync. Messages that are stored later belong to it too, until the next attempt.

use std::sync::Arc;

use store::Ingest;
use tokio::sync::Mutex;

/// The absence of one session, at first that of a phone that is yet to be linked. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Absence(Arc<Mutex<Progress>>);

/// The progress of the offline sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Progress {
    /// The phone was linked just now, so nothing was missed.
    #[default]
    FirstLogin,
    /// WhatsApp has not delivered its queue yet.
    Missed { record_open: bool },
    /// WhatsApp has delivered its queue.
    Delivered { recorded: bool },
}

impl Absence {
    /// The phone was linked before, so messages may be missed from now on.
    pub(crate) async fn begin(&self) {
        *self.0.lock().await = Progress::Missed { record_open: false };
    }

    /// A connection is attempted, which begins another absence if the last one is over.
    pub(crate) async fn attempt(&self) {
        let mut progress = self.0.lock().await;
        if matches!(*progress, Progress::Delivered { .. }) {
            *progress = Progress::Missed { record_open: false };
        }
    }

    /// Returns true if messages that were queued at WhatsApp were missed, and opens the downtime
    /// record for them.
    ///
    /// # Errors
    /// The database takes no writes.
    pub(crate) async fn count(&self, ingest: &Ingest) -> Result<bool, store::Error> {
        let mut progress = self.0.lock().await;
        match *progress {
            Progress::FirstLogin => Ok(false),
            Progress::Missed { record_open: true } => Ok(true),
            Progress::Missed { record_open: false } => {
                ingest.open_downtime().await?;
                *progress = Progress::Missed { record_open: true };
                Ok(true)
            }
            Progress::Delivered { recorded } => Ok(recorded),
        }
    }

    /// WhatsApp has delivered its queue, which ends the downtime record.
    ///
    /// # Errors
    /// The database takes no writes.
    pub(crate) async fn delivered(&self, ingest: &Ingest) -> Result<(), store::Error> {
        let mut progress = self.0.lock().await;
        let recorded = *progress != Progress::FirstLogin;
        if recorded {
            ingest.caught_up().await?;
        }
        *progress = Progress::Delivered { recorded };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn messages_of_the_first_login_were_not_missed() {
        let (store, viewer, _folder) = testing::store().await;
        let ingest = store.ingest(viewer.own_connection().await.unwrap());
        let absence = Absence::default();
        // The library connects again after a phone has scanned.
        absence.attempt().await;
        assert!(!absence.count(&ingest).await.unwrap());
        absence.delivered(&ingest).await.unwrap();
        assert!(!absence.count(&ingest).await.unwrap(), "it was stored a moment late");
        absence.attempt().await;
        assert!(absence.count(&ingest).await.unwrap());
    }

    #[tokio::test]
    async fn an_absence_has_one_record_which_late_messages_belong_to() {
        let (store, viewer, _folder) = testing::store().await;
        let number = viewer.own_connection().await.unwrap();
        let ingest = store.ingest(number);
        let absence = Absence::default();
        absence.begin().await;
        let records = async || viewer.downtimes(number, 10).await.unwrap().len();
        for _ in 0..2 {
            // The connection breaks before the queue is delivered.
            absence.attempt().await;
            assert!(absence.count(&ingest).await.unwrap());
            assert_eq!(records().await, 0, "it is not over");
        }
        absence.delivered(&ingest).await.unwrap();
        assert!(absence.count(&ingest).await.unwrap(), "it was stored a moment late");
        assert_eq!(records().await, 1);
        absence.attempt().await;
        absence.delivered(&ingest).await.unwrap();
        assert_eq!(records().await, 2);
    }
}
