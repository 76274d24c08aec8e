//! Users and their numbers.

use model::{AuditAction, AuditEntry, AuditFilter, ChatId, ConnectionId, Role, UserId};
use store::{Admin, Error, NewUser, SessionLabel, Store, Viewer};
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    SessionStore as _,
    session::{Id, Record},
};

/// Creates a user called `name`, and returns their viewer.
pub(crate) async fn user(store: &Store, name: &str, role: Role) -> Viewer {
    let new = NewUser { name: name.to_owned(), role, ..new_user(&format!("{name}@example.com")) };
    let user = store.operator().create(new).await.unwrap();
    store.viewer(user.id).await.unwrap()
}

/// Returns a user to be added.
pub(crate) fn new_user(email: &str) -> NewUser {
    NewUser {
        email: email.to_owned(),
        password: "correct horse".to_owned(),
        ..fixtures::new_user("Ana")
    }
}

/// Creates the session of a browser in which a user has logged in.
pub(crate) async fn logged_in(store: &Store, user: UserId) -> Id {
    let ip = Some("203.0.113.7".parse().unwrap());
    let label = SessionLabel::new(user, ip, Some("Firefox"));
    let mut record = Record {
        id: Id::default(),
        data: [(SessionLabel::KEY.to_owned(), serde_json::to_value(label).unwrap())].into(),
        expiry_date: OffsetDateTime::now_utc() + Duration::days(7),
    };
    store.web_sessions().create(&mut record).await.unwrap();
    record.id
}

/// Returns the audit log, newest first.
pub(crate) async fn history(store: &Store, admin: &Admin) -> Vec<AuditEntry> {
    store.audit_page(admin, &AuditFilter::default(), None, 500).await.unwrap()
}

pub(crate) async fn actions(store: &Store, admin: &Admin) -> Vec<AuditAction> {
    history(store, admin).await.into_iter().map(|entry| entry.action).collect()
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

    /// Marks a chat as read, as the owner of the number.
    pub(crate) async fn mark_read(&self, store: &Store, chat: ChatId) -> Result<bool, Error> {
        let (grant, _) = self.owner.write_chat(chat).await?;
        store.mark_read(&grant, chat).await
    }

    pub(crate) async fn proof(&self) -> Admin {
        self.admin.admin().await.unwrap()
    }
}
