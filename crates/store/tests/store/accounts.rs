//! First set-up, logins, and the administration of users.

use model::{AuditAction, Role, UserId, UserStatus};
use store::{AccessChanged, Error, Field, NewUser};
use tower_sessions::SessionStore as _;

use crate::support::{Desk, actions, logged_in, new_user, on_both, user};

#[tokio::test]
async fn only_one_first_admin_is_ever_made() {
    on_both(|store| async move {
        let accounts = store.accounts();
        assert!(!accounts.any().await.unwrap());
        let one = accounts.create_first_admin(new_user("one@example.com"), None);
        let two = accounts.create_first_admin(new_user("two@example.com"), None);
        let (one, two) = tokio::join!(one, two);
        let (winner, loser) = if one.is_ok() { (one, two) } else { (two, one) };
        assert_eq!(winner.unwrap().role, Role::Admin, "whatever the form said");
        assert!(matches!(loser, Err(Error::AlreadySetUp)));
        assert!(accounts.any().await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_login_takes_the_right_address_and_password() {
    on_both(|store| async move {
        let ana = user(&store, "ana", Role::Atendente).await;
        let accounts = store.accounts();
        let login = accounts.verify(" Ana@Example.com ", "correct horse").await.unwrap();
        assert_eq!(login.as_ref(), Some(ana.user()));
        for (email, password) in [
            ("ana@example.com", "incorrect horse"),
            ("ana@example.com", ""),
            ("nobody@example.com", "correct horse"),
            ("ana@example.com\0", "correct horse\0"),
        ] {
            assert_eq!(accounts.verify(email, password).await.unwrap(), None, "{email:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_is_taken_once() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let admin = desk.proof().await;
        let accounts = store.accounts();
        accounts.create(&admin, new_user("ana@example.com")).await.unwrap();
        let again = accounts.create(&admin, new_user("ANA@example.com")).await;
        assert!(matches!(again, Err(Error::EmailTaken)));
        let short = NewUser { password: "short".into(), ..new_user("b@example.com") };
        let short = accounts.create(&admin, short).await;
        assert!(matches!(short, Err(Error::Invalid(Field::PasswordTooShort))));
        assert_eq!(accounts.list(&admin).await.unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn another_password_and_deactivation_end_sessions() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (accounts, owner) = (store.accounts(), desk.owner.user());
        let bound_to =
            async || accounts.for_session(owner.id).await.unwrap().map(|it| it.auth_hash);
        let before = bound_to().await;
        assert!(before.is_some() && before == bound_to().await);

        store.operator().reset_password("owner@example.com", "battery staple").await.unwrap();
        assert_ne!(before, bound_to().await);
        assert!(accounts.verify(&owner.email, "correct horse").await.unwrap().is_none());
        assert!(accounts.verify(&owner.email, "battery staple").await.unwrap().is_some());

        let admin = desk.proof().await;
        accounts.set_active(&admin, owner.id, false).await.unwrap();
        assert!(bound_to().await.is_none());
        assert!(accounts.verify(&owner.email, "battery staple").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn the_command_line_knows_who_is_unknown() {
    on_both(|store| async move {
        let operator = store.operator();
        let unknown = operator.reset_password("nobody@example.com", "battery staple").await;
        assert!(matches!(unknown, Err(Error::NotFound)));
        operator.create(new_user("ana@example.com")).await.unwrap();
        assert_eq!(operator.list().await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_last_admin_stays() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (accounts, admin) = (store.accounts(), desk.proof().await);
        let demoted = accounts.set_role(&admin, admin.user(), Role::Atendente).await;
        assert!(matches!(demoted, Err(Error::LastAdmin)));
        let deactivated = accounts.set_active(&admin, admin.user(), false).await;
        assert!(matches!(deactivated, Err(Error::LastAdmin)));

        // An invited or deactivated administrator does not count as one.
        let (invited, _) =
            accounts.invite(&admin, "Bia", "bia@example.com", Role::Admin).await.unwrap();
        let second = user(&store, "second", Role::Admin).await.user().id;
        accounts.set_active(&admin, second, false).await.unwrap();
        let alone = accounts.set_active(&admin, admin.user(), false).await;
        assert!(matches!(alone, Err(Error::LastAdmin)));
        accounts.set_active(&admin, invited.id, false).await.unwrap();

        accounts.set_active(&admin, second, true).await.unwrap();
        accounts.set_role(&admin, admin.user(), Role::Atendente).await.unwrap();
        assert!(matches!(desk.admin.admin().await, Err(Error::Forbidden)));
        assert!(matches!(
            accounts.set_role(&admin, second, Role::Atendente).await,
            Err(Error::LastAdmin)
        ));
        let unknown = accounts.set_role(&admin, UserId(999_999), Role::Admin).await;
        assert!(matches!(unknown, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn admins_who_remove_each_other_at_once_leave_one() {
    on_both(|store| async move {
        let one = user(&store, "one", Role::Admin).await;
        let two = user(&store, "two", Role::Admin).await;
        for _ in 0..5 {
            let (by_one, by_two) = (one.admin().await.unwrap(), two.admin().await.unwrap());
            let (id_one, id_two) = (one.user().id, two.user().id);
            let (first, second) = (store.accounts(), store.accounts());
            let demote =
                tokio::spawn(async move { first.set_role(&by_one, id_two, Role::Atendente).await });
            let deactivate =
                tokio::spawn(async move { second.set_active(&by_two, id_one, false).await });
            let outcomes = [demote.await.unwrap(), deactivate.await.unwrap()];
            let refused = outcomes.iter().filter(|o| matches!(o, Err(Error::LastAdmin))).count();
            assert_eq!(refused, 1, "{outcomes:?}");
            assert!(outcomes.iter().any(Result::is_ok), "{outcomes:?}");
            // Both are restored for the next round.
            let left = if outcomes[0].is_ok() { &one } else { &two };
            let proof = left.admin().await.unwrap();
            store.accounts().set_role(&proof, id_two, Role::Admin).await.unwrap();
            store.accounts().set_active(&proof, id_one, true).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn role_and_activity_are_felt_by_what_is_open() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (accounts, admin) = (store.accounts(), desk.proof().await);
        let owner = desk.owner.user().id;
        let session = logged_in(&store, owner).await;
        let other = logged_in(&store, admin.user()).await;
        let mut changes = store.hub().access_changes();

        accounts.set_role(&admin, owner, Role::Admin).await.unwrap();
        assert_eq!(changes.try_recv().unwrap(), AccessChanged::User(owner));
        accounts.set_role(&admin, owner, Role::Admin).await.unwrap();
        assert!(changes.try_recv().is_err(), "nothing changed");
        assert!(store.web_sessions().load(&session).await.unwrap().is_some());

        accounts.set_active(&admin, owner, false).await.unwrap();
        assert_eq!(changes.try_recv().unwrap(), AccessChanged::User(owner));
        assert!(store.web_sessions().load(&session).await.unwrap().is_none());
        assert!(store.web_sessions().load(&other).await.unwrap().is_some());
        let status = || async {
            let all = accounts.list(&admin).await.unwrap();
            all.into_iter().find(|account| account.user.id == owner).unwrap().status
        };
        assert_eq!(status().await, UserStatus::Deactivated);
        accounts.set_active(&admin, owner, true).await.unwrap();
        assert_eq!(status().await, UserStatus::Active);
        assert!(store.web_sessions().load(&session).await.unwrap().is_none(), "it stays ended");
        assert_eq!(
            actions(&store, &admin).await[..3],
            [AuditAction::UserReactivated, AuditAction::UserDeactivated, AuditAction::RoleChanged,]
        );
    })
    .await;
}
