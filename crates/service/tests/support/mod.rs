//! The services on a database of their own, without a server. Nothing of WhatsApp is reachable.
#![allow(dead_code, reason = "every test file uses its own part")]

use std::time::Duration;

use gateway::{Config, MediaLimits, MediaStore, Pauses, Pool};
use model::{Role, User};
use service::setup::SetupCode;
use service::{Client, Requester, Services, operator};
use store::{NewUser, Store, Viewer};

/// The services, and the folder of their data, which is removed with them.
pub(crate) struct Office {
    pub(crate) services: Services,
    _folder: tempfile::TempDir,
}

impl Office {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("inbox.db").display());
        let store = Store::open(&url).await.expect("a store");
        let media_store = MediaStore::in_folder(folder.path().join("media")).expect("a folder");
        let config = Config {
            sessions_dir: folder.path().join("sessions"),
            media_store,
            disk_reserve: 0,
            media: MediaLimits::default(),
            queue_for: Duration::from_secs(3600),
            ws_url: Some("ws://127.0.0.1:9/ws/chat".into()),
            pairing_pace: 1,
            pauses: Pauses::default(),
            version: None,
        };
        let pool = Pool::new(store.clone(), config);
        let setup = SetupCode::new(Some("ABCD-EFGH-2345-6789")).expect("a code");
        Self { services: Services::new(store, pool, setup), _folder: folder }
    }

    pub(crate) async fn user(&self, name: &str, role: Role) -> User {
        let new = NewUser { role, ..fixtures::new_user(name) };
        operator::add_user(&self.services.store, new).await.expect("a user")
    }

    pub(crate) async fn viewer(&self, user: &User) -> Viewer {
        self.services.store.viewer(user.id).await.expect("a viewer")
    }
}

/// An unknown browser at an address.
pub(crate) fn browser(ip: &str) -> Requester {
    let client = Some(Client::At(ip.parse().expect("an address")));
    Requester { client, devices: Vec::new() }
}
