//! Users and their numbers.

use model::{ConnectionId, Role};
use store::{Admin, NewUser, Store, Viewer};

/// A new user called `name`, at the door.
pub(crate) async fn user(store: &Store, name: &str, role: Role) -> Viewer {
    let new = NewUser {
        name: name.to_owned(),
        email: format!("{name}@example.com"),
        password: "correct horse".to_owned(),
        role,
    };
    let user = store.operator().create(new).await.unwrap();
    store.viewer(user.id).await.unwrap()
}

/// An admin, and an agent with a number.
pub(crate) struct Desk {
    pub(crate) admin: Viewer,
    pub(crate) owner: Viewer,
    pub(crate) number: ConnectionId,
}

impl Desk {
    pub(crate) async fn open(store: &Store) -> Self {
        let admin = user(store, "admin", Role::Admin).await;
        let owner = user(store, "owner", Role::Atendente).await;
        let number = owner.own_connection().await.unwrap();
        Self { admin, owner, number }
    }

    pub(crate) async fn proof(&self) -> Admin {
        self.admin.admin().await.unwrap()
    }
}
