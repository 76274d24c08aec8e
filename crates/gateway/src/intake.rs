//! The only way of received messages into the store.
//!
//! Messages come from the durability hook, and as events of the library: those that the own phone
//! sent again, and placeholders of those that cannot be decrypted. All of them pass the identity
//! guard and are committed in batches.

use std::sync::Arc;

use store::{Inbound, Ingest};
use tokio::sync::Notify;
use whatsapp_rust::prelude::{Client, Jid};

use crate::absence::Absence;
use crate::address_book;
use crate::batch_committer::{BatchCommitter, CommitError};
use crate::identity_guard::GuardHandle;

/// The intake of one session.
#[derive(Clone)]
pub(crate) struct Intake {
    pub(crate) identity: GuardHandle,
    pub(crate) committer: BatchCommitter,
    pub(crate) ingest: Ingest,
    pub(crate) absence: Absence,
    /// Notified when there is a file to download.
    pub(crate) media_wakeup: Arc<Notify>,
}

/// The reason why messages were not stored. WhatsApp must not get their receipt then.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IntakeError {
    #[error("not, or not yet, from the right phone")]
    Identity,
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl IntakeError {
    pub(crate) fn is_outage(&self) -> bool {
        matches!(self, Self::Commit(error) if error.is_outage())
    }
}

impl From<store::Error> for IntakeError {
    fn from(error: store::Error) -> Self {
        Self::Commit(error.into())
    }
}

impl Intake {
    /// Stores messages in their order, all or none. They are in the database once this returns
    /// `Ok`.
    ///
    /// # Errors
    /// The phone is not, or not yet, known to be the right one, or the database failed.
    pub(crate) async fn store(
        &self,
        client: &Client,
        mut rows: Vec<Inbound>,
    ) -> Result<(), IntakeError> {
        if !self.identity.is_accepted().await {
            return Err(IntakeError::Identity);
        }
        fill_in_numbers(client, &mut rows).await;
        if rows.iter().any(|row| row.offline) && !self.absence.count(&self.ingest).await? {
            rows.iter_mut().for_each(|row| row.offline = false);
        }
        let has_files = rows.iter().any(|row| row.media.is_some());
        self.committer.commit(self.ingest.clone(), rows).await?;
        if has_files {
            self.media_wakeup.notify_one();
        }
        Ok(())
    }
}

/// Adds the phone numbers that the stanzas left out and the library knows.
async fn fill_in_numbers(client: &Client, rows: &mut [Inbound]) {
    for row in rows {
        for peer in [Some(&mut row.peer), row.sender.as_mut()].into_iter().flatten() {
            if let (Some(lid), None) = (&peer.lid, &peer.pn)
                && let Ok(lid) = lid.parse::<Jid>()
            {
                peer.pn = address_book::number_of(client, &lid).await.map(|pn| pn.to_string());
            }
        }
    }
}
