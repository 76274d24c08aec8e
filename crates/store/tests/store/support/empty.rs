//! Databases that were not opened yet.

use std::future::Future;

use fixtures::postgres;
use sea_orm::{Database, DatabaseConnection};

use super::report;

/// An empty database, and its address.
pub(crate) struct Empty(Kind);

enum Kind {
    Sqlite { url: String, _folder: tempfile::TempDir },
    Postgres(postgres::Database),
}

impl Empty {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/inbox.db", folder.path().display());
        Self(Kind::Sqlite { url, _folder: folder })
    }

    pub(crate) async fn postgres() -> Self {
        Self(Kind::Postgres(postgres::Database::empty().await))
    }

    pub(crate) fn url(&self) -> &str {
        match &self.0 {
            Kind::Sqlite { url, .. } => url,
            Kind::Postgres(database) => &database.url,
        }
    }

    pub(crate) async fn remove(self) {
        match self.0 {
            Kind::Sqlite { .. } => {}
            Kind::Postgres(database) => database.remove().await,
        }
    }
}

/// Opens a connection that bypasses the store, also to an SQLite file that does not exist yet.
pub(crate) async fn past_the_store(url: &str) -> DatabaseConnection {
    let create = if url.starts_with("sqlite:") { "?mode=rwc" } else { "" };
    Database::connect(format!("{url}{create}")).await.unwrap()
}

/// Runs a test with the address of an empty database of each kind.
pub(crate) async fn on_empty<F, T>(test: F)
where
    F: Fn(String) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    for (kind, empty) in [("SQLite", Empty::sqlite()), ("PostgreSQL", Empty::postgres().await)] {
        let outcome = tokio::spawn(test(empty.url().to_owned())).await;
        empty.remove().await;
        report(kind, outcome);
    }
}
