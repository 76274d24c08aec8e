//! Support of the tests: an empty store of each kind, users, messages, files and a conversation.

mod empty;
mod messages;
mod people;
mod talk;
mod uploads;
mod versions;

use std::future::Future;

use fixtures::postgres;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, QueryResult, Statement};
use store::{SecretKeys, Store};

pub(crate) use empty::{Empty, on_empty, past_the_store};
pub(crate) use fixtures::{at, number};
pub(crate) use messages::{
    file_of_nine_bytes, incoming, phones_own, picture, placeholder, receive, sent_text, sticker,
    texts, voice_note, wa,
};
pub(crate) use people::{Desk, actions, history, logged_in, new_user, user};
pub(crate) use talk::{Talk, edit, react};
pub(crate) use uploads::{complete, photo, source};
pub(crate) use versions::{migrations_before, undo_after};

/// Runs a test on an empty store of each kind.
pub(crate) async fn on_both<F, T>(test: F)
where
    F: Fn(Store) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    on_both_raw(|store, _| test(store)).await;
}

/// Runs a test on an empty store of each kind, with a connection that bypasses the store, for
/// changes that its interface does not have: making rows old, tampering with the audit log.
pub(crate) async fn on_both_raw<F, T>(test: F)
where
    F: Fn(Store, DatabaseConnection) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    on_sqlite_raw(&test).await;
    on_postgres_raw(&test).await;
}

pub(crate) async fn on_sqlite<F, T>(test: F)
where
    F: Fn(Store) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    on_sqlite_raw(|store, _| test(store)).await;
}

/// Runs a test on an empty SQLite store, with a connection that bypasses the store.
pub(crate) async fn on_sqlite_raw<F, T>(test: F)
where
    F: Fn(Store, DatabaseConnection) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    let empty = Empty::sqlite();
    let (store, raw) = open(empty.url()).await;
    report("SQLite", tokio::spawn(test(store, raw)).await);
}

async fn on_postgres_raw<F, T>(test: F)
where
    F: Fn(Store, DatabaseConnection) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    let database = postgres::Database::migrated().await;
    let (store, raw) = open(&database.url).await;
    let outcome = tokio::spawn(test(store, raw)).await;
    database.remove().await;
    report("PostgreSQL", outcome);
}

async fn open(url: &str) -> (Store, DatabaseConnection) {
    let keys = SecretKeys::generate().unwrap();
    let store = Store::open(url).await.unwrap().with_secrets(keys).await.unwrap();
    (store, Database::connect(url).await.unwrap())
}

/// Returns the count of rows of a query.
pub(crate) async fn count(raw: &DatabaseConnection, query: &str) -> usize {
    rows(raw, query).await.len()
}

/// Returns the texts of a query of one column.
pub(crate) async fn column(raw: &DatabaseConnection, query: &str) -> Vec<String> {
    rows(raw, query).await.iter().map(|row| row.try_get_by(0).unwrap()).collect()
}

async fn rows(raw: &DatabaseConnection, query: &str) -> Vec<QueryResult> {
    let statement = Statement::from_string(raw.get_database_backend(), query);
    raw.query_all_raw(statement).await.unwrap()
}

fn report(kind: &str, outcome: Result<(), tokio::task::JoinError>) {
    if let Err(error) = outcome {
        eprintln!("the test above failed on {kind}");
        std::panic::resume_unwind(error.into_panic());
    }
}
