//! This version opens the data of every earlier version.

use migrations::Migrator;
use model::{Access, Author, ConnectionId, Delivery, Role};
use sea_orm::ConnectionTrait as _;
use sea_orm_migration::MigratorTrait as _;
use store::{ChatsPage, SecondFactor, Store};

use crate::support::{history, on_empty, past_the_store, sent_text};

/// Rows of an installation, by the migration that created their tables or columns. A new migration
/// adds rows here that only it can store, or none if it creates no table or column. They are stored
/// before the next migration.
const ROWS: &[&[&str]] = &[
    // m0001_inbox
    &[
        "INSERT INTO \"user\" (name, email, password_hash, role, active, created_at) VALUES \
         ('Ana', 'ana@example.com', 'x', 'admin', true, 1), \
         ('Bia', 'bia@example.com', 'x', 'atendente', true, 2), \
         ('Caio', 'caio@example.com', 'x', 'atendente', true, 3)",
        "INSERT INTO connection (owner_id, default_of, label, linked, phone, jid, created_at) \
         VALUES (2, 2, 'Vendas', true, '5561900000000', '5561900000000:1@s.whatsapp.net', 4)",
        "INSERT INTO number_access \
         (user_id, connection_id, can_read, can_write, can_manage, granted_by, created_at) \
         VALUES (3, 1, true, true, false, 1, 5)",
        "INSERT INTO contact (connection_id, phone, push_name) \
         VALUES (1, '5561998124471', 'Cláudia')",
        "INSERT INTO contact_alias (connection_id, jid, contact_id) \
         VALUES (1, '5561998124471@s.whatsapp.net', 1)",
        "INSERT INTO chat (connection_id, jid, address, contact_id, last_message_id, last_at) \
         VALUES (1, '5561998124471@s.whatsapp.net', '5561998124471@s.whatsapp.net', 1, 2, 20)",
        "INSERT INTO message (connection_id, chat_id, sender_id, wa_id, author_id, kind, text, \
         sent_at, position, delivery, unread) VALUES \
         (1, 1, 1, '3EB00000-question', NULL, 'text', 'Tem?', 10, 10, NULL, true), \
         (1, 1, 0, '3EB00000-answer', 2, 'text', 'Tem!', 20, 20, 'queued', false)",
        "INSERT INTO outbox (message_id, connection_id) VALUES (2, 1)",
        "INSERT INTO live_event (connection_id, chat_id, message_id, kind, created_at) \
         VALUES (1, 1, 2, 'message', 20)",
    ],
    // m0002_numbers
    &[
        "UPDATE connection SET color = 'green', private_by_default = false",
        "UPDATE chat SET private = false",
        "INSERT INTO connection_up (connection_id, up_at, seen_at, open) VALUES (1, 6, 7, true)",
    ],
    // m0003_accounts
    &[
        "UPDATE \"user\" SET last_seen_at = 8, language = 'pt-BR' WHERE id = 2",
        "INSERT INTO totp (user_id, secret, confirmed, last_step) \
         VALUES (2, 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', true, 7)",
        "INSERT INTO recovery_code (user_id, code_hash) VALUES (2, 'x')",
        "INSERT INTO audit (at, actor_id, actor, action, connection_id, connection_label, detail) \
         VALUES (9, 2, 'Bia', 'login', 1, 'Vendas', '{}')",
    ],
    // m0004_gaps
    &[
        "UPDATE outbox SET queued_at = 20",
        "INSERT INTO gap (connection_id, from_at, to_at, recovered, recovered_private) \
         VALUES (1, 10, 11, 12, 0)",
    ],
    // m0005_media
    &[
        "INSERT INTO media (message_id, connection_id, mime, size, direct_path, media_key, file_hash, \
       sealed_hash, state, tries) \
       VALUES (1, 1, 'image/jpeg', 9, '/v/x', '01', '02', '03', 'stored', 0)",
    ],
    // m0006_amendments
    &["INSERT INTO amendment (connection_id, chat_id, sender_id, target_wa_id, kind, value, at) \
         VALUES (1, 1, 1, '3EB00000-question', 'reaction', '👍', 30), \
         (1, 1, 1, '3EB00000-question', 'edited', 'Tem isso?', 30)"],
    // m0007_originals
    &["INSERT INTO original (message_id, protobuf) VALUES (1, '0a0474656d3f')"],
    // m0008_own_phone
    &["UPDATE connection SET maybe_mixed = true, replaced_by = NULL"],
    // m0009_enter_key
    &["UPDATE \"user\" SET enter_key = 'sends' WHERE id = 2"],
    // m0010_receipts; a receipt of this year may be too old to be sent.
    &[
        "INSERT INTO unsent_receipt (message_id, connection_id, read_at) VALUES (1, 1, 4102444800000000)",
        "INSERT INTO early_read (connection_id, wa_id, read_at) VALUES (1, '3EB00000-later', 40)",
    ],
    // m0011_drafts
    &["INSERT INTO draft (user_id, chat_id, text, updated_at) VALUES (2, 1, 'Tem, sim', 50)"],
    // m0012_media
    &["UPDATE media SET stored_bytes = 9 WHERE state = 'stored'"],
    // m0013_bounds
    &["INSERT INTO live_event (user_id, kind, created_at) VALUES (3, 'access', 60)"],
    // m0014_login
    &[
        "INSERT INTO login_device (user_id, token_hash, used_at) VALUES (2, '04', 60)",
        "UPDATE \"user\" SET notice_at = 60 WHERE id = 2",
    ],
    // m0015_sealed
    &["UPDATE totp SET confirmed_at = 60"],
    // m0016_session_digest
    &[],
    // m0017_effective_content
    &["INSERT INTO amendment (connection_id, chat_id, sender_id, target_wa_id, kind, value, at) \
         VALUES (1, 1, 1, '3EB00000-question', 'edited', 'Tem iso?', 25)"],
    // m0018_operations
    &[
        "UPDATE message SET forwarded = 1, quoted_wa_id = '3EB00000-question', \
         quoted_sender_id = 1, quoted_kind = 'text', quoted_text = 'Tem?', taken_at = 30 WHERE id = 2",
        "INSERT INTO outbox (connection_id, chat_id, kind, message_id, wa_id, payload, author_id, \
         depends_on, attempts, next_attempt_at, first_sent_at, queued_at, failed) VALUES \
         (1, 1, 'edit', 2, '3EB00000-edit', 'Tem sim!', 2, 1, 0, NULL, NULL, 20, NULL), \
         (1, 1, 'react', 1, '3EB00000-reaction', '👍', 2, NULL, 3, 20, 20, 20, 'expired')",
        "INSERT INTO amendment (connection_id, chat_id, sender_id, target_wa_id, kind, value, at, \
         author_id, wa_id) \
         VALUES (1, 1, 0, '3EB00000-question', 'reaction', '🙏', 30, 2, '3EB00000-thanks')",
    ],
    // m0019_message_content
    &[
        "UPDATE message SET content = '\"text\"' WHERE id = 2",
        "UPDATE amendment SET said_content = '\"text\"' WHERE kind = 'said'",
    ],
    // m0020_read_operations
    &[],
    // m0021_outgoing_files
    &[
        "UPDATE media SET seconds = 7, voice = true, waveform = '0064', uploaded_at = 70, \
         played = true",
        "INSERT INTO upload (message_id, connection_id, user_id, begun_at, touched_at) \
         VALUES (2, 1, 2, 20, 20)",
    ],
    // m0022_poll_votes
    &[],
    // m0023_stickers
    &[
        "UPDATE media SET animated = true",
        "INSERT INTO sticker_favourite (user_id, connection_id, file_hash, message_id, added_at) \
         VALUES (2, 1, '02', 1, 80)",
    ],
    // m0024_view_once
    &["UPDATE media SET view_once = true"],
    // m0025_timers
    &[
        "UPDATE chat SET timer_seconds = 86400, timer_at = 20",
        "UPDATE message SET expires_at = 4102444800000000 WHERE id = 2",
        "INSERT INTO live_event (connection_id, chat_id, gone_id, kind, created_at) \
         VALUES (1, 1, 9, 'gone', 80)",
    ],
    // m0026_calls
    &[
        "INSERT INTO ringing_call (message_id, connection_id, wa_id, since) \
         VALUES (1, 1, '3EB00000-question', 80)",
        "INSERT INTO call_policy (connection_id, set_by, answer) VALUES (1, 2, 'Só por mensagem')",
        "INSERT INTO call_answer (chat_id, answered_at) VALUES (1, 80)",
    ],
    // m0027_document_pages
    &["UPDATE media SET page_count = 12, streaming_sidecar = '04'"],
    // m0028_albums
    &["UPDATE media SET album = '3EB00000-album', album_images = 2, album_videos = 0"],
    // m0029_tried_votes
    &["UPDATE amendment SET tried = 2"],
    // m0030_kept_messages
    &["UPDATE message SET kept_expires_at = expires_at, expires_at = NULL WHERE id = 2"],
    // m0031_groups
    &[
        "UPDATE number_access SET groups = 'chosen'",
        "UPDATE message SET mentions = '[\"5561998124471@s.whatsapp.net\"]' WHERE id = 1",
        "INSERT INTO chat_group (chat_id, connection_id, membership, size, fetched_at) \
         VALUES (1, 1, 'admin', 2, 80)",
        "INSERT INTO group_member (chat_id, contact_id, role, noted_at) VALUES (1, 1, 'owner', 80)",
        "INSERT INTO group_access (chat_id, user_id, granted_by, created_at) VALUES (1, 2, 2, 80)",
        "INSERT INTO group_receipt (message_id, contact_id, delivered_at) VALUES (2, 1, 80)",
    ],
    // m0032_chat_state
    &[
        "UPDATE chat SET pinned_at = 90, muted_until = 4102444800000000, marked_unread = true, \
         refused = 'pin', cleared_position = 5",
        "UPDATE contact SET blocked = true",
        "UPDATE message SET starred = true WHERE id = 1",
        "INSERT INTO chat_action (connection_id, chat_id, aspect, message_id, value, before, \
         author_id, attempts, next_attempt_at, queued_at) VALUES \
         (1, 1, 'pin', NULL, 90, 0, 2, 1, 95, 90), (1, 1, 'star', 1, 1, 0, 2, 0, NULL, 90)",
        "INSERT INTO number_visibility (connection_id, hides_reading, hides_online) \
         VALUES (1, true, true)",
    ],
    // m0033_people
    &[
        "UPDATE contact SET business_name = 'Padaria Trigo'",
        "INSERT INTO picture (connection_id, contact_id, version, asked_at, wa_id) \
         VALUES (1, 1, 90, 90, '11')",
    ],
    // m0034_media_copies
    &["INSERT INTO media_copy (message_id, from_connection_id, from_message_id, since) \
         VALUES (2, 1, 1, 90)"],
];

#[tokio::test]
async fn data_of_every_version_is_taken_along() {
    let versions = Migrator::migrations().len();
    assert_eq!(ROWS.len(), versions, "every migration says what it made place for");
    for version in 1..=versions {
        on_empty(move |url| async move {
            eprintln!("version {version}");
            fill(&url, version).await;
            check(&Store::open(&url).await.unwrap(), version).await;
        })
        .await;
    }
}

/// Creates an installation of that version, which has had every version before.
async fn fill(url: &str, version: usize) {
    let raw = past_the_store(url).await;
    for statements in &ROWS[..version] {
        Migrator::up(&raw, Some(1)).await.unwrap();
        for statement in *statements {
            raw.execute_unprepared(statement).await.unwrap();
        }
    }
    raw.close().await.unwrap();
}

async fn check(store: &Store, version: usize) {
    let people = store.operator().list().await.unwrap();
    let names: Vec<_> = people.iter().map(|user| (&*user.name, user.role)).collect();
    let expected = [("Ana", Role::Admin), ("Bia", Role::Atendente), ("Caio", Role::Atendente)];
    assert_eq!(names, expected);

    for user in people.clone() {
        let viewer = store.viewer(user.id).await.unwrap();
        let numbers = viewer.connections().await.unwrap();
        let numbers: Vec<_> = numbers.iter().map(|row| (&*row.label, row.linked)).collect();
        assert_eq!(numbers, [("Vendas", true)], "{}", user.name);
        let page = ChatsPage { connection: None, before: None, limit: 10 };
        let chats = viewer.chats(page).await.unwrap();
        assert_eq!(chats.len(), 1, "{}", user.name);
        let messages = viewer.messages(chats[0].id, None, 10).await.unwrap();
        let told: Vec<_> = messages.iter().map(|m| (&*m.text, m.delivery)).collect();
        let question = if version >= 6 { "Tem isso?" } else { "Tem?" };
        assert_eq!(told, [(question, None), ("Tem!", Some(Delivery::Queued))], "{}", user.name);
        assert_eq!(messages[1].author, Author::User { name: "Bia".to_owned() });
        assert_eq!(messages[1].reply_to.is_some(), version >= 18, "{}", user.name);
        let pending: Vec<_> = messages.iter().map(|message| message.pending.len()).collect();
        assert_eq!(pending, if version >= 18 { [1, 1] } else { [0, 0] }, "{}", user.name);
        assert!(viewer.write_chat(chats[0].id).await.is_ok(), "{}", user.name);
    }

    // It was stored by a version without lengths.
    let unmeasured = store.unmeasured_media(10).await.unwrap();
    assert_eq!(unmeasured.len(), usize::from((5..12).contains(&version)));
    if version < 12 {
        assert_eq!(store.evict_media(1).await.unwrap(), [], "what has no length does not go");
    }
    let sizes: Vec<_> = unmeasured.into_iter().map(|(_, message)| (message, 9_u64)).collect();
    store.media_measured(&sizes).await.unwrap();
    assert_eq!(store.unmeasured_media(10).await.unwrap(), []);

    let waiting = store.outbox(ConnectionId(1)).next(10, &[]).await.unwrap();
    assert_eq!(waiting.iter().map(sent_text).collect::<Vec<_>>(), ["Tem!"]);
    assert_eq!(waiting[0].to_jid, "5561998124471@s.whatsapp.net");
    assert_eq!(waiting[0].wa_id.as_str(), "3EB00000-answer");
    let receipts = store.outbox(ConnectionId(1)).next_reads(10).await.unwrap();
    let read: Vec<&str> =
        receipts.iter().flat_map(|receipt| &receipt.wa_ids).map(String::as_str).collect();
    let was_read: &[&str] = if version >= 10 { &["3EB00000-question"] } else { &[] };
    assert_eq!(read, was_read);
    let admin = store.viewer(people[0].id).await.unwrap().admin().await.unwrap();
    let grants = store.grants_on(&admin, ConnectionId(1)).await.unwrap();
    assert_eq!(grants.len(), 1);
    assert_eq!(grants[0].access, Access::Write);
    let entries = history(store, &admin).await;
    assert_eq!(entries.len(), usize::from(version >= 3));
    let bia = store.accounts().for_session(people[1].id).await.unwrap().unwrap();
    let expected = if version >= 3 { SecondFactor::Required } else { SecondFactor::None };
    assert_eq!(bia.needs, expected);
}
