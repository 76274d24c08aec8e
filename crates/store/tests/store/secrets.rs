//! Encrypted values of the database.

use std::fs;

use model::UserId;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};
use store::backup::{Loading, Row, Snapshot};
use store::{EncryptionError, Error, SecretKeys, SessionLabel, Store};
use tower_sessions::{SessionStore as _, session::Id};

use crate::support::{Desk, column, logged_in, on_both_raw, on_empty, past_the_store};

const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// Returns the stored secrets of the second factors.
async fn stored(raw: &DatabaseConnection) -> Vec<String> {
    column(raw, "SELECT secret FROM totp ORDER BY user_id").await
}

/// Makes two people whose second factors are in clear, as older versions left them.
async fn plain(url: &str) -> DatabaseConnection {
    Desk::open(&Store::open(url).await.unwrap()).await;
    let raw = past_the_store(url).await;
    for user in [1, 2] {
        raw.execute_unprepared(&format!(
            "INSERT INTO totp (user_id, secret, confirmed, last_step) \
             VALUES ({user}, '{SECRET}', true, 7)"
        ))
        .await
        .unwrap();
    }
    raw
}

#[tokio::test]
async fn what_is_in_clear_is_encrypted_when_the_database_is_opened() {
    on_empty(|url| async move {
        let raw = plain(&url).await;
        let keys = SecretKeys::generate().unwrap();
        let store = Store::open(&url).await.unwrap();
        assert!(!store.has_encrypted().await.unwrap());
        let store = store.with_secrets(keys.clone()).await.unwrap();
        assert!(store.has_encrypted().await.unwrap());
        let once = stored(&raw).await;
        assert!(once.iter().all(|value| value.starts_with("sealed:1:")), "{once:?}");
        assert_ne!(once[0].split(':').next_back(), once[1].split(':').next_back());
        drop(store);

        Store::open(&url).await.unwrap().with_secrets(keys.clone()).await.unwrap();
        assert_eq!(stored(&raw).await, once, "a second time there is nothing to do");
        let other = SecretKeys::generate().unwrap();
        let refused = Store::open(&url).await.unwrap().with_secrets(other).await;
        let refused = refused.err().unwrap();
        assert!(
            matches!(refused, Error::Encrypted(EncryptionError::UnknownKey { .. })),
            "{refused:?}"
        );
        assert_eq!(stored(&raw).await, once, "nothing was changed");
        raw.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn nothing_of_a_secret_or_a_cookie_stays_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("inbox.db").display());
    plain(&url).await.close().await.unwrap();
    let in_files = |text: &str| {
        let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let is_in = |file: &[u8]| file.windows(text.len()).any(|part| part == text.as_bytes());
        files.into_iter().any(|file| is_in(&fs::read(file).unwrap()))
    };
    assert!(in_files(SECRET), "it was in clear");
    let keys = SecretKeys::generate().unwrap();
    let store = Store::open(&url).await.unwrap().with_secrets(keys).await.unwrap();
    assert!(!in_files(SECRET));
    let me = store.operator().list().await.unwrap()[0].id;
    let session = logged_in(&store, me).await;
    assert!(store.web_sessions().load(&session).await.unwrap().is_some());
    assert!(!in_files(&session.to_string()), "the cookie cannot be made from the database");
}

#[tokio::test]
async fn a_new_key_takes_the_place_of_the_old_one() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        desk.owner.totp_begin().await.unwrap();
        let of_another_key = stored(&raw).await;
        let keys = SecretKeys::generate().unwrap();
        let refused = store.clone().with_secrets(keys).await.err().unwrap();
        assert!(matches!(refused, Error::Encrypted(EncryptionError::UnknownKey { .. })));
        assert_eq!(stored(&raw).await, of_another_key);
        assert!(desk.owner.totp_pending().await.unwrap().is_some());
    })
    .await;
    on_empty(|url| async move {
        let raw = plain(&url).await;
        let old = SecretKeys::generate().unwrap();
        let both = old.with_new().unwrap();
        let opened = async |keys: &SecretKeys| {
            Store::open(&url).await.unwrap().with_secrets(keys.clone()).await.map(|_| ())
        };
        opened(&old).await.unwrap();
        let under_old = stored(&raw).await;
        opened(&both).await.unwrap();
        assert_ne!(stored(&raw).await, under_old);
        // The old key may be removed now, and decrypts nothing any more.
        opened(&both.newest()).await.unwrap();
        assert!(opened(&old).await.is_err());
        raw.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_secret_that_was_moved_to_another_person_is_worth_nothing() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        desk.owner.totp_begin().await.unwrap();
        desk.admin.totp_begin().await.unwrap();
        let of_admin = stored(&raw).await.remove(0);
        let moved = format!(
            "UPDATE totp SET secret = '{of_admin}' WHERE user_id = {}",
            desk.owner.user().id
        );
        raw.execute_unprepared(&moved).await.unwrap();
        let refused = desk.owner.totp_pending().await.err().unwrap();
        assert!(
            matches!(refused, Error::Encrypted(EncryptionError::Altered { .. })),
            "{refused:?}"
        );
        assert!(!format!("{refused} {refused:?}").contains(&of_admin));
        assert!(desk.admin.totp_pending().await.unwrap().is_some());
        // A secret written in clear is refused too.
        let plain = format!("UPDATE totp SET secret = '{SECRET}', confirmed = true");
        raw.execute_unprepared(&plain).await.unwrap();
        let refused = store.accounts().totp_check(desk.owner.user().id, "000000", None).await;
        assert!(
            matches!(refused, Err(Error::Encrypted(EncryptionError::Altered { .. }))),
            "{refused:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn factors_whose_key_is_lost_can_be_taken_away() {
    on_empty(|url| async move {
        let raw = plain(&url).await;
        let lost = SecretKeys::generate().unwrap();
        Store::open(&url).await.unwrap().with_secrets(lost).await.unwrap();
        let store = Store::open(&url).await.unwrap();
        let keys = SecretKeys::generate().unwrap();
        let me = store.operator().list().await.unwrap()[0].id;
        let session = logged_in(&store, me).await;
        assert_eq!(store.operator().discard_unreadable(&keys).await.unwrap(), 2);
        assert!(store.web_sessions().load(&session).await.unwrap().is_none());
        assert_eq!(stored(&raw).await, [""; 0]);
        store.with_secrets(keys).await.unwrap();
        raw.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn logins_of_before_stay_when_their_ids_become_digests() {
    use migrations::Migrator;
    use sea_orm_migration::MigratorTrait as _;
    on_empty(|url| async move {
        // The row is as the previous version wrote it: with the id itself.
        let raw = past_the_store(&url).await;
        let before = Migrator::migrations();
        let before = before.iter().position(|migration| migration.name() == "m0016_session_digest");
        Migrator::up(&raw, before.map(|steps| u32::try_from(steps).unwrap())).await.unwrap();
        let (id, now) = (Id::default(), chrono::Utc::now().timestamp_micros());
        let label = SessionLabel::new(UserId(1), None, None);
        let data = serde_json::json!({ SessionLabel::KEY: label });
        for statement in [
            "INSERT INTO \"user\" (name, email, password_hash, role, active, created_at) \
             VALUES ('Ana', 'ana@example.com', 'x', 'admin', true, 1)"
                .to_owned(),
            format!(
                "INSERT INTO web_session (id, data, expires_at, user_id, created_at, last_seen_at) \
                 VALUES ('{id}', '{data}', {}, 1, {now}, {now})",
                now + 86_400_000_000_i64
            ),
        ] {
            raw.execute_unprepared(&statement).await.unwrap();
        }
        raw.close().await.unwrap();

        let store = Store::open(&url).await.unwrap();
        assert!(store.web_sessions().load(&id).await.unwrap().is_some());
        let raw = Database::connect(&url).await.unwrap();
        let stored = column(&raw, "SELECT id FROM web_session").await;
        assert!(stored[0].len() == 64 && stored[0] != id.to_string(), "{stored:?}");
        // The stored value cannot be used as a session id.
        assert!(stored[0].parse::<Id>().is_err());
        raw.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_backup_is_read_with_one_key_and_restored_under_another() {
    on_empty(|url| async move {
        let raw = plain(&url).await;
        let old = SecretKeys::generate().unwrap();
        Store::open(&url).await.unwrap().with_secrets(old.clone()).await.unwrap();
        raw.close().await.unwrap();

        let mut none = Snapshot::take(&url).await.unwrap().with_secrets(None);
        assert!(none.rows("totp", |_| Ok(())).await.is_err(), "it takes the key");
        none = none.with_secrets(Some(old.clone()));
        let mut tables: Vec<(&str, Vec<Row>)> = Vec::new();
        for table in ["user", "totp"] {
            let mut rows = Vec::new();
            let each = |row: &Row| {
                rows.push(row.clone());
                Ok(())
            };
            none.rows(table, each).await.unwrap();
            tables.push((table, rows));
        }
        assert!(tables[1].1.iter().all(|row| row["secret"] == SECRET));
        let migrations = none.migrations().to_vec();
        none.close().await.unwrap();

        let folder = tempfile::tempdir().unwrap();
        let to = format!("sqlite://{}", folder.path().join("inbox.db").display());
        let loading = Loading::begin(&to, &migrations).await.unwrap();
        for (table, rows) in tables {
            loading.table(table, rows.into_iter().map(Ok), None).await.unwrap();
        }
        let new = SecretKeys::generate().unwrap();
        loading.finish_with(Some(&new)).await.unwrap();
        let raw = past_the_store(&to).await;
        assert!(stored(&raw).await.iter().all(|value| value.starts_with("sealed:1:")));
        assert!(Store::open(&to).await.unwrap().with_secrets(old).await.is_err());
        Store::open(&to).await.unwrap().with_secrets(new).await.unwrap();
        raw.close().await.unwrap();
    })
    .await;
}
