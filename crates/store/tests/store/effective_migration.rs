//! The migration that writes the effective content to the rows of messages.

use migrations::Migrator;
use model::MessageKind;
use sea_orm::ConnectionTrait as _;
use sea_orm_migration::MigratorTrait as _;
use store::{ChatsPage, Store};

use crate::support::{column, count, on_empty, past_the_store, undo_after};

/// The count of migrations before it.
const BEFORE: u32 = 16;

/// A group has two people and the number itself. Message 1 is unchanged, 2 was edited, 3 edited and
/// deleted, 4 deleted by an administrator, 5 changed by people who may not, 6 is our own; message 7
/// has not arrived, and 8 has the id of 2, from another sender.
const ROWS: [&str; 6] = [
    "INSERT INTO \"user\" (name, email, password_hash, role, active, created_at) \
     VALUES ('Ana', 'ana@example.com', 'x', 'admin', true, 1)",
    "INSERT INTO connection (owner_id, default_of, label, linked, created_at) \
     VALUES (1, 1, 'Vendas', true, 4)",
    "INSERT INTO contact (connection_id, phone) VALUES (1, '1'), (1, '2')",
    "INSERT INTO chat (connection_id, jid, address, last_message_id, last_at) \
     VALUES (1, '120363@g.us', '120363@g.us', 3, 20), (1, '9@g.us', '9@g.us', NULL, 20)",
    "INSERT INTO message (connection_id, chat_id, sender_id, wa_id, kind, text, sent_at, position, \
     delivery, unread) VALUES \
     (1, 1, 1, '3EB00000-1', 'text', 'um', 1, 1, NULL, false), \
     (1, 1, 1, '3EB00000-2', 'image', 'dois', 2, 2, NULL, false), \
     (1, 1, 1, '3EB00000-3', 'text', 'tres', 3, 3, NULL, false), \
     (1, 1, 1, '3EB00000-4', 'text', 'quatro', 4, 4, NULL, false), \
     (1, 1, 1, '3EB00000-5', 'text', 'cinco', 5, 5, NULL, false), \
     (1, 1, 0, '3EB00000-6', 'text', 'seis', 6, 6, 'sent', false), \
     (1, 1, 2, '3EB00000-2', 'text', 'oito', 8, 8, NULL, false)",
    "INSERT INTO amendment (connection_id, chat_id, sender_id, target_wa_id, kind, value, at) \
     VALUES \
     (1, 1, 1, '3EB00000-2', 'edited', 'DOIS', 12), \
     (1, 1, 1, '3EB00000-3', 'edited', 'TRES', 13), (1, 1, 1, '3EB00000-3', 'revoked', '', 14), \
     (1, 1, 2, '3EB00000-4', 'revoked_by_admin', '', 14), \
     (1, 1, 2, '3EB00000-5', 'edited', 'CINCO', 15), (1, 1, 2, '3EB00000-5', 'revoked', '', 15), \
     (1, 2, 1, '3EB00000-5', 'edited', 'outra', 15), (1, 1, 2, '3EB00000-5', 'reaction', '👍', 15), \
     (1, 1, 0, '3EB00000-6', 'edited', 'SEIS', 16), \
     (1, 1, 1, '3EB00000-7', 'edited', 'SETE', 17)",
];

const MESSAGES: &str = "SELECT kind || '|' || text || '|' || COALESCE(CAST(edited_at AS TEXT), '') \
                        || '|' || COALESCE(revoked_by, '') FROM message ORDER BY id";
const SAID: &str = "SELECT said_kind || '|' || value || '|' || CAST(at AS TEXT) || '|' || \
                    target_wa_id FROM amendment WHERE kind = 'said' ORDER BY at";

#[tokio::test]
async fn rows_of_before_get_their_effective_content() {
    on_empty(|url| async move {
        let raw = past_the_store(&url).await;
        Migrator::up(&raw, Some(BEFORE)).await.unwrap();
        for statement in ROWS {
            raw.execute_unprepared(statement).await.unwrap();
        }
        let store = Store::open(&url).await.unwrap();
        assert_eq!(
            column(&raw, MESSAGES).await,
            [
                "text|um||",
                "image|DOIS|12|",
                "revoked|||author",
                "revoked|||admin",
                "text|cinco||",
                "text|SEIS|16|",
                "text|oito||",
            ]
        );
        let said = [
            "image|dois|2|3EB00000-2",
            "text|tres|3|3EB00000-3",
            "text|quatro|4|3EB00000-4",
            "text|seis|6|3EB00000-6",
        ];
        assert_eq!(column(&raw, SAID).await, said);
        let ana = store.operator().list().await.unwrap().remove(0);
        let viewer = store.viewer(ana.id).await.unwrap();
        let page = ChatsPage { connection: None, before: None, limit: 10 };
        let chats = viewer.chats(page).await.unwrap();
        let group = chats.iter().find(|chat| chat.preview.is_some()).unwrap();
        assert_eq!(group.preview.as_ref().unwrap().kind, MessageKind::Revoked);
        let messages = viewer.messages(group.id, None, 10).await.unwrap();
        let reactions: Vec<_> = messages.iter().map(|message| message.reactions.len()).collect();
        assert_eq!(reactions, [0, 0, 0, 0, 1, 0, 0]);
        drop(store);

        undo_after(&raw, BEFORE).await;
        let texts = column(&raw, "SELECT kind || '|' || text FROM message ORDER BY id").await;
        let before = ["text|um", "image|dois", "text|tres", "text|quatro", "text|cinco"];
        assert_eq!(texts[..5], before);
        assert_eq!(texts[5..], ["text|seis", "text|oito"]);
        assert_eq!(count(&raw, "SELECT 1 FROM amendment").await, 10);
        Migrator::up(&raw, None).await.unwrap();
        assert_eq!(column(&raw, SAID).await, said);
    })
    .await;
}
