//! The migration that makes operations of the messages in the outbox.

use migrations::Migrator;
use sea_orm::ConnectionTrait as _;
use sea_orm_migration::MigratorTrait as _;
use store::Store;

use crate::support::{column, on_empty, past_the_store, undo_after};

/// The count of migrations before it.
const BEFORE: u32 = 17;

const ROWS: [&str; 5] = [
    "INSERT INTO \"user\" (name, email, password_hash, role, active, created_at) \
     VALUES ('Ana', 'ana@example.com', 'x', 'admin', true, 1)",
    "INSERT INTO connection (owner_id, default_of, label, linked, created_at) \
     VALUES (1, 1, 'Vendas', true, 4)",
    "INSERT INTO chat (connection_id, jid, address, last_at) VALUES \
     (1, '1@s.whatsapp.net', '1@lid', 20), (1, '2@s.whatsapp.net', '2@s.whatsapp.net', 20)",
    "INSERT INTO message (connection_id, chat_id, sender_id, wa_id, author_id, kind, text, sent_at, \
     position, delivery, unread) VALUES \
     (1, 1, 0, '3EB00000-1', NULL, 'text', 'um', 1, 1, 'sent', false), \
     (1, 2, 0, '3EB00000-2', 1, 'text', 'dois', 2, 2, 'queued', false), \
     (1, 1, 0, '3EB00000-3', NULL, 'text', 'tres', 3, 3, 'queued', false)",
    "INSERT INTO outbox (message_id, connection_id, queued_at) VALUES (3, 1, NULL), (2, 1, 9)",
];

const OPERATIONS: &str = "SELECT CAST(message_id AS TEXT) || '|' || CAST(chat_id AS TEXT) || '|' || \
                          kind || '|' || wa_id || '|' || COALESCE(CAST(author_id AS TEXT), '') \
                          || '|' || COALESCE(CAST(queued_at AS TEXT), '') FROM outbox ORDER BY id";
const MESSAGES: &str = "SELECT CAST(message_id AS TEXT) || '|' || CAST(connection_id AS TEXT) || \
                        '|' || COALESCE(CAST(queued_at AS TEXT), '') FROM outbox \
                        ORDER BY message_id";

#[tokio::test]
async fn messages_of_before_are_sent_in_their_order_and_there_is_a_way_back() {
    on_empty(|url| async move {
        let raw = past_the_store(&url).await;
        Migrator::up(&raw, Some(BEFORE)).await.unwrap();
        for statement in ROWS {
            raw.execute_unprepared(statement).await.unwrap();
        }
        drop(Store::open(&url).await.unwrap());
        let operations = ["2|2|send|3EB00000-2|1|9", "3|1|send|3EB00000-3||"];
        assert_eq!(column(&raw, OPERATIONS).await, operations);
        let change = "INSERT INTO outbox (connection_id, chat_id, kind, message_id, wa_id, payload, \
                      depends_on) VALUES (1, 1, 'edit', 3, '3EB00000-4', 'TRES', 2)";
        raw.execute_unprepared(change).await.unwrap();
        let replaced = "INSERT INTO amendment (connection_id, chat_id, sender_id, target_wa_id, kind, \
                        value, at, wa_id) VALUES (1, 1, 0, '3EB00000-1', 'replaced', '', 5, 'x'), \
                        (1, 1, 0, '3EB00000-1', 'replaced', '', 6, 'y')";
        raw.execute_unprepared(replaced).await.unwrap();

        undo_after(&raw, BEFORE).await;
        assert_eq!(column(&raw, MESSAGES).await, ["2|1|9", "3|1|"], "changes are lost");
        assert_eq!(column(&raw, "SELECT kind FROM amendment").await, [""; 0]);
        Migrator::up(&raw, None).await.unwrap();
        assert_eq!(column(&raw, OPERATIONS).await, operations);
    })
    .await;
}
