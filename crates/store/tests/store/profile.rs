//! Changes of a user to their own account.

use model::{AuditAction, EnterKey, Language, Theme, UserPreferences};
use store::{Error, Field};
use tower_sessions::SessionStore as _;

use crate::support::{Desk, actions, logged_in, on_both};

#[tokio::test]
async fn a_name_is_changed_once() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        desk.owner.rename(" Olga ").await.unwrap();
        desk.owner.rename("Olga").await.unwrap();
        assert_eq!(store.viewer(desk.owner.user().id).await.unwrap().user().name, "Olga");
        let empty = desk.owner.rename(" ").await;
        assert!(matches!(empty, Err(Error::Invalid(Field::Name))));
        let written = actions(&store, &desk.proof().await).await;
        let renamed = written.iter().filter(|action| **action == AuditAction::UserRenamed);
        assert_eq!(renamed.count(), 1, "the second time nothing changed");
    })
    .await;
}

#[tokio::test]
async fn another_password_needs_the_old_one_and_ends_other_logins() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (accounts, sessions) = (store.accounts(), store.web_sessions());
        let owner = desk.owner.user();
        let here = logged_in(&store, owner.id).await;
        let there = logged_in(&store, owner.id).await;
        let somebody_else = logged_in(&store, desk.admin.user().id).await;
        let (_, link) = accounts.make_link(&desk.proof().await, owner.id).await.unwrap();

        for wrong in ["incorrect horse", "", &"x".repeat(1000)] {
            let refused = desk.owner.change_password(wrong, "battery staple", &here).await;
            assert!(matches!(refused, Err(Error::WrongPassword)));
        }
        let short = desk.owner.change_password("correct horse", "short", &here).await;
        assert!(matches!(short, Err(Error::Invalid(Field::PasswordTooShort))));
        assert!(sessions.load(&there).await.unwrap().is_some(), "nothing happened yet");

        desk.owner.change_password("correct horse", "battery staple", &here).await.unwrap();
        assert!(accounts.verify(&owner.email, "correct horse").await.unwrap().is_none());
        assert!(accounts.verify(&owner.email, "battery staple").await.unwrap().is_some());
        assert!(sessions.load(&there).await.unwrap().is_none());
        assert!(sessions.load(&here).await.unwrap().is_some());
        assert!(sessions.load(&somebody_else).await.unwrap().is_some());
        assert!(matches!(accounts.link(link.expose()).await, Err(Error::InvalidLink)));
        let written = actions(&store, &desk.proof().await).await;
        assert_eq!(written[0], AuditAction::PasswordChanged);

        accounts.set_active(&desk.proof().await, owner.id, false).await.unwrap();
        let gone = desk.owner.change_password("battery staple", "correct horse", &here).await;
        assert!(matches!(gone, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn preferences_are_kept_for_each_person() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let nothing = UserPreferences::default();
        assert_eq!(desk.owner.preferences().await.unwrap(), nothing);
        for wanted in [
            UserPreferences {
                language: Some(Language::En),
                theme: Some(Theme::Dark),
                enter_key: Some(EnterKey::Breaks),
            },
            UserPreferences {
                language: Some(Language::PtBr),
                theme: None,
                enter_key: Some(EnterKey::Sends),
            },
            nothing,
        ] {
            desk.owner.set_preferences(wanted).await.unwrap();
            assert_eq!(desk.owner.preferences().await.unwrap(), wanted);
            assert_eq!(desk.admin.preferences().await.unwrap(), nothing);
        }
    })
    .await;
}
