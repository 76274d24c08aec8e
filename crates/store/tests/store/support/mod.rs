//! What the tests stand on: a fresh store of each kind, people, and messages.

mod messages;
mod people;
mod postgres;

use std::future::Future;

use store::Store;

pub(crate) use messages::{at, incoming, phones_own, receive, texts, wa};
pub(crate) use people::{Desk, user};

/// Runs a test on an empty store of each kind.
pub(crate) async fn on_both<F, T>(test: F)
where
    F: Fn(Store) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    on_sqlite(&test).await;
    on_postgres(&test).await;
}

pub(crate) async fn on_sqlite<F, T>(test: F)
where
    F: Fn(Store) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/inbox.db", folder.path().display());
    run("SQLite", test(Store::open(&url).await.unwrap())).await;
}

async fn on_postgres<F, T>(test: F)
where
    F: Fn(Store) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    let database = postgres::Database::create().await;
    let store = Store::open(&database.url).await.unwrap();
    let outcome = tokio::spawn(test(store)).await;
    database.drop().await;
    report("PostgreSQL", outcome);
}

async fn run(kind: &str, test: impl Future<Output = ()> + Send + 'static) {
    report(kind, tokio::spawn(test).await);
}

fn report(kind: &str, outcome: Result<(), tokio::task::JoinError>) {
    if let Err(error) = outcome {
        eprintln!("the test above failed on {kind}");
        std::panic::resume_unwind(error.into_panic());
    }
}
