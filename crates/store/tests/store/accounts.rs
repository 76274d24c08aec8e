//! First set-up, logins, and the administration of users.

use model::Role;
use store::{Error, Field, NewUser};

use crate::support::{Desk, on_both, user};

fn new(email: &str) -> NewUser {
    NewUser {
        name: "Ana".into(),
        email: email.into(),
        password: "correct horse".into(),
        role: Role::Atendente,
    }
}

#[tokio::test]
async fn only_one_first_admin_is_ever_made() {
    on_both(|store| async move {
        let accounts = store.accounts();
        assert!(!accounts.any().await.unwrap());
        let one = accounts.create_first_admin(new("one@example.com"));
        let two = accounts.create_first_admin(new("two@example.com"));
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
        accounts.create(&admin, new("ana@example.com")).await.unwrap();
        let again = accounts.create(&admin, new("ANA@example.com")).await;
        assert!(matches!(again, Err(Error::EmailTaken)));
        let short = NewUser { password: "short".into(), ..new("b@example.com") };
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
        let before = accounts.session_auth_hash(owner.id).await.unwrap();
        assert_eq!(before, accounts.session_auth_hash(owner.id).await.unwrap());

        store.operator().reset_password("owner@example.com", "battery staple").await.unwrap();
        assert_ne!(before, accounts.session_auth_hash(owner.id).await.unwrap());
        assert!(accounts.verify(&owner.email, "correct horse").await.unwrap().is_none());
        assert!(accounts.verify(&owner.email, "battery staple").await.unwrap().is_some());

        let admin = desk.proof().await;
        accounts.set_active(&admin, owner.id, false).await.unwrap();
        assert!(accounts.session_auth_hash(owner.id).await.is_err());
        assert!(accounts.by_id(owner.id).await.unwrap().is_none());
        assert!(accounts.verify(&owner.email, "battery staple").await.unwrap().is_none());
        let oneself = accounts.set_active(&admin, admin.user(), false).await;
        assert!(matches!(oneself, Err(Error::Forbidden)), "there is always an admin left");
    })
    .await;
}

#[tokio::test]
async fn the_command_line_knows_who_is_unknown() {
    on_both(|store| async move {
        let operator = store.operator();
        let unknown = operator.reset_password("nobody@example.com", "battery staple").await;
        assert!(matches!(unknown, Err(Error::NotFound)));
        operator.create(new("ana@example.com")).await.unwrap();
        assert_eq!(operator.list().await.unwrap().len(), 1);
    })
    .await;
}
