//! Helpers of the unit tests.

use model::Role;
use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement};

use crate::{NewUser, Store, Viewer};

/// Creates an empty store on SQLite, and its folder.
pub(crate) async fn store() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&url(&folder)).await.unwrap();
    (store, folder)
}

/// Returns the address of the database in a folder.
pub(crate) fn url(folder: &tempfile::TempDir) -> String {
    format!("sqlite://{}/inbox.db", folder.path().display())
}

/// Creates a user.
pub(crate) async fn viewer(store: &Store) -> Viewer {
    let new = NewUser {
        name: "Ana".to_owned(),
        email: "ana@loja.example".to_owned(),
        password: "uma senha comprida".to_owned(),
        role: Role::Atendente,
    };
    let user = store.operator().create(new).await.unwrap();
    store.viewer(user.id).await.unwrap()
}

/// Returns the steps by which SQLite answers a statement.
pub(crate) async fn plan(store: &Store, statement: &Statement) -> Vec<String> {
    let explain = format!("EXPLAIN QUERY PLAN {statement}");
    let explain = Statement::from_string(DatabaseBackend::Sqlite, explain);
    let steps = store.db().query_all_raw(explain).await.unwrap();
    steps.iter().map(|step| step.try_get("", "detail").unwrap()).collect()
}
