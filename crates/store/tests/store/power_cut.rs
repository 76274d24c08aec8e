//! An SQLite database after a power cut: the disk may lack any part that was not flushed yet, and
//! have garbage in its place.

use std::{fs, path::Path};

use proptest::{prelude::*, test_runner::TestRunner};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, Statement};
use store::{Inbound, Peer, Store};

use crate::support::{Desk, incoming, texts};

const COMMITS: usize = 40;

#[test]
fn whatever_is_missing_of_the_log_leaves_a_whole_database_up_to_some_commit() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let sent: Vec<String> = (0..COMMITS).map(|n| format!("n.º {n:02}")).collect();
    runtime.block_on(write(folder.path(), &sent));
    let (database, log) =
        (folder.path().join("before/inbox.db"), folder.path().join("before/inbox.db-wal"));
    let log = fs::read(log).unwrap();

    // The whole log is the state after a kill: every commit is on the disk.
    assert_eq!(runtime.block_on(after_a_cut(&database, &log)), sent);
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() };
    TestRunner::new(config)
        .run(&(0.0..1.0_f64, any::<[u8; 64]>(), 0..4000_usize), |(share, rubbish, length)| {
            let mut cut = log[..(share * log.len() as f64) as usize].to_vec();
            cut.extend(rubbish.iter().cycle().take(length));
            let kept = runtime.block_on(after_a_cut(&database, &cut));
            prop_assert_eq!(&kept[..], &sent[..kept.len()], "no commit without those before it");
            Ok(())
        })
        .unwrap();
}

/// Fills a database, one commit per message, and copies its files as they are on the disk then.
async fn write(folder: &Path, sent: &[String]) {
    let url = format!("sqlite://{}/inbox.db", folder.display());
    let store = Store::open(&url).await.unwrap();
    let desk = Desk::open(&store).await;
    // All later commits are in the log alone.
    let other = Database::connect(ConnectOptions::new(url).max_connections(1).to_owned());
    let other = other.await.unwrap();
    other.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    let ingest = store.ingest(desk.number);
    for (second, text) in sent.iter().enumerate() {
        let message = incoming(&Peer::pn("1"), &format!("m{second}"), second as i64);
        ingest.messages(&[Inbound { text: text.clone(), ..message }]).await.unwrap();
    }
    let copy = folder.join("before");
    fs::create_dir(&copy).unwrap();
    for name in ["inbox.db", "inbox.db-wal"] {
        fs::copy(folder.join(name), copy.join(name)).unwrap();
    }
}

/// Opens a database with the remaining part of its log, and returns its messages.
async fn after_a_cut(database: &Path, log: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(database, folder.path().join("inbox.db")).unwrap();
    fs::write(folder.path().join("inbox.db-wal"), log).unwrap();
    let url = format!("sqlite://{}/inbox.db", folder.path().display());
    let store = Store::open(&url).await.unwrap();
    let raw = Database::connect(&url).await.unwrap();
    let check = Statement::from_string(raw.get_database_backend(), "PRAGMA integrity_check");
    let check = raw.query_one_raw(check).await.unwrap().unwrap();
    assert_eq!(check.try_get_by_index::<String>(0).unwrap(), "ok");
    let owner = store.operator().list().await.unwrap();
    let owner = owner.into_iter().find(|user| user.name == "owner").unwrap();
    let owner = store.viewer(owner.id).await.unwrap();
    let page = store::ChatsPage { connection: None, before: None, limit: 1 };
    match owner.chats(page).await.unwrap().first() {
        Some(chat) => texts(&owner, chat.id).await,
        None => Vec::new(),
    }
}
