//! Invitations and password resets.

use model::{AuditAction, LinkKind, Role, UserStatus};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use store::{Error, Field, Secret, Store};

use crate::support::{Desk, actions, count, on_both, on_both_raw};

async fn invite(store: &Store, desk: &Desk) -> (model::User, Secret) {
    let admin = desk.proof().await;
    store.accounts().invite(&admin, " Bia ", "Bia@example.com", Role::Atendente).await.unwrap()
}

#[tokio::test]
async fn an_invited_person_chooses_a_password_and_is_in() {
    on_both_raw(|store, raw: DatabaseConnection| async move {
        let desk = Desk::open(&store).await;
        let (admin, accounts) = (desk.proof().await, store.accounts());
        let (bia, token) = invite(&store, &desk).await;
        assert_eq!((&*bia.name, &*bia.email), ("Bia", "bia@example.com"));
        let status = || async {
            let all = accounts.list(&admin).await.unwrap();
            all.into_iter().find(|account| account.user.id == bia.id).unwrap().status
        };
        assert_eq!(status().await, UserStatus::Invited);
        assert!(matches!(store.viewer(bia.id).await, Err(Error::NotFound)), "not in yet");
        assert!(accounts.verify("bia@example.com", "").await.unwrap().is_none());
        let kept = format!("SELECT 1 FROM login_link WHERE token_hash = '{}'", token.expose());
        assert_eq!(count(&raw, &kept).await, 0, "the token itself is not kept");

        let link = accounts.link(token.expose()).await.unwrap();
        assert_eq!((&link.user, link.kind), (&bia, LinkKind::Invitation));
        let lasts = link.expires_at - chrono::Utc::now();
        assert!((71..=72).contains(&lasts.num_hours()), "{lasts}");

        let short = accounts.use_link(token.expose(), "short", None).await;
        assert!(matches!(short, Err(Error::Invalid(Field::PasswordTooShort))));
        let user = accounts.use_link(token.expose(), "battery staple", None).await.unwrap();
        assert_eq!(user, bia);
        assert_eq!(status().await, UserStatus::Active);
        let login = accounts.verify("bia@example.com", "battery staple").await.unwrap();
        assert_eq!(login, Some(bia.clone()));

        let again = accounts.use_link(token.expose(), "battery staple", None).await;
        assert!(matches!(again, Err(Error::InvalidLink)), "it works once");
        assert!(matches!(accounts.link(token.expose()).await, Err(Error::InvalidLink)));
        let written = actions(&store, &admin).await;
        assert_eq!(written[..2], [AuditAction::InvitationUsed, AuditAction::UserInvited]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_uses_at_once_one_succeeds() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (bia, token) = invite(&store, &desk).await;
        let uses: Vec<_> = (0..6)
            .map(|n| {
                let (accounts, token) = (store.accounts(), token.clone());
                tokio::spawn(async move {
                    let password = format!("battery staple {n}");
                    let used = accounts.use_link(token.expose(), &password, None).await;
                    (password, used)
                })
            })
            .collect();
        let mut winners = Vec::new();
        for task in uses {
            match task.await.unwrap() {
                (password, Ok(_)) => winners.push(password),
                (_, Err(Error::InvalidLink)) => {}
                (_, Err(error)) => panic!("{error:?}"),
            }
        }
        let [password] = &winners[..] else { panic!("{winners:?}") };
        assert!(store.accounts().verify(&bia.email, password).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_reset_replaces_the_password_and_what_rests_on_it() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (admin, accounts) = (desk.proof().await, store.accounts());
        let owner = desk.owner.user();
        let bound_to = async || accounts.for_session(owner.id).await.unwrap().unwrap().auth_hash;
        let before = bound_to().await;
        let (kind, first) = accounts.make_link(&admin, owner.id).await.unwrap();
        assert_eq!(kind, LinkKind::Reset);
        let (_, second) = accounts.make_link(&admin, owner.id).await.unwrap();
        let old = accounts.link(first.expose()).await;
        assert!(matches!(old, Err(Error::InvalidLink)), "a newer one ends it");

        let link = accounts.link(second.expose()).await.unwrap();
        let lasts = link.expires_at - chrono::Utc::now();
        assert!((23..=24).contains(&lasts.num_hours()), "{lasts}");
        assert!(accounts.verify(&owner.email, "correct horse").await.unwrap().is_some());
        accounts.use_link(second.expose(), "battery staple", None).await.unwrap();
        assert!(accounts.verify(&owner.email, "correct horse").await.unwrap().is_none());
        assert!(accounts.verify(&owner.email, "battery staple").await.unwrap().is_some());
        assert_ne!(before, bound_to().await);
        let written = actions(&store, &admin).await;
        assert_eq!(written[..2], [AuditAction::PasswordReset, AuditAction::PasswordLinkCreated]);
    })
    .await;
}

#[tokio::test]
async fn a_link_ends_with_time_and_with_its_person() {
    on_both_raw(|store, raw: DatabaseConnection| async move {
        let desk = Desk::open(&store).await;
        let (admin, accounts) = (desk.proof().await, store.accounts());
        let owner = desk.owner.user().id;

        let (_, token) = accounts.make_link(&admin, owner).await.unwrap();
        raw.execute_unprepared("UPDATE login_link SET expires_at = 1000000").await.unwrap();
        assert!(matches!(accounts.link(token.expose()).await, Err(Error::InvalidLink)));
        let late = accounts.use_link(token.expose(), "battery staple", None).await;
        assert!(matches!(late, Err(Error::InvalidLink)));

        let (_, token) = accounts.make_link(&admin, owner).await.unwrap();
        accounts.set_active(&admin, owner, false).await.unwrap();
        let gone = accounts.use_link(token.expose(), "battery staple", None).await;
        assert!(matches!(gone, Err(Error::InvalidLink)));
        assert!(matches!(accounts.make_link(&admin, owner).await, Err(Error::NotFound)));
        for wrong in ["", "0", &"f".repeat(64)] {
            assert!(matches!(accounts.link(wrong).await, Err(Error::InvalidLink)));
        }
    })
    .await;
}

#[tokio::test]
async fn an_invitation_can_be_withdrawn_and_made_again() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (admin, accounts) = (desk.proof().await, store.accounts());
        let (bia, token) = invite(&store, &desk).await;
        let twice = accounts.invite(&admin, "Bia", "bia@example.com", Role::Atendente).await;
        assert!(matches!(twice, Err(Error::EmailTaken)));

        accounts.set_active(&admin, bia.id, false).await.unwrap();
        assert!(matches!(accounts.link(token.expose()).await, Err(Error::InvalidLink)));
        accounts.set_active(&admin, bia.id, true).await.unwrap();
        assert!(
            matches!(store.viewer(bia.id).await, Err(Error::NotFound)),
            "whoever never chose a password is invited, not let in"
        );
        let (kind, token) = accounts.make_link(&admin, bia.id).await.unwrap();
        assert_eq!(kind, LinkKind::Invitation);
        accounts.use_link(token.expose(), "battery staple", None).await.unwrap();
        assert!(store.viewer(bia.id).await.is_ok());
    })
    .await;
}
