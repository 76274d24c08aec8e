//! Opening a database, and the errors of opening.

use migrations::Migrator;
use model::{Role, UserStatus};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};
use sea_orm_migration::MigratorTrait as _;
use store::{Error, Store};

use crate::support::{count, on_both, on_both_raw, on_empty, past_the_store, user};

async fn refusal(url: &str) -> String {
    match Store::open(url).await {
        Err(Error::Open(error)) => error.to_string(),
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("{url} was opened"),
    }
}

#[tokio::test]
async fn what_was_kept_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/new/inbox.db", folder.path().display());
    let store = Store::open(&url).await.unwrap();
    let owner = user(&store, "owner", Role::Atendente).await;
    let number = owner.own_connection().await.unwrap();
    drop((store, owner.clone()));
    let again = Store::open(&url).await.unwrap();
    let viewer = again.viewer(owner.user().id).await.unwrap();
    assert_eq!(viewer.own_connection().await.unwrap(), number);
}

/// Older versions kept letters and their marks apart, and accepted invisible characters.
#[tokio::test]
async fn addresses_of_before_are_brought_into_their_form() {
    on_empty(|url| async move {
        let store = Store::open(&url).await.unwrap();
        for name in ["ana", "bia", "caio", "davi"] {
            user(&store, name, Role::Atendente).await;
        }
        let raw = Database::connect(&url).await.unwrap();
        for (name, email) in [
            ("ana", "joa\u{303}o@example.com"),
            ("bia", "b\u{200b}ia@example.com"),
            // This is Davi's address, who stays the only one with it.
            ("caio", "d\u{200b}avi@example.com"),
        ] {
            let set = format!("UPDATE \"user\" SET email = '{email}' WHERE name = '{name}'");
            raw.execute_unprepared(&set).await.unwrap();
        }
        drop(store);

        let store = Store::open(&url).await.unwrap();
        let all = store.operator().list().await.unwrap();
        let email_of = |name: &str| all.iter().find(|one| one.name == name).unwrap().email.clone();
        assert_eq!(email_of("ana"), "jo\u{e3}o@example.com");
        assert_eq!(email_of("bia"), "bia@example.com");
        assert_eq!(email_of("caio"), "d\u{200b}avi@example.com", "nobody takes over another's");
        assert_eq!(email_of("davi"), "davi@example.com");
        for (typed, name) in [("JOA\u{303}O@example.com", "ana"), ("davi@example.com", "davi")] {
            let found = store.accounts().verify(typed, "correct horse").await.unwrap();
            assert_eq!(found.map(|user| user.name).as_deref(), Some(name));
        }
    })
    .await;
}

#[tokio::test]
async fn a_database_answers() {
    on_both(|store| async move { store.ping().await.unwrap() }).await;
}

#[tokio::test]
async fn each_obstacle_has_its_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().display();
    let file = folder.path().join("file");
    std::fs::write(&file, "this is a letter, not a database, and long enough to be looked at")
        .unwrap();

    assert!(refusal("mysql://me:secret@host/db").await.contains("not a database address"));
    assert!(!refusal("mysql://me:secret@host/db").await.contains("secret"));
    assert!(refusal("sqlite://relative.db").await.contains("sqlite:///path"));
    assert!(refusal(&format!("sqlite://{root}/file")).await.contains("is not an SQLite database"));
    assert!(refusal(&format!("sqlite://{root}/file/inbox.db")).await.contains("cannot create"));
    assert!(refusal("sqlite:///proc/inbox/inbox.db").await.contains("cannot create"));
    let unreachable = format!("postgres://me@localhost/db?host={root}");
    assert!(refusal(&unreachable).await.contains("cannot reach the PostgreSQL server"));
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    on_empty(|url| async move {
        drop(Store::open(&url).await.unwrap());
        let raw = Database::connect(&url).await.unwrap();
        let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 7)";
        raw.execute_unprepared(newer).await.unwrap();
        let words = refusal(&url).await;
        assert!(words.contains("newer version") && words.contains("m9999_later"), "{words}");
        assert!(words.contains("restore the backup"), "{words}");
        raw.execute_unprepared("DELETE FROM seaql_migrations WHERE version = 'm9999_later'")
            .await
            .unwrap();
        Store::open(&url).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_fails_half_way_leaves_the_database_as_it_was() {
    on_empty(|url| async move {
        let raw = past_the_store(&url).await;
        Migrator::up(&raw, Some(7)).await.unwrap();
        // The second step of m0014 fails, after its table and all of m0008 to m0013 are created.
        let obstacle = "ALTER TABLE \"user\" ADD COLUMN notice_at BIGINT";
        raw.execute_unprepared(obstacle).await.unwrap();
        for _ in 0..2 {
            assert!(Store::open(&url).await.is_err());
            assert_eq!(count(&raw, "SELECT 1 FROM seaql_migrations").await, 7);
            for table in ["draft", "login_device"] {
                let query = format!("SELECT 1 FROM {table}");
                assert!(raw.execute_unprepared(&query).await.is_err(), "{table} was left");
            }
        }
        raw.execute_unprepared("ALTER TABLE \"user\" DROP COLUMN notice_at").await.unwrap();
        let store = Store::open(&url).await.unwrap();
        user(&store, "ana", Role::Admin).await;
    })
    .await;
}

/// The data of an installation of the first version is migrated, after a migration down to it.
#[tokio::test]
async fn people_of_an_older_version_are_taken_along() {
    on_both_raw(|store, raw: DatabaseConnection| async move {
        Migrator::down(&raw, None).await.unwrap();
        Migrator::up(&raw, Some(1)).await.unwrap();
        for statement in [
            "INSERT INTO \"user\" (name, email, password_hash, role, active, created_at) \
             VALUES ('Ana', 'ana@example.com', 'x', 'admin', true, 7), \
                    ('Bia', 'bia@example.com', 'x', 'atendente', false, 8)",
            "INSERT INTO web_session (id, data, expires_at) VALUES ('id', '{}', 9)",
        ] {
            raw.execute_unprepared(statement).await.unwrap();
        }
        Migrator::up(&raw, None).await.unwrap();
        let ana = store.operator().list().await.unwrap().remove(0);
        let admin = store.viewer(ana.id).await.unwrap().admin().await.unwrap();
        let all = store.accounts().list(&admin).await.unwrap();
        let all: Vec<_> = all.iter().map(|a| (&*a.user.name, a.status, a.last_seen_at)).collect();
        let expected = [("Ana", UserStatus::Active, None), ("Bia", UserStatus::Deactivated, None)];
        assert_eq!(all, expected);
        let sessions = count(&raw, "SELECT 1 FROM web_session").await;
        assert_eq!(sessions, 0, "logins that do not say whose they are");
    })
    .await;
}
