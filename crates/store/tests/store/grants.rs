//! Granting and revoking access.

use model::{AuditAction, NumberGrant, Role};
use store::{Access, AccessChanged, Error};
use tokio::sync::broadcast::error::TryRecvError;

use crate::support::{Desk, history, number, on_both, user};

fn brief(grants: Vec<NumberGrant>) -> Vec<(String, String, Access, String)> {
    let brief = |grant: NumberGrant| {
        (grant.user_name, grant.connection_label, grant.access, grant.granted_by)
    };
    grants.into_iter().map(brief).collect()
}

#[tokio::test]
async fn grants_are_seen_from_both_sides() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let admin = desk.proof().await;
        let second = desk.owner.add_connection(number("Suporte")).await.unwrap();
        let bia = user(&store, "bia", Role::Atendente).await.user().id;
        let ana = user(&store, "ana", Role::Atendente).await.user().id;
        store.grant_access(&admin, bia, desk.number, Access::Read).await.unwrap();
        let several = [(desk.number, Some(Access::WriteAndManage)), (second, Some(Access::Write))];
        store.set_access(&admin, ana, &several).await.unwrap();

        let row = |user: &str, label: &str, access| {
            (user.to_owned(), label.to_owned(), access, "admin".to_owned())
        };
        let on = store.grants_on(&admin, desk.number).await.unwrap();
        assert!(on.iter().all(|grant| grant.user_active && grant.connection == desk.number));
        let expected =
            [row("ana", "WhatsApp", Access::WriteAndManage), row("bia", "WhatsApp", Access::Read)];
        assert_eq!(brief(on), expected);
        let of = store.grants_of(&admin, ana).await.unwrap();
        let expected =
            [row("ana", "Suporte", Access::Write), row("ana", "WhatsApp", Access::WriteAndManage)];
        assert_eq!(brief(of), expected);

        let changed = [(desk.number, None), (second, Some(Access::Read))];
        store.set_access(&admin, ana, &changed).await.unwrap();
        let of = store.grants_of(&admin, ana).await.unwrap();
        assert_eq!(brief(of), [row("ana", "Suporte", Access::Read)]);
    })
    .await;
}

#[tokio::test]
async fn several_are_set_or_none() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let admin = desk.proof().await;
        let ana = user(&store, "ana", Role::Atendente).await.user().id;
        let nowhere = model::ConnectionId(999_999);
        let several = [(desk.number, Some(Access::Read)), (nowhere, Some(Access::Read))];
        let refused = store.set_access(&admin, ana, &several).await;
        assert!(matches!(refused, Err(Error::NotFound)));
        assert_eq!(store.grants_of(&admin, ana).await.unwrap(), []);
        let nobody = model::UserId(999_999);
        let refused = store.grant_access(&admin, nobody, desk.number, Access::Read).await;
        assert!(matches!(refused, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn open_pages_and_the_audit_trail_hear_of_changes_only() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let admin = desk.proof().await;
        let ana = user(&store, "ana", Role::Atendente).await.user().id;
        let mut changes = store.hub().access_changes();
        for _ in 0..2 {
            store.grant_access(&admin, ana, desk.number, Access::Read).await.unwrap();
            assert_eq!(changes.try_recv().ok(), Some(AccessChanged::User(ana)));
            assert_eq!(changes.try_recv(), Err(TryRecvError::Empty));
            // Repeating it is no change.
            store.grant_access(&admin, ana, desk.number, Access::Read).await.unwrap();
            assert_eq!(changes.try_recv(), Err(TryRecvError::Empty));

            store.revoke_access(&admin, ana, desk.number).await.unwrap();
            assert_eq!(changes.try_recv().ok(), Some(AccessChanged::User(ana)));
            store.revoke_access(&admin, ana, desk.number).await.unwrap();
            assert_eq!(changes.try_recv(), Err(TryRecvError::Empty));
        }
        let mut written: Vec<_> = history(&store, &admin)
            .await
            .into_iter()
            .filter(|entry| entry.subject == Some(ana))
            .map(|entry| (entry.action, entry.detail.get("access").cloned()))
            .collect();
        written.truncate(4);
        let gave = (AuditAction::AccessGranted, Some("read".to_owned()));
        let took = (AuditAction::AccessRevoked, None);
        assert_eq!(written, [took.clone(), gave.clone(), took, gave], "newest first");
    })
    .await;
}

#[tokio::test]
async fn what_was_granted_to_an_owner_or_admin_takes_nothing_from_them() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let admin = desk.proof().await;
        for viewer in [&desk.owner, &desk.admin] {
            let id = viewer.user().id;
            store.grant_access(&admin, id, desk.number, Access::Read).await.unwrap();
            viewer.grant_write(desk.number).await.unwrap();
            store.revoke_access(&admin, id, desk.number).await.unwrap();
            viewer.grant_write(desk.number).await.unwrap();
        }
    })
    .await;
}
