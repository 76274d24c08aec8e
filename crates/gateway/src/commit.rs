//! Commits what came in, in groups.
//!
//! The library hands over what it decrypts one message at a time, of many chats at once, and each
//! waits for its commit before WhatsApp hears of it. With a transaction each, a busy number would
//! wait for the disk most of the time. So whatever waits when a transaction begins goes into it:
//! nobody waits for others to come, and nobody is confirmed before the commit.

use model::ChatId;
use store::{Inbound, Ingest, Ingested};
use tokio::sync::{mpsc, oneshot};

/// Messages in one transaction at most, unless the library hands over more at once: others want to
/// write as well.
const AT_ONCE: usize = 256;

/// Why messages are not committed. They are not confirmed then, and come again.
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

/// Where messages of all connections are handed over. The task behind it lives as long as a copy of
/// this.
#[derive(Clone)]
pub(crate) struct Commits(mpsc::UnboundedSender<Waiting>);

/// Messages of one connection that wait for their commit, and who waits for them.
struct Waiting {
    ingest: Ingest,
    rows: Vec<Inbound>,
    done: oneshot::Sender<Result<Vec<ChatId>, CommitError>>,
}

impl Commits {
    pub(crate) fn start() -> Self {
        // Bounded by the library, which processes 64 messages of a session at once.
        let (sender, mut waiting) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(group) = next_group(&mut waiting).await {
                commit_group(group).await;
            }
        });
        Self(sender)
    }

    /// Stores messages, in their order and all or none. They are in the database once this is `Ok`,
    /// with the conversations of those that are new and had waited at WhatsApp.
    ///
    /// # Errors
    /// The database failed, or the process is closing. Nothing was stored.
    pub(crate) async fn commit(
        &self,
        ingest: Ingest,
        rows: Vec<Inbound>,
    ) -> Result<Vec<ChatId>, CommitError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let (done, committed) = oneshot::channel();
        self.0.send(Waiting { ingest, rows, done }).map_err(|_| CommitError::Closing)?;
        committed.await.unwrap_or(Err(CommitError::Closing))
    }
}

/// The next that waits, and what waits behind it. `None` when nobody is left.
async fn next_group(waiting: &mut mpsc::UnboundedReceiver<Waiting>) -> Option<Vec<Waiting>> {
    let mut group = vec![waiting.recv().await?];
    let mut rows = group[0].rows.len();
    while rows < AT_ONCE
        && let Ok(next) = waiting.try_recv()
    {
        rows += next.rows.len();
        group.push(next);
    }
    Some(group)
}

async fn commit_group(group: Vec<Waiting>) {
    let (batches, done): (Vec<_>, Vec<_>) =
        group.into_iter().map(|it| ((it.ingest, it.rows), it.done)).unzip();
    // Who does not wait any more will be sent the message again, which changes nothing.
    match Ingest::messages_of_many(&batches).await {
        Ok(ingested) => {
            metrics::counter!("inbox_commits_in").increment(1);
            for (((ingest, rows), ingested), done) in batches.iter().zip(ingested).zip(done) {
                let _ = done.send(Ok(note(ingest, rows, ingested)));
            }
        }
        Err(error) if error.is_outage() => {
            tracing::error!(count = batches.len(), %error, "messages could not be stored");
            done.into_iter().for_each(|done| drop(done.send(Err(store::Error::Outage.into()))));
        }
        // One message that cannot be stored must not keep the others out.
        Err(_) => {
            for ((ingest, rows), done) in batches.iter().zip(done) {
                let _ = done.send(store_rows(ingest, rows).await.map_err(CommitError::from));
            }
        }
    }
}

/// Stores messages of one number in a transaction of their own.
pub(crate) async fn store_rows(
    ingest: &Ingest,
    rows: &[Inbound],
) -> Result<Vec<ChatId>, store::Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
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
    Ok(note(ingest, rows, ingested))
}

/// Counts and logs what was stored.
fn note(ingest: &Ingest, rows: &[Inbound], ingested: Ingested) -> Vec<ChatId> {
    metrics::counter!("inbox_messages_in").increment(ingested.stored as u64);
    for row in rows {
        tracing::info!(connection_id = %ingest.connection(), message_id = row.wa_id, "message received");
    }
    ingested.recovered
}

#[cfg(test)]
mod tests {
    use ::store::Peer;
    use model::MessageKind;

    use super::*;
    use crate::testing;

    fn row(number: usize) -> Inbound {
        Inbound {
            peer: Peer::pn(format!("55619{number:08}")),
            group: None,
            from_me: false,
            sender: None,
            wa_id: format!("3EB0{number:016X}"),
            kind: MessageKind::Text,
            text: "oi".into(),
            timestamp: chrono::DateTime::UNIX_EPOCH,
            push_name: None,
            offline: false,
            original: None,
            media: None,
            amends: None,
        }
    }

    #[tokio::test]
    async fn whatever_waits_goes_together_up_to_a_limit() {
        let (store, viewer, _folder) = testing::store().await;
        let connection = viewer.own_connection().await.unwrap();
        let (sender, mut waiting) = mpsc::unbounded_channel();
        for number in 0..AT_ONCE + 10 {
            let (done, _) = oneshot::channel();
            let ingest = store.ingest(connection);
            sender.send(Waiting { ingest, rows: vec![row(number)], done }).unwrap();
        }
        assert_eq!(next_group(&mut waiting).await.map(|group| group.len()), Some(AT_ONCE));
        assert_eq!(next_group(&mut waiting).await.map(|group| group.len()), Some(10));
        drop(sender);
        assert!(next_group(&mut waiting).await.is_none());
    }

    #[tokio::test]
    async fn who_waits_hears_of_the_commit_and_not_before() {
        let (store, viewer, _folder) = testing::store().await;
        let connection = viewer.own_connection().await.unwrap();
        let commits = Commits::start();
        let commit = |number| commits.commit(store.ingest(connection), vec![row(number)]);
        let page = || ::store::ChatsPage { connection: None, before: None, limit: 50 };
        // One after the other, and many at once.
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
    async fn what_the_database_does_not_take_is_not_confirmed_and_keeps_no_other_out() {
        let (store, viewer, _folder) = testing::store().await;
        let connection = viewer.own_connection().await.unwrap();
        let commits = Commits::start();
        // There is no such connection, so no row may name it.
        let nobody = model::ConnectionId(4711);
        let all = [nobody, connection, nobody].into_iter().enumerate();
        let all = all.map(|(nth, to)| commits.commit(store.ingest(to), vec![row(nth)]));
        let all = whatsapp_rust::futures::future::join_all(all).await;
        assert!(matches!(all[0], Err(CommitError::Store(_))), "{all:?}");
        assert!(all[1].is_ok(), "{all:?}");
        assert!(matches!(all[2], Err(CommitError::Store(_))), "{all:?}");
    }
}
