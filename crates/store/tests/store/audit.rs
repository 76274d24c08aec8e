//! The audit trail.

use std::net::IpAddr;

use model::{Actor, AuditAction, AuditEntry, AuditFilter, AuditId};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, DatabaseConnection};
use store::{ActorContext, Admin, Error, NewAuditEntry, Store};

use crate::support::{Desk, history, new_user, on_both, on_both_raw};

const IP: &str = "203.0.113.7";

fn ip() -> Option<IpAddr> {
    Some(IP.parse().unwrap())
}

#[tokio::test]
async fn history_cannot_be_changed() {
    on_both_raw(|store, raw: DatabaseConnection| async move {
        let desk = Desk::open(&store).await;
        let before = history(&store, &desk.proof().await).await;
        assert!(!before.is_empty());
        let mut attempts = vec!["UPDATE audit SET actor = 'somebody else'", "DELETE FROM audit"];
        attempts.push(match raw.get_database_backend() {
            DatabaseBackend::Sqlite => {
                "INSERT OR REPLACE INTO audit (id, at, actor, action, detail) \
                 SELECT id, at, 'somebody else', action, detail FROM audit"
            }
            _ => "TRUNCATE audit",
        });
        for attempt in attempts {
            let refused = raw.execute_unprepared(attempt).await.unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{attempt}: {refused}");
        }
        assert_eq!(history(&store, &desk.proof().await).await, before);
        store
            .audit(&ActorContext::system(), NewAuditEntry::new(AuditAction::Unlinked))
            .await
            .unwrap();
        assert_eq!(history(&store, &desk.proof().await).await.len(), before.len() + 1);
    })
    .await;
}

#[tokio::test]
async fn an_entry_says_who_what_to_whom_and_from_where() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let owner = desk.owner.clone().from_ip(Some("::ffff:203.0.113.7".parse().unwrap()));
        let grant = owner.grant_manage(desk.number).await.unwrap();
        let entry = NewAuditEntry::new(AuditAction::PairingStarted).connection(desk.number);
        store.audit(&grant.actor(), entry).await.unwrap();
        let entry =
            NewAuditEntry::new(AuditAction::WrongNumber).connection(desk.number).target("5561");
        store.audit(&ActorContext::system(), entry).await.unwrap();

        let all = history(&store, &desk.proof().await).await;
        let [wrong, pairing, ..] = &all[..] else { panic!("{all:?}") };
        let owner = owner.user();
        assert_eq!(pairing.actor, Actor::User { id: owner.id, name: owner.name.clone() });
        assert_eq!(pairing.action, AuditAction::PairingStarted);
        assert_eq!(pairing.connection, Some(desk.number));
        assert_eq!(pairing.connection_label.as_deref(), Some("WhatsApp"));
        assert_eq!(pairing.ip, ip(), "an IPv4 address has one form");
        assert_eq!((wrong.actor.clone(), wrong.ip), (Actor::System, None));
        assert_eq!(wrong.target.as_deref(), Some("5561"));
        // The oldest entry is the creation of the desk's administrator.
        let added = all.last().unwrap();
        assert_eq!((added.actor.clone(), added.action), (Actor::Console, AuditAction::UserCreated));
        assert_eq!(added.subject, Some(desk.admin.user().id));
        assert_eq!(added.target.as_deref(), Some("admin"));
        assert_eq!(added.detail["role"], "admin");
    })
    .await;
}

#[tokio::test]
async fn a_name_in_history_stays_what_it_was() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        store.audit(&desk.owner.actor(), NewAuditEntry::new(AuditAction::Login)).await.unwrap();
        desk.owner.rename("Olga").await.unwrap();
        let all = history(&store, &desk.proof().await).await;
        let name = |entry: &AuditEntry| match &entry.actor {
            Actor::User { name, .. } => name.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!((name(&all[0]), name(&all[1])), ("owner".into(), "owner".into()));
        assert_eq!((&*all[0].detail["from"], &*all[0].detail["to"]), ("owner", "Olga"));
    })
    .await;
}

#[tokio::test]
async fn what_fails_leaves_no_entry() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let admin = desk.proof().await;
        let before = history(&store, &admin).await.len();
        let taken = store.accounts().create(&admin, new_user("owner@example.com")).await;
        assert!(matches!(taken, Err(Error::EmailTaken)));
        let last = store.accounts().set_active(&admin, admin.user(), false).await;
        assert!(matches!(last, Err(Error::LastAdmin)));
        assert_eq!(history(&store, &admin).await.len(), before);
    })
    .await;
}

/// Writes eight entries of two people and two actions, after those of the desk.
async fn busy_day(store: &Store) -> (Desk, Admin) {
    let desk = Desk::open(store).await;
    for n in 0..8 {
        let actor = if n % 2 == 0 { desk.owner.actor() } else { desk.admin.actor() };
        let entry = match n % 4 {
            0 => NewAuditEntry::new(AuditAction::Login),
            1 => NewAuditEntry::new(AuditAction::Login).subject(desk.owner.user().id),
            2 => NewAuditEntry::new(AuditAction::Unlinked).connection(desk.number),
            _ => NewAuditEntry::new(AuditAction::Unlinked),
        };
        store.audit(&actor, entry).await.unwrap();
    }
    let admin = desk.proof().await;
    (desk, admin)
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps_or_repeats() {
    on_both(|store| async move {
        let (desk, admin) = busy_day(&store).await;
        let person = AuditFilter { user: Some(desk.owner.user().id), ..Default::default() };
        for filter in [AuditFilter::default(), person] {
            let all = store.audit_page(&admin, &filter, None, 100).await.unwrap();
            assert!(all.windows(2).all(|pair| pair[0].id > pair[1].id), "newest first");
            let mut paged = Vec::new();
            loop {
                let before = paged.last().map(|entry: &AuditEntry| entry.id);
                let page = store.audit_page(&admin, &filter, before, 3).await.unwrap();
                assert!(page.len() <= 3);
                if page.is_empty() {
                    break;
                }
                paged.extend(page);
            }
            assert_eq!(paged, all);
        }
        let nowhere = Some(AuditId(999_999));
        let page = store.audit_page(&admin, &AuditFilter::default(), nowhere, 3).await;
        assert!(matches!(page, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn every_filter_narrows() {
    on_both(|store| async move {
        let (desk, admin) = busy_day(&store).await;
        let all = history(&store, &admin).await;
        let owner = desk.owner.user().id;
        let (middle, end) = (all[4].at, all[0].at);
        let concerns = |entry: &AuditEntry| {
            matches!(entry.actor, Actor::User { id, .. } if id == owner)
                || entry.subject == Some(owner)
        };
        type Expected<'a> = Box<dyn Fn(&AuditEntry) -> bool + Send + 'a>;
        let none = AuditFilter::default();
        let cases: [(AuditFilter, Expected<'_>, usize); 6] = [
            (AuditFilter { user: Some(owner), ..none.clone() }, Box::new(concerns), 8),
            (
                AuditFilter { action: Some(AuditAction::Unlinked), ..none.clone() },
                Box::new(|entry| entry.action == AuditAction::Unlinked),
                4,
            ),
            (
                AuditFilter { connection: Some(desk.number), ..none.clone() },
                Box::new(|entry| entry.connection == Some(desk.number)),
                3,
            ),
            (AuditFilter { from: Some(middle), ..none.clone() }, Box::new(|e| e.at >= middle), 5),
            (
                AuditFilter { from: Some(middle), to: Some(end), ..none.clone() },
                Box::new(|entry| entry.at >= middle && entry.at < end),
                4,
            ),
            (
                AuditFilter {
                    user: Some(owner),
                    action: Some(AuditAction::Unlinked),
                    ..none.clone()
                },
                Box::new(|entry| entry.action == AuditAction::Unlinked && concerns(entry)),
                2,
            ),
        ];
        for (filter, expected, count) in cases {
            let found = store.audit_page(&admin, &filter, None, 100).await.unwrap();
            let wanted: Vec<_> = all.iter().filter(|entry| expected(entry)).cloned().collect();
            assert_eq!(found, wanted, "{filter:?}");
            assert_eq!(found.len(), count, "{filter:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_export_holds_everything_and_is_written_down() {
    on_both_raw(|store, raw: DatabaseConnection| async move {
        let desk = Desk::open(&store).await;
        // The entries fill more than one page, and all have the same time.
        let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) \
                    INSERT INTO audit (at, actor, action, detail) \
                    SELECT 1000000, 'system', 'unlinked', '{}' FROM n";
        raw.execute_unprepared(many).await.unwrap();
        let before = history(&store, &desk.proof().await).await;

        let admin = desk.proof().await;
        let mut export = store.audit_export(&admin, AuditFilter::default()).await.unwrap();
        let mut exported = Vec::new();
        while let Some(page) = export.next_page().await.unwrap() {
            exported.extend(page);
        }
        assert_eq!(exported[0].action, AuditAction::AuditExported);
        assert_eq!(
            exported.len(),
            1200 + 4,
            "with the desk's two people and number, and the export"
        );
        assert!(exported.windows(2).all(|pair| pair[0].id > pair[1].id || pair[0].at > pair[1].at));
        assert_eq!(exported[1..=before.len()], before[..]);
        assert!(export.next_page().await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_failed_login_names_an_address_but_no_slip_of_the_finger() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let accounts = store.accounts();
        for typed in [" Owner@Example.com", "nobody@example.com", "my secret password"] {
            accounts.login_failed(typed, ip()).await.unwrap();
        }
        let all = history(&store, &desk.proof().await).await;
        let [slip, unknown, known, ..] = &all[..] else { panic!("{all:?}") };
        assert_eq!(known.subject, Some(desk.owner.user().id));
        assert_eq!(known.target.as_deref(), Some("owner@example.com"));
        assert_eq!(
            (unknown.subject, unknown.target.as_deref()),
            (None, Some("nobody@example.com"))
        );
        assert_eq!((slip.subject, slip.target.as_deref()), (None, None));
        for entry in [slip, unknown, known] {
            assert_eq!(entry.action, AuditAction::LoginFailed);
            assert_eq!((entry.actor.clone(), entry.ip), (Actor::Anonymous, ip()));
        }
    })
    .await;
}
