//! Login sessions of browsers.

use model::{AuditAction, SessionId};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use serde_json::json;
use store::{AccessChanged, Error};
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    ExpiredDeletion as _, SessionStore as _,
    session::{Id, Record},
};

use crate::support::{Desk, actions, count, logged_in, on_both, on_both_raw};

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
        // A request that was in progress during the logout saves its session.
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
        // Nothing is left of the expired session, not even its id.
        let mut again = Record { expiry_date: new.expiry_date, ..old.clone() };
        sessions.create(&mut again).await.unwrap();
        assert_eq!(again.id, old.id);
    })
    .await;
}

#[tokio::test]
async fn people_see_where_they_are_logged_in() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let sessions = store.web_sessions();
        let there = logged_in(&store, desk.owner.user().id).await;
        let here = logged_in(&store, desk.owner.user().id).await;
        logged_in(&store, desk.admin.user().id).await;
        sessions.create(&mut record(Duration::hours(1))).await.unwrap();

        let mine = sessions.mine(&desk.owner, &here).await.unwrap();
        assert_eq!(mine.len(), 2, "one's own, and only logins");
        assert!(mine[0].current && !mine[1].current, "the last used first: {mine:?}");
        for session in &mine {
            assert_eq!(session.ip, Some("203.0.113.7".parse().unwrap()));
            assert_eq!(session.user_agent.as_deref(), Some("Firefox"));
            assert!((chrono::Utc::now() - session.created_at).num_seconds() < 60);
            for cookie in [here, there] {
                assert!(!cookie.to_string().contains(&session.id.0), "the id opens nothing");
                assert!(!session.id.0.contains(&cookie.to_string()), "the id opens nothing");
            }
        }
        let seen = store.accounts().list(&desk.proof().await).await.unwrap();
        assert!(seen.iter().all(|account| account.last_seen_at.is_some()), "{seen:?}");
    })
    .await;
}

#[tokio::test]
async fn logins_are_ended_one_by_one_or_all() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (sessions, owner) = (store.web_sessions(), desk.owner.user().id);
        let mut ids = Vec::new();
        for _ in 0..4 {
            ids.push(logged_in(&store, owner).await);
        }
        let admins = logged_in(&store, desk.admin.user().id).await;
        let here = ids[3];
        let mut changes = store.hub().access_changes();
        let lost = sessions.mine(&desk.owner, &ids[0]).await.unwrap();
        let lost = lost.into_iter().find(|session| session.current).unwrap().id;

        let foreign = sessions.end(&desk.admin, &lost).await;
        assert!(matches!(foreign, Err(Error::NotFound)), "nobody ends another's by its id");
        sessions.end(&desk.owner, &lost).await.unwrap();
        assert_eq!(changes.try_recv().unwrap(), AccessChanged::User(owner));
        assert!(sessions.load(&ids[0]).await.unwrap().is_none());
        for unknown in [lost, SessionId(ids[1].to_string()), SessionId(String::new())] {
            let ended = sessions.end(&desk.owner, &unknown).await;
            assert!(matches!(ended, Err(Error::NotFound)), "{unknown:?}");
        }

        assert_eq!(sessions.end_others(&desk.owner, &here).await.unwrap(), 2);
        assert_eq!(sessions.end_others(&desk.owner, &here).await.unwrap(), 0);
        assert!(sessions.load(&here).await.unwrap().is_some());
        let admin = desk.proof().await;
        assert_eq!(sessions.end_all(&admin, owner).await.unwrap(), 1);
        assert!(sessions.load(&here).await.unwrap().is_none());
        assert!(sessions.load(&admins).await.unwrap().is_some());
        let written = actions(&store, &admin).await;
        let ended = written.iter().filter(|action| **action == AuditAction::SessionsEnded);
        assert_eq!(ended.count(), 3, "ending nothing is not written down");
    })
    .await;
}

#[tokio::test]
async fn a_login_ends_in_time_however_often_it_is_used() {
    on_both_raw(|store, raw: DatabaseConnection| async move {
        let desk = Desk::open(&store).await;
        let id = logged_in(&store, desk.owner.user().id).await;
        let day = 24 * 60 * 60 * 1_000_000_i64;
        let older = format!("UPDATE web_session SET created_at = created_at - {}", 10 * day);
        raw.execute_unprepared(&older).await.unwrap();
        assert!(store.web_sessions().load(&id).await.unwrap().is_some(), "ten days of thirty");

        let days = |days: u64| std::time::Duration::from_secs(days * 86_400);
        let strict = store.clone().with_logins_lasting(days(9), days(30));
        assert!(strict.web_sessions().load(&id).await.unwrap().is_none());
        assert!(strict.web_sessions().mine(&desk.owner, &id).await.unwrap().is_empty());
        for _ in 0..2 {
            raw.execute_unprepared(&older).await.unwrap();
        }
        assert!(store.web_sessions().load(&id).await.unwrap().is_none());
        store.web_sessions().delete_expired().await.unwrap();
        assert_eq!(count(&raw, "SELECT 1 FROM web_session").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_login_that_nobody_uses_ends() {
    on_both_raw(|store, raw: DatabaseConnection| async move {
        let desk = Desk::open(&store).await;
        let id = logged_in(&store, desk.owner.user().id).await;
        let unused = format!(
            "UPDATE web_session SET last_seen_at = last_seen_at - {}",
            13 * 24 * 60 * 60 * 1_000_000_i64
        );
        raw.execute_unprepared(&unused).await.unwrap();
        let days = |days: u64| std::time::Duration::from_secs(days * 86_400);
        let strict = store.clone().with_logins_lasting(days(30), days(12));
        assert!(strict.web_sessions().load(&id).await.unwrap().is_none());
        assert!(store.web_sessions().load(&id).await.unwrap().is_some(), "13 days of 14");
        assert!(strict.web_sessions().load(&id).await.unwrap().is_some(), "it was used just now");
    })
    .await;
}

#[tokio::test]
async fn being_here_is_noted_once_a_minute() {
    on_both_raw(|store, raw: DatabaseConnection| async move {
        let desk = Desk::open(&store).await;
        let sessions = store.web_sessions();
        let id = logged_in(&store, desk.owner.user().id).await;
        let seen = || async {
            let mine = sessions.mine(&desk.owner, &id).await.unwrap();
            let all = store.accounts().list(&desk.proof().await).await.unwrap();
            let me = all.into_iter().find(|a| a.user.id == desk.owner.user().id).unwrap();
            (mine[0].last_seen_at, me.last_seen_at.unwrap())
        };
        let (minute, second) = (60_000_000_i64, 1_000_000_i64);
        for table in ["web_session", "\"user\""] {
            let older = format!("UPDATE {table} SET last_seen_at = last_seen_at - {}", minute / 2);
            raw.execute_unprepared(&older).await.unwrap();
        }
        let before = seen().await;
        sessions.load(&id).await.unwrap();
        assert_eq!(seen().await, before, "half a minute is no news");
        for table in ["web_session", "\"user\""] {
            let older =
                format!("UPDATE {table} SET last_seen_at = last_seen_at - {}", minute + second);
            raw.execute_unprepared(&older).await.unwrap();
        }
        sessions.load(&id).await.unwrap();
        let after = seen().await;
        assert!(after.0 > before.0 && after.1 > before.1, "{before:?} {after:?}");
    })
    .await;
}
