//! Counts the statements of a send and of a reading. All other writes wait meanwhile, also those of
//! other numbers. The tests are in this crate because they observe its connection.

use std::sync::{Arc, Mutex};

use model::{ChatId, WaMessageId};
use sea_orm::DatabaseConnection;

use crate::{Grant, Scanned, Store, Write, fixtures, open, testing};

/// The statements of a transaction, without its begin and its commit.
const OF_A_SEND: usize = 8;
/// The statements of a reading before its change is announced.
const OF_A_READING: usize = 6;

#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Vec<String>>>);

impl Statements {
    fn observe(&self, db: &mut DatabaseConnection) {
        let seen = Arc::clone(&self.0);
        db.set_metric_callback(move |info| seen.lock().unwrap().push(info.statement.sql.clone()));
    }

    /// Returns the statements since the last call.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// A store whose statements are observed, in a temporary folder.
async fn observed() -> (Store, Statements, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut db = open::open(&testing::url(&folder)).await.unwrap();
    let statements = Statements::default();
    statements.observe(&mut db);
    (Store::over(db), statements, folder)
}

/// A chat with a question, and the right to answer.
async fn chat(store: &Store) -> (Grant<Write>, ChatId) {
    let viewer = testing::viewer(store).await;
    let number = viewer.own_connection().await.unwrap();
    let question = fixtures::text("3EB00000-question", "Tem?");
    store.ingest(number).messages(&[question]).await.unwrap();
    let (grant, chat) = viewer.write_chat(ChatId(1)).await.unwrap();
    (grant, chat.id)
}

fn wa(name: &str) -> WaMessageId {
    WaMessageId::parse(&format!("3EB00000-{name}")).unwrap()
}

#[tokio::test]
async fn a_send_holds_the_write_lock_for_few_statements() {
    let (store, statements, _folder) = observed().await;
    let (grant, chat) = chat(&store).await;

    statements.take();
    store.enqueue_text(&grant, chat, wa("one"), "Tem!", None).await.unwrap();
    let of_a_send = statements.take();
    assert!(of_a_send.len() <= OF_A_SEND, "{of_a_send:#?}");

    store.save_draft(&grant, chat, "Já vai", 1).await.unwrap();
    statements.take();
    store.enqueue_text(&grant, chat, wa("two"), "Já vai", None).await.unwrap();
    let with_draft = statements.take();
    assert!(with_draft.len() <= OF_A_SEND + 1, "{with_draft:#?}");

    // A double click is answered without a write.
    store.enqueue_text(&grant, chat, wa("two"), "Já vai", None).await.unwrap();
    let again = statements.take();
    let writes = |sql: &&String| !sql.starts_with("SELECT");
    assert_eq!(again.iter().find(writes), None);
}

#[tokio::test]
async fn marking_as_read_holds_the_write_lock_for_few_statements() {
    let (store, statements, _folder) = observed().await;
    let (grant, chat) = chat(&store).await;
    let ingest = store.ingest(grant.connection());
    let scanned = ingest.linked("5561990000000", None, None, None).await.unwrap();
    assert_eq!(scanned, Scanned::Linked);
    let many: Vec<_> = (0..300).map(|n| fixtures::text(format!("3EB00000-{n}"), "Oi")).collect();
    ingest.messages(&many).await.unwrap();

    statements.take();
    assert!(store.mark_read(&grant, chat).await.unwrap());
    let of_a_reading = statements.take();
    let queued = of_a_reading.iter().position(|sql| sql.contains("INSERT INTO \"outbox\""));
    assert!(queued.is_some_and(|place| place < OF_A_READING), "{of_a_reading:#?}");
    let is_bounded = |sql: &String| sql.contains(" DESC LIMIT ");
    assert!(of_a_reading.iter().any(is_bounded), "a flood is read whole: {of_a_reading:#?}");
    assert_eq!(store.outbox(grant.connection()).next_reads(10).await.unwrap().len(), 2);

    // Nothing is written if all is read.
    statements.take();
    assert!(!store.mark_read(&grant, chat).await.unwrap());
    let again = statements.take();
    assert_eq!(again.iter().find(|sql| !sql.starts_with("SELECT")), None);
}
