//! Helpers of the unit tests.

use model::Role;
use store::{NewUser, Store, Viewer};

/// Creates a store, a user with access to it, and its folder.
pub(crate) async fn store() -> (Store, Viewer, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("inbox.db").display());
    let store = Store::open(&url).await.unwrap();
    let user = NewUser {
        name: "Ana".into(),
        email: "ana@loja.example".into(),
        password: "uma senha comprida".into(),
        role: Role::Atendente,
    };
    let user = store.operator().create(user).await.unwrap();
    let viewer = store.viewer(user.id).await.unwrap();
    (store, viewer, folder)
}
