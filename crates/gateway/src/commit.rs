//! Commits what came in, in groups.
//!
//! The library hands over what it decrypts one message at a time, of many chats at once, and each
//! waits for its commit before WhatsApp hears of it. With a transaction each, a busy number would
//! wait for the disk most of the time. So whatever waits when a transaction begins goes into it:
//! nobody waits for others to come, and nobody is confirmed before the commit.

use std::sync::{Arc, Mutex, PoisonError};

use model::ChatId;
use store::{Inbound, Ingest};
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

/// The conversations of messages that had waited at WhatsApp and were stored since somebody looked.
pub(crate) type Recovered = Arc<Mutex<Vec<ChatId>>>;

/// Where messages of one connection are handed over. The task behind it lives as long as this.
pub(crate) struct Commits(mpsc::UnboundedSender<Waiting>);

/// Messages that wait for their commit, and who waits for them.
struct Waiting {
    rows: Vec<Inbound>,
    done: oneshot::Sender<Result<(), CommitError>>,
}

impl Commits {
    pub(crate) fn start(ingest: Ingest, recovered: Recovered) -> Self {
        // Bounded by the library, which processes 64 messages of a session at once.
        let (sender, mut waiting) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(group) = next_group(&mut waiting).await {
                commit_group(&ingest, &recovered, group).await;
            }
        });
        Self(sender)
    }

    /// Stores messages, in their order and all or none. They are in the database once this is `Ok`.
    ///
    /// # Errors
    /// The database failed, or the session is closing. Nothing was stored.
    pub(crate) async fn commit(&self, rows: Vec<Inbound>) -> Result<(), CommitError> {
        if rows.is_empty() {
            return Ok(());
        }
        let (done, committed) = oneshot::channel();
        self.0.send(Waiting { rows, done }).map_err(|_| CommitError::Closing)?;
        committed.await.unwrap_or(Err(CommitError::Closing))
    }
}

/// The next that waits, and what waits behind it. `None` when the session is gone.
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

async fn commit_group(ingest: &Ingest, recovered: &Recovered, group: Vec<Waiting>) {
    let (rows, done): (Vec<_>, Vec<_>) = group.into_iter().map(|it| (it.rows, it.done)).unzip();
    let together = keep(ingest, recovered, &rows.concat()).await;
    // Who does not wait any more will be sent the message again, which changes nothing.
    match together {
        Ok(()) => done.into_iter().for_each(|done| drop(done.send(Ok(())))),
        Err(error) if error.is_outage() => {
            done.into_iter().for_each(|done| drop(done.send(Err(store::Error::Outage.into()))));
        }
        // One message that cannot be stored must not keep the others out.
        Err(_) => {
            for (rows, done) in rows.into_iter().zip(done) {
                let _ = done.send(keep(ingest, recovered, &rows).await.map_err(CommitError::from));
            }
        }
    }
}

/// Stores messages, and notes what had waited.
async fn keep(
    ingest: &Ingest,
    recovered: &Recovered,
    rows: &[Inbound],
) -> Result<(), store::Error> {
    let waited = store_rows(ingest, rows).await?;
    recovered.lock().unwrap_or_else(PoisonError::into_inner).extend(waited);
    Ok(())
}

/// Stores messages in one transaction, in their order. Returns the conversations of those that are
/// new and had waited at WhatsApp.
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
    metrics::counter!("inbox_messages_in").increment(ingested.stored as u64);
    for row in rows {
        tracing::info!(connection_id = %ingest.connection(), message_id = row.wa_id, "message received");
    }
    Ok(ingested.recovered)
}

#[cfg(test)]
mod tests {
    use ::store::{NewUser, Peer, Store};
    use model::{MessageKind, Role};

    use super::*;

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
        }
    }

    #[tokio::test]
    async fn whatever_waits_goes_together_up_to_a_limit() {
        let (sender, mut waiting) = mpsc::unbounded_channel();
        for number in 0..AT_ONCE + 10 {
            let (done, _) = oneshot::channel();
            sender.send(Waiting { rows: vec![row(number)], done }).unwrap();
        }
        assert_eq!(next_group(&mut waiting).await.map(|group| group.len()), Some(AT_ONCE));
        assert_eq!(next_group(&mut waiting).await.map(|group| group.len()), Some(10));
        drop(sender);
        assert!(next_group(&mut waiting).await.is_none());
    }

    #[tokio::test]
    async fn who_waits_hears_of_the_commit_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("inbox.db").display());
        let store = Store::open(&url).await.unwrap();
        let user = NewUser {
            name: "Ana".into(),
            email: "ana@loja.example".into(),
            password: "uma senha comprida".into(),
            role: Role::Atendente,
        };
        let user = store.operator().create(user).await.unwrap();
        let viewer = store.viewer(user.id).await.unwrap();
        let connection = viewer.own_connection().await.unwrap();
        let commits = Commits::start(store.ingest(connection), Recovered::default());
        let page = || ::store::ChatsPage { connection: None, before: None, limit: 50 };
        // One after the other, and many at once.
        for number in 0..3 {
            commits.commit(vec![row(number)]).await.unwrap();
            assert_eq!(viewer.chats(page()).await.unwrap().len(), number + 1);
        }
        let many = (3..40).map(|number| commits.commit(vec![row(number)]));
        for committed in whatsapp_rust::futures::future::join_all(many).await {
            committed.unwrap();
        }
        assert_eq!(viewer.chats(page()).await.unwrap().len(), 40);
    }

    #[tokio::test]
    async fn nothing_is_confirmed_when_the_database_does_not_take_it() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("inbox.db").display());
        let store = Store::open(&url).await.unwrap();
        // There is no such connection, so no row may name it.
        let commits = Commits::start(store.ingest(model::ConnectionId(4711)), Recovered::default());
        let two = [commits.commit(vec![row(0)]), commits.commit(vec![row(1)])];
        for committed in whatsapp_rust::futures::future::join_all(two).await {
            assert!(matches!(committed, Err(CommitError::Store(_))), "{committed:?}");
        }
    }
}
