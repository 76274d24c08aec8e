//! Opening a database, or being told why not.

use model::Role;
use store::{Error, Store};

use crate::support::{on_both, user};

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
