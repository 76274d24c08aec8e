//! Copying all rows between databases of the same or of different kinds.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use migrations::Migrator;
use model::{Access, Change, ConnectionId, Delivery, FailReason, Role};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, DatabaseConnection};
use sea_orm_migration::MigratorTrait as _;
use store::{
    Peer, Store,
    backup::{self, BackupError, LEFT_OUT, Loading, Row, Snapshot},
};

use crate::support::{
    Desk, Empty, Talk, column, complete, count, incoming, logged_in, number, on_both_raw, on_empty,
    past_the_store, phones_own, photo, receive, sent_text, texts, wa,
};

/// More rows than are read at one time, and more than are written at one time.
const MANY: i64 = 2345;

/// An unusual text, which must be restored unchanged.
const STRANGE: &str = "l'été\n\t\"{\\u0000}\" 🏴‍☠️ -- %s $1 ?";

/// The tables that only older backups have.
const DROPPED: &[&str] = &["unsent_receipt"];

type Everything = BTreeMap<&'static str, (Vec<Row>, Option<i64>)>;

async fn dump(snapshot: &Snapshot) -> Everything {
    let mut everything = BTreeMap::new();
    for table in snapshot.tables() {
        let mut rows = Vec::new();
        let count = snapshot
            .rows(table, |row| {
                rows.push(row.clone());
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(count, rows.len() as u64, "{table}");
        // Each database sorts texts differently.
        rows.sort_by_key(|row| serde_json::to_string(row).unwrap());
        everything.insert(table, (rows, snapshot.last_id(table).await.unwrap()));
    }
    everything
}

async fn dump_of(url: &str) -> Everything {
    let snapshot = Snapshot::take(url).await.unwrap();
    let everything = dump(&snapshot).await;
    snapshot.close().await.unwrap();
    everything
}

async fn load(
    url: &str,
    migrations: &[String],
    everything: &Everything,
) -> Result<(), BackupError> {
    let loading = Loading::begin(url, migrations).await?;
    for table in backup::tables() {
        let Some((rows, last_id)) = everything.get(table) else { continue };
        let given = rows.iter().cloned().map(Ok).collect::<Vec<_>>();
        let count = loading.table(table, given, *last_id).await?;
        assert_eq!(count, rows.len() as u64, "{table}");
    }
    loading.finish().await
}

fn all_migrations() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

/// Makes an installation that has rows in every table, and has removed its newest number.
async fn furnish(url: &str) {
    let store = Store::open(url).await.unwrap();
    let desk = Desk::open(&store).await;
    let owner = &desk.owner;
    let mut strange = incoming(&Peer::pn("1"), "a", 0);
    strange.text = STRANGE.to_owned();
    strange.raw_message = Some(vec![1]);
    let chat = receive(&store, owner, desk.number, strange).await;
    receive(&store, owner, desk.number, phones_own(&Peer::pn("2"), "b", 1)).await;
    owner.set_chat_private(chat.id, true).await.unwrap();
    let (grant, _) = owner.write_chat(chat.id).await.unwrap();
    let queued = store.enqueue_text(&grant, chat.id, wa("c"), "answer", None).await.unwrap();
    let edit = Change::Edit { text: STRANGE.to_owned() };
    store.enqueue_change(&grant, queued.id, wa("d"), edit).await.unwrap();
    store.save_draft(&grant, chat.id, STRANGE, 5).await.unwrap();
    let (proof, admin) = (desk.proof().await, desk.admin.user().id);
    store.grant_access(&proof, admin, desk.number, Access::Read).await.unwrap();
    logged_in(&store, owner.user().id).await;
    let newest = owner.add_connection(number("Suporte")).await.unwrap();
    assert_eq!(newest, ConnectionId(2));
    let grant = owner.grant_remove(newest).await.unwrap();
    store.remove_connection(&grant).await.unwrap();

    let raw = past_the_store(url).await;
    let settings = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) \
         INSERT INTO setting (key, value) SELECT 'k' || i, 'v' FROM n"
    );
    for statement in [
        "INSERT INTO totp (user_id, secret, confirmed, last_step) VALUES (1, 'JBSWY3DP', true, 7)",
        "INSERT INTO recovery_code (user_id, code_hash) VALUES (1, 'x'), (1, 'y'), (2, 'a')",
        "INSERT INTO connection_up (connection_id, up_at, seen_at, open) VALUES (1, 5, 6, false)",
        "INSERT INTO gap (connection_id, from_at, to_at, recovered, recovered_private) \
         VALUES (1, 5, 6, 7, 8)",
        "INSERT INTO amendment (connection_id, chat_id, sender_id, target_wa_id, kind, value, at) \
         SELECT connection_id, chat_id, 0, wa_id, 'reaction', '👍', 9 FROM message",
        "INSERT INTO media (message_id, connection_id, mime, name, size, width, direct_path, \
         media_key, file_hash, sealed_hash, state, tries, next_at) SELECT id, connection_id, \
         'image/jpeg', 'foto', 9, 3, '/v/x', '01', '02', '03', 'awaited', 2, 5 FROM message",
        "INSERT INTO media_copy (message_id, from_connection_id, from_message_id, since) \
         SELECT id, connection_id, id, 5 FROM message",
        "INSERT INTO outbox (connection_id, chat_id, kind, message_id, wa_id, payload, queued_at) \
         SELECT connection_id, chat_id, 'read', id, '', '[\"l''été\"]', 5 FROM message",
        "INSERT INTO sticker_favourite (user_id, connection_id, file_hash, message_id, added_at) \
         VALUES (1, 1, '02', 1, 5)",
        "INSERT INTO early_read (connection_id, wa_id, read_at) VALUES (1, '3EB0-early', 5)",
        "INSERT INTO login_link (token_hash, user_id, kind, expires_at) VALUES ('h', 1, 'reset', 9)",
        "INSERT INTO ringing_call (message_id, connection_id, wa_id, since) \
         SELECT id, connection_id, wa_id, 5 FROM message",
        "INSERT INTO call_policy (connection_id, set_by, answer) VALUES (1, 1, 'Só por mensagem')",
        "INSERT INTO call_answer (chat_id, answered_at) SELECT id, 5 FROM chat",
        "INSERT INTO chat_group (chat_id, connection_id, subject, fetched_at) \
         SELECT id, connection_id, 'Fornecedores', 5 FROM chat",
        "INSERT INTO group_member (chat_id, contact_id, role, noted_at) \
         SELECT id, contact_id, 'admin', 5 FROM chat",
        "INSERT INTO group_access (chat_id, user_id, granted_by, created_at) \
         SELECT id, 1, 1, 5 FROM chat",
        "INSERT INTO group_receipt (message_id, contact_id, read_at) \
         SELECT message.id, chat.contact_id, 5 FROM message \
         JOIN chat ON chat.id = message.chat_id",
        "INSERT INTO chat_action (connection_id, chat_id, aspect, message_id, value, before, attempts, \
         queued_at) SELECT connection_id, chat_id, 'star', id, 1, 0, 0, 5 FROM message",
        "INSERT INTO number_visibility (connection_id, hides_reading, hides_online) \
         VALUES (1, true, false)",
        settings.as_str(),
    ] {
        raw.execute_unprepared(statement).await.unwrap();
    }
    raw.close().await.unwrap();
}

/// Runs a test with a filled database and an empty one, in all combinations of kinds.
async fn across<F, T>(test: F)
where
    F: Fn(String, String) -> T,
    T: Future<Output = ()>,
{
    for (from, to) in [
        (Empty::sqlite(), Empty::postgres().await),
        (Empty::postgres().await, Empty::sqlite()),
        (Empty::sqlite(), Empty::sqlite()),
        (Empty::postgres().await, Empty::postgres().await),
    ] {
        furnish(from.url()).await;
        eprintln!("from {} to {}", from.url(), to.url());
        test(from.url().to_owned(), to.url().to_owned()).await;
        from.remove().await;
        to.remove().await;
    }
}

#[tokio::test]
async fn every_row_is_the_same_wherever_it_goes() {
    across(|from, to| async move {
        let before = dump_of(&from).await;
        for table in backup::tables().filter(|table| !DROPPED.contains(table)) {
            assert!(!before[table].0.is_empty(), "nothing is tested of {table}");
        }
        assert_eq!(before["setting"].0.len() as i64, MANY);
        load(&to, &all_migrations(), &before).await.unwrap();
        assert_eq!(dump_of(&to).await, before);

        let store = Store::open(&to).await.unwrap();
        let people = store.operator().list().await.unwrap();
        let owner = people.iter().find(|user| user.role == Role::Atendente).unwrap();
        let owner = store.viewer(owner.id).await.unwrap();
        let page = store::ChatsPage { connection: None, before: None, limit: 10 };
        let chats = owner.chats(page).await.unwrap();
        let chat = chats.iter().find(|chat| chat.private).unwrap();
        assert_eq!(texts(&owner, chat.id).await, [STRANGE, "answer"]);
        // The id of the removed number is not given to a new one.
        let next = owner.add_connection(number("Loja")).await.unwrap();
        assert_eq!(next, ConnectionId(3));
        receive(&store, &owner, next, incoming(&Peer::pn("1"), "new", 9)).await;
    })
    .await;
}

#[tokio::test]
async fn logins_stay_behind() {
    across(|from, to| async move {
        let before = dump_of(&from).await;
        load(&to, &all_migrations(), &before).await.unwrap();
        let raw = past_the_store(&to).await;
        for table in ["web_session", "login_link"] {
            assert!(LEFT_OUT.contains(&table));
            assert!(!before.contains_key(table));
            let rows = format!("SELECT 1 FROM {table}");
            assert_eq!(count(&raw, &rows).await, 0, "{table}");
        }
        raw.close().await.unwrap();
    })
    .await;
}

/// Neither the bytes of an upload nor its row are part of a backup.
#[tokio::test]
async fn a_message_whose_file_was_incomplete_comes_back_as_failed() {
    on_empty(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let talk = Talk::open(&store).await;
        store.begin_upload(&talk.grant, talk.chat, wa("begun"), photo("begun")).await.unwrap();
        let whole =
            store.begin_upload(&talk.grant, talk.chat, wa("whole"), photo("whole")).await.unwrap();
        store.finish_upload(&talk.grant, whole.id, complete(1)).await.unwrap();
        let everything = dump_of(&url).await;
        assert!(!everything.contains_key("upload"));

        let copy = Empty::sqlite();
        load(copy.url(), &all_migrations(), &everything).await.unwrap();
        let restored = Store::open(copy.url()).await.unwrap();
        let owner = restored.viewer(talk.desk.owner.user().id).await.unwrap();
        let deliveries: Vec<_> = owner.messages(talk.chat, None, 10).await.unwrap();
        let deliveries: Vec<_> = deliveries.iter().filter_map(|message| message.delivery).collect();
        let expired = Delivery::Failed { reason: FailReason::Expired };
        assert_eq!(deliveries, [expired, Delivery::Queued]);
        let waiting = restored.outbox(talk.desk.number).next_uploads(10).await.unwrap();
        assert_eq!(waiting.iter().map(|file| file.message).collect::<Vec<_>>(), [whole.id]);
        copy.remove().await;
    })
    .await;
}

/// A new table must be added to backups or to the exceptions.
#[tokio::test]
async fn every_table_is_in_a_backup_or_left_out_on_purpose() {
    on_both_raw(|_, raw: DatabaseConnection| async move {
        let sql = match raw.get_database_backend() {
            DatabaseBackend::Postgres => {
                "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'"
            }
            _ => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence'"
            }
        };
        let there: BTreeSet<String> = column(&raw, sql).await.into_iter().collect();
        let known = backup::tables().chain(LEFT_OUT.iter().copied());
        let known: BTreeSet<String> =
            known.filter(|table| !DROPPED.contains(table)).map(str::to_owned).collect();
        assert_eq!(there, known);
    })
    .await;
}

#[tokio::test]
async fn what_is_written_meanwhile_is_in_no_table() {
    on_empty(|url| async move {
        furnish(&url).await;
        let before = dump_of(&url).await;
        let snapshot = Snapshot::take(&url).await.unwrap();
        let store = Store::open(&url).await.unwrap();
        let late = incoming(&Peer::pn("7"), "late", 60);
        store.ingest(ConnectionId(1)).messages(&[late]).await.unwrap();
        let rows_of = |everything: Everything| -> BTreeMap<_, _> {
            everything.into_iter().map(|(table, (rows, _))| (table, rows)).collect()
        };
        assert_eq!(rows_of(dump(&snapshot).await), rows_of(before.clone()));
        snapshot.close().await.unwrap();
        assert_eq!(dump_of(&url).await["message"].0.len(), before["message"].0.len() + 1);
    })
    .await;
}

#[tokio::test]
async fn an_older_backup_is_brought_up_to_date() {
    on_empty(|from| async move {
        let raw = past_the_store(&from).await;
        Migrator::up(&raw, Some(1)).await.unwrap();
        for statement in [
            "INSERT INTO \"user\" (name, email, password_hash, role, active, created_at) \
             VALUES ('Ana', 'ana@example.com', 'x', 'admin', true, 7)",
            "INSERT INTO connection (owner_id, label, linked, created_at) \
             VALUES (1, 'Vendas', true, 7)",
            "INSERT INTO chat (connection_id, jid, address, last_at) VALUES (1, '1', '1', 7)",
            "INSERT INTO message (connection_id, chat_id, sender_id, wa_id, kind, text, sent_at, \
             position, delivery, unread) \
             VALUES (1, 1, 0, '3EB00000-waits', 'text', 'Tem!', 7, 7, 'queued', false)",
            "INSERT INTO outbox (message_id, connection_id) VALUES (1, 1)",
        ] {
            raw.execute_unprepared(statement).await.unwrap();
        }
        let snapshot = Snapshot::take(&from).await.unwrap();
        assert_eq!(snapshot.migrations(), &all_migrations()[..1], "it is only looked at");
        let rows = dump(&snapshot).await;
        assert!(!rows.contains_key("audit"), "there was no such table");
        for to in [Empty::sqlite(), Empty::postgres().await] {
            load(to.url(), snapshot.migrations(), &rows).await.unwrap();
            let store = Store::open(to.url()).await.unwrap();
            let ana = store.operator().list().await.unwrap().remove(0);
            assert_eq!((&*ana.name, ana.role), ("Ana", Role::Admin));
            assert!(store.viewer(ana.id).await.unwrap().admin().await.is_ok());
            let waiting = store.outbox(ConnectionId(1)).next(10, &[]).await.unwrap();
            assert_eq!(waiting.iter().map(sent_text).collect::<Vec<_>>(), ["Tem!"]);
            drop(store);
            to.remove().await;
        }
        snapshot.close().await.unwrap();
        raw.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn only_an_empty_database_and_known_migrations_will_do() {
    on_empty(|url| async move {
        let mut newer = all_migrations();
        newer.push("m9999_later".to_owned());
        let refused = load(&url, &newer, &Everything::new()).await;
        assert!(matches!(refused, Err(BackupError::Newer(name)) if name == "m9999_later"));
        for wrong in [Vec::new(), all_migrations().split_off(1)] {
            let refused = load(&url, &wrong, &Everything::new()).await;
            assert!(matches!(refused, Err(BackupError::Migrations)), "{wrong:?}");
        }
        // None of the attempts has left anything behind.
        load(&url, &all_migrations(), &Everything::new()).await.unwrap();
        let refused = load(&url, &all_migrations(), &Everything::new()).await;
        assert!(matches!(refused, Err(BackupError::NotEmpty)));
    })
    .await;
}

#[tokio::test]
async fn rows_that_do_not_fit_are_refused_and_nothing_stays() {
    on_empty(|url| async move {
        let row = |text: &str| -> Row { serde_json::from_str(text).unwrap() };
        for wrong in [
            r#"{"key": "a", "value": 1}"#,
            r#"{"key": "a", "value": "b", "more": "c"}"#,
            r#"{"key": "a"}"#,
        ] {
            let everything = [("setting", (vec![row(wrong)], None))].into();
            assert!(load(&url, &all_migrations(), &everything).await.is_err(), "{wrong}");
        }
        let good = [("setting", (vec![row(r#"{"key": "a", "value": "b"}"#)], None))].into();
        load(&url, &all_migrations(), &good).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn there_has_to_be_something_to_back_up() {
    let folder = tempfile::tempdir().unwrap();
    let missing = format!("sqlite://{}/inbox.db", folder.path().display());
    assert!(matches!(Snapshot::take(&missing).await, Err(BackupError::Open(_))));
    assert!(!folder.path().join("inbox.db").exists());
    let postgres = Empty::postgres().await;
    assert!(matches!(Snapshot::take(postgres.url()).await, Err(BackupError::Empty)));
    postgres.remove().await;
}

/// The copy is complete while another connection writes, and the source is unchanged.
#[tokio::test]
async fn a_file_is_copied_while_it_is_written_to() {
    let folder = tempfile::tempdir().unwrap();
    // The paths contain characters that have a meaning in an address.
    let (from, to) = (folder.path().join("a ?%41.db"), folder.path().join("b ?%41.db"));
    let plain = folder.path().join("plain.db");
    let raw = past_the_store(&format!("sqlite://{}", plain.display())).await;
    raw.execute_unprepared("PRAGMA journal_mode = WAL").await.unwrap();
    raw.execute_unprepared("CREATE TABLE t (x INTEGER)").await.unwrap();
    raw.execute_unprepared("INSERT INTO t VALUES (1), (2)").await.unwrap();
    backup::copy_sqlite(&plain, &to).await.unwrap();
    raw.execute_unprepared("INSERT INTO t VALUES (3)").await.unwrap();
    std::fs::rename(&to, &from).unwrap();
    let twice = folder.path().join("twice.db");
    backup::copy_sqlite(&from, &twice).await.unwrap();
    let copy = past_the_store(&format!("sqlite://{}", twice.display())).await;
    assert_eq!(count(&copy, "SELECT 1 FROM t").await, 2);
    assert!(backup::copy_sqlite(&from, &twice).await.is_err(), "it is there already");
    assert!(backup::copy_sqlite(&folder.path().join("none"), &to).await.is_err());
}
