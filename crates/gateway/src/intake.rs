//! The only way of received messages into the store.
//!
//! Messages come from the durability hook, and as events of the library: those that the own phone
//! sent again, and placeholders of those that cannot be decrypted. All of them pass the identity
//! guard and are committed in batches.

use std::sync::Arc;

use store::{Inbound, Ingest, Wakeups};
use tokio::sync::Notify;
use whatsapp_rust::prelude::Client;

use crate::absence::Absence;
use crate::address_book;
use crate::batch_committer::{BatchCommitter, CommitError};
use crate::identity_guard::GuardHandle;
use crate::origin::OwnPhone;
use crate::votes;

/// The intake of one session.
#[derive(Clone)]
pub(crate) struct Intake {
    pub(crate) identity: GuardHandle,
    pub(crate) committer: BatchCommitter,
    pub(crate) ingest: Ingest,
    pub(crate) absence: Absence,
    pub(crate) wakeups: Arc<Wakeups>,
    /// Has groups fetched that are new.
    pub(crate) groups: Arc<Notify>,
}

/// The reason why messages were not stored. WhatsApp must not get their receipt then.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IntakeError {
    #[error("not from the own phone of the number")]
    Identity,
    #[error("the identity of the phone could not be checked in time")]
    Unverified,
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl IntakeError {
    /// Returns true if the messages must come again, for which the session has to reconnect.
    pub(crate) fn is_outage(&self) -> bool {
        match self {
            Self::Identity => false,
            Self::Unverified => true,
            Self::Commit(error) => error.is_outage(),
        }
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
        match self.identity.wait().await {
            Some(true) => {}
            Some(false) => return Err(IntakeError::Identity),
            None => return Err(IntakeError::Unverified),
        }
        fill_in_numbers(client, &mut rows).await;
        if rows.iter().any(|row| row.offline) && !self.absence.count(&self.ingest).await? {
            rows.iter_mut().for_each(|row| row.offline = false);
        }
        let has_files = rows.iter().any(|row| row.media.is_some());
        let is_in_group = rows.iter().any(|row| row.group.is_some());
        let polls = votes::polls(&rows);
        self.committer.commit(self.ingest.clone(), rows).await?;
        if !polls.is_empty() {
            votes::open(&self.ingest, &OwnPhone::of(client), &polls).await?;
        }
        if is_in_group {
            self.groups.notify_one();
        }
        if has_files {
            self.wakeups.downloads.notify_one();
        }
        Ok(())
    }
}

/// Adds the phone numbers that the stanzas left out and the library knows.
async fn fill_in_numbers(client: &Client, rows: &mut [Inbound]) {
    for row in rows {
        for peer in [Some(&mut row.peer), row.sender.as_mut()].into_iter().flatten() {
            address_book::fill_in_number(client, peer).await;
        }
    }
}
