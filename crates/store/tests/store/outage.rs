//! A database that accepts no writes.

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database};
use store::{Error, NewUser, Peer, Store};

use crate::support::{Desk, incoming, new_user, on_both, receive};

#[tokio::test]
async fn a_row_that_is_refused_is_no_outage() {
    on_both(|store| async move {
        store.probe().await.unwrap();
        let nobody = store.ingest(model::ConnectionId(4711));
        let refused = nobody.messages(&[incoming(&Peer::pn("1"), "a", 0)]).await.unwrap_err();
        assert!(!refused.is_outage(), "{refused}");
        let twice = NewUser { name: "Bia".into(), ..new_user("ana@example.com") };
        store.operator().create(new_user("ana@example.com")).await.unwrap();
        assert!(!store.operator().create(twice).await.unwrap_err().is_outage());
    })
    .await;
}

/// Another process may lock the file: a backup tool, or a person with a shell.
#[tokio::test]
async fn a_locked_file_is_an_outage_in_which_reading_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/inbox.db", folder.path().display());
    let store = Store::open(&url).await.unwrap();
    let desk = Desk::open(&store).await;
    let chat = receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "a", 0)).await;

    let other = Database::connect(ConnectOptions::new(url).max_connections(1).to_owned());
    let other = other.await.unwrap();
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    let ingest = store.ingest(desk.number);
    let late = [incoming(&Peer::pn("1"), "b", 1)];
    let locked = ingest.messages(&late).await.unwrap_err();
    assert!(locked.is_outage() && !matches!(locked, Error::Outage), "{locked}");
    assert!(store.probe().await.unwrap_err().is_outage());
    // From now on nothing waits for the lock.
    assert!(matches!(ingest.messages(&late).await, Err(Error::Outage)));
    assert_eq!(desk.owner.messages(chat.id, None, 10).await.unwrap().len(), 1);

    other.execute_unprepared("ROLLBACK").await.unwrap();
    store.probe().await.unwrap();
    assert_eq!(ingest.messages(&late).await.unwrap().stored, 1);
}
