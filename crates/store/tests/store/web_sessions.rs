//! Browsers' logins.

use serde_json::json;
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    ExpiredDeletion as _, SessionStore as _,
    session::{Id, Record},
};

use crate::support::on_both;

fn record(lasts: Duration) -> Record {
    Record {
        id: Id::default(),
        data: [("user".to_owned(), json!({"id": 7}))].into(),
        expiry_date: OffsetDateTime::now_utc() + lasts,
    }
}

#[tokio::test]
async fn a_session_is_kept_changed_and_ended() {
    on_both(|store| async move {
        let sessions = store.web_sessions();
        let mut session = record(Duration::hours(1));
        sessions.create(&mut session).await.unwrap();
        let loaded = sessions.load(&session.id).await.unwrap().unwrap();
        assert_eq!(loaded.data, session.data);

        session.data.insert("seen".to_owned(), json!(true));
        sessions.save(&session).await.unwrap();
        let loaded = sessions.load(&session.id).await.unwrap().unwrap();
        assert_eq!(loaded.data, session.data);

        sessions.delete(&session.id).await.unwrap();
        assert!(sessions.load(&session.id).await.unwrap().is_none());
        // A request that was under way during the logout.
        sessions.save(&session).await.unwrap();
        assert!(sessions.load(&session.id).await.unwrap().is_none(), "it stays ended");
    })
    .await;
}

#[tokio::test]
async fn an_id_that_is_taken_is_changed() {
    on_both(|store| async move {
        let sessions = store.web_sessions();
        let mut one = record(Duration::hours(1));
        sessions.create(&mut one).await.unwrap();
        let mut two = Record { id: one.id, ..record(Duration::hours(1)) };
        sessions.create(&mut two).await.unwrap();
        assert_ne!(one.id, two.id);
    })
    .await;
}

#[tokio::test]
async fn an_expired_session_is_not_loaded_and_is_deleted() {
    on_both(|store| async move {
        let sessions = store.web_sessions();
        let (mut old, mut new) = (record(-Duration::seconds(1)), record(Duration::hours(1)));
        sessions.create(&mut old).await.unwrap();
        sessions.create(&mut new).await.unwrap();
        assert!(sessions.load(&old.id).await.unwrap().is_none());
        sessions.delete_expired().await.unwrap();
        assert!(sessions.load(&new.id).await.unwrap().is_some());
        // Nothing is left of the old one, not even its id.
        let mut again = Record { expiry_date: new.expiry_date, ..old.clone() };
        sessions.create(&mut again).await.unwrap();
        assert_eq!(again.id, old.id);
    })
    .await;
}
