//! The migration that takes places, contacts and polls out of texts.

use fixtures::written;
use migrations::Migrator;
use model::ChatId;
use sea_orm::ConnectionTrait as _;
use sea_orm_migration::MigratorTrait as _;
use store::Store;

use crate::support::{column, on_empty, past_the_store, undo_after};

/// The count of migrations before it.
const BEFORE: u32 = 18;

/// Message 5 has another form than its kind, 6 was edited, and 7 deleted.
const ROWS: [&str; 5] = [
    "INSERT INTO \"user\" (name, email, password_hash, role, active, created_at) \
     VALUES ('Ana', 'ana@example.com', 'x', 'admin', true, 1)",
    "INSERT INTO connection (owner_id, default_of, label, linked, created_at) \
     VALUES (1, 1, 'Vendas', true, 4)",
    "INSERT INTO contact (connection_id, phone) VALUES (1, '1')",
    "INSERT INTO chat (connection_id, jid, address, contact_id, last_message_id, last_at) \
     VALUES (1, '1@s.whatsapp.net', '1@s.whatsapp.net', 1, 7, 20)",
    "INSERT INTO message (connection_id, chat_id, sender_id, wa_id, kind, text, sent_at, position, \
     unread, edited_at, revoked_by) VALUES \
     (1, 1, 1, '3EB00000-1', 'location', 'Portão\nSQN 102\nhttps://maps.google.com/?q=-15.794229,-47.882166', 1, 1, false, NULL, NULL), \
     (1, 1, 1, '3EB00000-2', 'contact', 'Rui Sá\n+5561999990000', 2, 2, false, NULL, NULL), \
     (1, 1, 1, '3EB00000-3', 'poll', 'Que dia?\n• Segunda\n• Terça', 3, 3, false, NULL, NULL), \
     (1, 1, 1, '3EB00000-4', 'text', 'Que dia?\n• Segunda', 4, 4, false, NULL, NULL), \
     (1, 1, 1, '3EB00000-5', 'location', 'Portão', 5, 5, false, NULL, NULL), \
     (1, 1, 1, '3EB00000-6', 'poll', 'Esquece\n• Terça', 6, 6, false, 9, NULL), \
     (1, 1, 1, '3EB00000-7', 'revoked', '', 7, 7, false, NULL, 'author')",
];

const SAID: &str = "INSERT INTO amendment (connection_id, chat_id, sender_id, target_wa_id, kind, \
     value, at, said_kind) VALUES \
     (1, 1, 1, '3EB00000-6', 'said', 'Que dia?\n• Quarta', 6, 'poll'), \
     (1, 1, 1, '3EB00000-6', 'edited', 'Esquece\n• Terça', 9, NULL), \
     (1, 1, 1, '3EB00000-7', 'said', 'Eva\n190', 7, 'contact')";

const MESSAGES: &str = "SELECT text || '|' || COALESCE(content, '') FROM message ORDER BY id";
const FIRST: &str = "SELECT value || '|' || COALESCE(said_content, '') FROM amendment ORDER BY id";
const TEXTS: &str = "SELECT text FROM message ORDER BY id";
const VALUES: &str = "SELECT value FROM amendment ORDER BY id";

#[tokio::test]
async fn texts_of_before_become_contents_and_there_is_a_way_back() {
    on_empty(|url| async move {
        let raw = past_the_store(&url).await;
        Migrator::up(&raw, Some(BEFORE)).await.unwrap();
        for statement in ROWS.into_iter().chain([SAID]) {
            raw.execute_unprepared(statement).await.unwrap();
        }
        let before = (column(&raw, TEXTS).await, column(&raw, VALUES).await);
        let store = Store::open(&url).await.unwrap();
        let messages = column(&raw, MESSAGES).await;
        let words: Vec<_> = messages.iter().map(|row| row.split_once('|').unwrap().0).collect();
        let expected = [
            "Portão",
            "Rui Sá",
            "Que dia?",
            "Que dia?\n• Segunda",
            "Portão",
            "Esquece\n• Terça",
            "",
        ];
        assert_eq!(words, expected);
        let contents: Vec<_> = messages.iter().map(|row| !row.ends_with('|')).collect();
        assert_eq!(contents, [true, true, true, false, false, false, false]);
        let first = column(&raw, FIRST).await;
        assert!(first[0].starts_with(r#"Que dia?|{"poll":{"#), "{first:?}");
        assert_eq!(first[1], "Esquece\n• Terça|");
        assert!(first[2].starts_with(r#"Eva|{"contacts":[{"#), "{first:?}");

        let people = store.operator().list().await.unwrap();
        let viewer = store.viewer(people[0].id).await.unwrap();
        let shown = viewer.messages(ChatId(1), None, 10).await.unwrap();
        let shown: Vec<_> = shown.iter().map(|message| written(&message.rich)).collect();
        let map = "[-15.794229, -47.882166](https://www.google.com/maps?q=-15.794229,-47.882166)";
        let place = format!("*Portão*\nSQN 102\n{map}");
        let expected = [
            &*place,
            "*Rui Sá*\n[+55 61 99999-0000](/nova-conversa?telefone=%2B5561999990000&numero=1)",
            "*Que dia?*• [Segunda](/enquete/3?opcoes=0#p0)\n• [Terça](/enquete/3?opcoes=1#p0)\n\
             [](/enquete/3)",
        ];
        assert_eq!(shown[..3], expected);
        assert_eq!(shown[4..], ["", "", ""]);

        drop(store);
        undo_after(&raw, BEFORE).await;
        assert_eq!((column(&raw, TEXTS).await, column(&raw, VALUES).await), before);
        Migrator::up(&raw, None).await.unwrap();
        assert_eq!(column(&raw, MESSAGES).await, messages);
    })
    .await;
}
