//! The migration that makes operations of read receipts.

use migrations::Migrator;
use model::ConnectionId;
use sea_orm::ConnectionTrait as _;
use sea_orm_migration::MigratorTrait as _;
use store::{
    Store,
    backup::{Loading, Snapshot},
};

use crate::support::{Empty, column, migrations_before, on_empty, past_the_store, undo_after};

/// A chat with one person, of whom 300 messages were read, and a group with messages of two members.
const ROWS: [&str; 7] = [
    "INSERT INTO \"user\" (name, email, password_hash, role, active, created_at) \
     VALUES ('Ana', 'ana@example.com', 'x', 'admin', true, 1)",
    "INSERT INTO connection (owner_id, default_of, label, linked, created_at) \
     VALUES (1, 1, 'Vendas', true, 4)",
    "INSERT INTO contact (connection_id, phone, lid) \
     VALUES (1, '5561998124471', NULL), (1, NULL, '77')",
    "INSERT INTO chat (connection_id, jid, address, contact_id, last_at) VALUES \
     (1, '1@s.whatsapp.net', '1@lid', 1, 20), (1, '2@g.us', '2@g.us', NULL, 20)",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) \
     INSERT INTO message (connection_id, chat_id, sender_id, wa_id, kind, text, sent_at, position, \
     unread) SELECT 1, 1, 1, 'one-\"' || i, 'text', 'oi', i, i, false FROM n",
    "INSERT INTO message (connection_id, chat_id, sender_id, wa_id, kind, text, sent_at, position, \
     unread) VALUES (1, 2, 1, 'two', 'text', 'oi', 1, 1, false), \
     (1, 2, 2, 'three', 'text', 'oi', 2, 2, false), (1, 2, 2, 'four', 'text', 'oi', 3, 3, false)",
    // In the year 2100.
    "INSERT INTO unsent_receipt (message_id, connection_id, read_at) \
     SELECT id, 1, 4102444800000000 + id FROM message WHERE wa_id <> 'four'",
];

const RECEIPTS: &str = "SELECT CAST(message_id AS TEXT) || '|' || CAST(read_at AS TEXT) \
                        FROM unsent_receipt ORDER BY message_id";

/// Returns the count of migrations before it.
fn before() -> u32 {
    migrations_before("m0020_read_operations")
}

async fn fill(url: &str) -> sea_orm::DatabaseConnection {
    let raw = past_the_store(url).await;
    Migrator::up(&raw, Some(before())).await.unwrap();
    for statement in ROWS {
        raw.execute_unprepared(statement).await.unwrap();
    }
    raw
}

/// Returns address, author, count and last id of each receipt.
async fn receipts(store: &Store) -> Vec<(String, Option<String>, usize, String)> {
    let receipts = store.outbox(ConnectionId(1)).next_reads(100).await.unwrap();
    receipts
        .into_iter()
        .map(|receipt| {
            let last = receipt.wa_ids.last().cloned().unwrap_or_default();
            (receipt.to_jid, receipt.sender, receipt.wa_ids.len(), last)
        })
        .collect()
}

fn expected() -> Vec<(String, Option<String>, usize, String)> {
    let of = |to: &str, sender: Option<&str>, count: usize, last: &str| {
        (to.to_owned(), sender.map(str::to_owned), count, last.to_owned())
    };
    vec![
        of("1@lid", None, 256, "one-\"256"),
        of("1@lid", None, 44, "one-\"300"),
        of("2@g.us", Some("5561998124471@s.whatsapp.net"), 1, "two"),
        of("2@g.us", Some("77@lid"), 1, "three"),
    ]
}

#[tokio::test]
async fn receipts_of_before_are_sent_together_and_there_is_a_way_back() {
    on_empty(|url| async move {
        let raw = fill(&url).await;
        let before_it = column(&raw, RECEIPTS).await;
        assert_eq!(before_it.len(), 302);
        let store = Store::open(&url).await.unwrap();
        assert_eq!(receipts(&store).await, expected());
        drop(store);

        undo_after(&raw, before()).await;
        let after = column(&raw, RECEIPTS).await;
        let ids = |rows: &[String]| -> Vec<String> {
            rows.iter().map(|row| row.split('|').next().unwrap().to_owned()).collect()
        };
        assert_eq!(ids(&after), ids(&before_it));
        let left = "SELECT kind FROM outbox";
        assert_eq!(column(&raw, left).await, [""; 0]);
        Migrator::up(&raw, None).await.unwrap();
        let store = Store::open(&url).await.unwrap();
        assert_eq!(receipts(&store).await, expected());
        raw.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn receipts_of_an_older_backup_are_taken_along() {
    on_empty(|from| async move {
        fill(&from).await.close().await.unwrap();
        let snapshot = Snapshot::take(&from).await.unwrap();
        for to in [Empty::sqlite(), Empty::postgres().await] {
            let loading = Loading::begin(to.url(), snapshot.migrations()).await.unwrap();
            for table in snapshot.tables() {
                let mut rows = Vec::new();
                let each = |row: &store::backup::Row| {
                    rows.push(Ok(row.clone()));
                    Ok(())
                };
                snapshot.rows(table, each).await.unwrap();
                let last_id = snapshot.last_id(table).await.unwrap();
                loading.table(table, rows, last_id).await.unwrap();
            }
            loading.finish().await.unwrap();
            let store = Store::open(to.url()).await.unwrap();
            assert_eq!(receipts(&store).await, expected());
            drop(store);
            to.remove().await;
        }
        snapshot.close().await.unwrap();
    })
    .await;
}
