//! Commits inbound messages in batches.
//!
//! The library hands over decrypted messages one at a time, of many chats concurrently, and each
//! waits for its commit before WhatsApp gets the receipt. With one transaction per message, a busy
//! number would mostly wait for the disk. So all messages that are pending when a transaction
//! begins are committed in it. No message waits for others to arrive, and none is acknowledged
//! before the commit.

use store::{Inbound, Ingest, Ingested};
use tokio::sync::{mpsc, oneshot};

/// Most messages of one transaction, unless the library hands over more at once: others need the
/// database too.
const MAX_BATCH_ROWS: usize = 256;

/// The reason why messages were not committed. They are not acknowledged then, and WhatsApp sends
/// them again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommitError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("the session is closing")]
    Closing,
}

impl CommitError {
    pub(crate) fn is_outage(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_outage())
    }
}

/// The queue of inbound messages of all connections. Its task lives as long as a clone of this.
#[derive(Clone)]
pub(crate) struct BatchCommitter(mpsc::UnboundedSender<PendingCommit>);

/// Messages of one connection that wait for their commit, and the channel for its result.
struct PendingCommit {
    ingest: Ingest,
    rows: Vec<Inbound>,
    done: oneshot::Sender<Result<(), CommitError>>,
}

impl BatchCommitter {
    /// Starts the task that commits.
    pub(crate) fn start() -> Self {
        // The library bounds the queue: it processes 64 messages of a session at once.
        let (sender, mut pending) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(batch) = next_batch(&mut pending).await {
                // In a task of its own: a panic fails the messages of this batch, and no later ones.
                drop(tokio::spawn(commit_batch(batch)).await);
            }
        });
        Self(sender)
    }

    /// Stores messages in their order, all or none. They are in the database once this returns
    /// `Ok`.
    ///
    /// # Errors
    /// The database failed, or the process is shutting down. Nothing was stored.
    pub(crate) async fn commit(
        &self,
        ingest: Ingest,
        rows: Vec<Inbound>,
    ) -> Result<(), CommitError> {
        if rows.is_empty() {
            return Ok(());
        }
        let (done, committed) = oneshot::channel();
        self.0.send(PendingCommit { ingest, rows, done }).map_err(|_| CommitError::Closing)?;
        committed.await.unwrap_or(Err(CommitError::Closing))
    }
}

/// Waits for the next messages and adds those that are pending behind them. `None` once all senders
/// are gone.
async fn next_batch(
    pending: &mut mpsc::UnboundedReceiver<PendingCommit>,
) -> Option<Vec<PendingCommit>> {
    let mut batch = vec![pending.recv().await?];
    let mut rows = batch[0].rows.len();
    while rows < MAX_BATCH_ROWS
        && let Ok(next) = pending.try_recv()
    {
        rows += next.rows.len();
        batch.push(next);
    }
    Some(batch)
}

/// Commits a batch in one transaction, or each part by itself if a row cannot be stored.
async fn commit_batch(batch: Vec<PendingCommit>) {
    let (batches, done): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|it| ((it.ingest, it.rows), it.done)).unzip();
    // A caller that stopped waiting will be sent the message again, which changes nothing.
    match Ingest::messages_of_many(&batches).await {
        Ok(ingested) => {
            metrics::counter!("inbox_commits_in").increment(1);
            for (((ingest, rows), ingested), done) in batches.iter().zip(ingested).zip(done) {
                log_stored(ingest, rows, &ingested);
                let _ = done.send(Ok(()));
            }
        }
        Err(error) if error.is_outage() => {
            tracing::error!(count = batches.len(), %error, "messages could not be stored");
            done.into_iter().for_each(|done| drop(done.send(Err(store::Error::Outage.into()))));
        }
        // One message that cannot be stored must not block the others.
        Err(_) => {
            for ((ingest, rows), done) in batches.iter().zip(done) {
                let _ = done.send(store_rows(ingest, rows).await.map_err(CommitError::from));
            }
        }
    }
}

/// Stores messages of one number in a transaction of their own.
async fn store_rows(ingest: &Ingest, rows: &[Inbound]) -> Result<(), store::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let ingested = ingest.messages(rows).await.inspect_err(|error| {
        tracing::error!(
            connection_id = %ingest.connection(),
            count = rows.len(),
            %error,
            "messages could not be stored"
        );
    })?;
    metrics::counter!("inbox_commits_in").increment(1);
    log_stored(ingest, rows, &ingested);
    Ok(())
}

/// Counts and logs stored messages.
fn log_stored(ingest: &Ingest, rows: &[Inbound], ingested: &Ingested) {
    metrics::counter!("inbox_messages_in").increment(ingested.stored as u64);
    for row in rows {
        tracing::info!(connection_id = %ingest.connection(), message_id = row.wa_id, "message received");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn row(number: usize) -> Inbound {
        let peer = fixtures::person(&format!("55619{number:08}"));
        Inbound { peer, ..fixtures::text(format!("3EB0{number:016X}"), "oi") }
    }

    #[tokio::test]
    async fn pending_messages_are_committed_together_up_to_a_limit() {
        let (store, viewer, _folder) = testing::store().await;
        let connection = viewer.own_connection().await.unwrap();
        let (sender, mut pending) = mpsc::unbounded_channel();
        for number in 0..MAX_BATCH_ROWS + 10 {
            let (done, _) = oneshot::channel();
            let ingest = store.ingest(connection);
            sender.send(PendingCommit { ingest, rows: vec![row(number)], done }).unwrap();
        }
        assert_eq!(next_batch(&mut pending).await.map(|batch| batch.len()), Some(MAX_BATCH_ROWS));
        assert_eq!(next_batch(&mut pending).await.map(|batch| batch.len()), Some(10));
        drop(sender);
        assert!(next_batch(&mut pending).await.is_none());
    }

    #[tokio::test]
    async fn a_commit_returns_once_the_messages_are_stored() {
        let (store, viewer, _folder) = testing::store().await;
        let connection = viewer.own_connection().await.unwrap();
        let committer = BatchCommitter::start();
        let commit = |number| committer.commit(store.ingest(connection), vec![row(number)]);
        let page = || ::store::ChatsPage { connection: None, before: None, limit: 50 };
        // First one after the other, then many at once.
        for number in 0..3 {
            commit(number).await.unwrap();
            assert_eq!(viewer.chats(page()).await.unwrap().len(), number + 1);
        }
        for committed in whatsapp_rust::futures::future::join_all((3..40).map(commit)).await {
            committed.unwrap();
        }
        assert_eq!(viewer.chats(page()).await.unwrap().len(), 40);
    }

    #[tokio::test]
    async fn a_rejected_message_is_not_confirmed_and_blocks_no_other() {
        let (store, viewer, _folder) = testing::store().await;
        let connection = viewer.own_connection().await.unwrap();
        let committer = BatchCommitter::start();
        // This connection does not exist, so its row is rejected.
        let nobody = model::ConnectionId(4711);
        let all = [nobody, connection, nobody].into_iter().enumerate();
        let all = all.map(|(nth, to)| committer.commit(store.ingest(to), vec![row(nth)]));
        let all = whatsapp_rust::futures::future::join_all(all).await;
        assert!(matches!(all[0], Err(CommitError::Store(_))), "{all:?}");
        assert!(all[1].is_ok(), "{all:?}");
        assert!(matches!(all[2], Err(CommitError::Store(_))), "{all:?}");
    }
}
