//! Two-factor login.

use chrono::Utc;
use model::{AuditAction, Role, TwoFactor, UserId};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use store::{Error, SecondFactor, Secret, Store, Viewer};
use totp_rs::{Builder, Totp};
use tower_sessions::SessionStore as _;

use crate::support::{Desk, actions, count, logged_in, on_both, on_both_raw};

/// The phone of a user, which computes codes.
struct Phone(Totp);

impl Phone {
    fn with(secret: &Secret) -> Self {
        let secret = totp_rs::Secret::try_from_base32(secret.expose()).unwrap();
        Self(Builder::new().with_secret(secret).build().unwrap())
    }

    /// Returns the current code, or the one of so many steps later. One step is tolerated either
    /// way, so a test that crosses the end of a step between two calls still passes.
    fn code(&self, steps: u64) -> String {
        let now = u64::try_from(Utc::now().timestamp()).unwrap();
        self.0.generate(now + steps * 30).to_string()
    }
}

async fn needs(store: &Store, user: UserId) -> SecondFactor {
    store.accounts().for_session(user).await.unwrap().expect("they are active").needs
}

async fn enrolled(viewer: &Viewer) -> (Phone, Vec<Secret>) {
    let phone = Phone::with(&viewer.totp_begin().await.unwrap().secret);
    let codes = viewer.totp_confirm(&phone.code(0)).await.unwrap();
    (phone, codes)
}

#[tokio::test]
async fn it_is_on_once_the_phone_has_proved_itself() {
    on_both_raw(|store, raw: DatabaseConnection| async move {
        let desk = Desk::open(&store).await;
        let (accounts, me) = (store.accounts(), desk.owner.user().id);
        let early = desk.owner.totp_confirm("000000").await;
        assert!(matches!(early, Err(Error::WrongCode)), "nothing was begun");

        let first = desk.owner.totp_begin().await.unwrap();
        let phone = Phone::with(&desk.owner.totp_begin().await.unwrap().secret);
        let replaced = desk.owner.totp_confirm(&Phone::with(&first.secret).code(0)).await;
        assert!(matches!(replaced, Err(Error::WrongCode)), "a second begin replaces the first");
        assert_eq!(needs(&store, me).await, SecondFactor::None);
        let unconfirmed = accounts.totp_check(me, &phone.code(0), None).await;
        assert!(matches!(unconfirmed, Err(Error::WrongCode)));

        let codes = desk.owner.totp_confirm(&phone.code(0)).await.unwrap();
        assert_eq!(needs(&store, me).await, SecondFactor::Required);
        let on = TwoFactor { enabled: true, recovery_codes: 10, required: false };
        assert_eq!(desk.owner.two_factor().await.unwrap(), on);
        assert_eq!(codes.len(), 10);
        for code in &codes {
            let kept = format!("SELECT 1 FROM recovery_code WHERE code_hash = '{}'", code.expose());
            assert_eq!(count(&raw, &kept).await, 0, "the code itself is not kept");
        }
        assert!(matches!(desk.owner.totp_begin().await, Err(Error::TotpEnabled)));
        let twice = desk.owner.totp_confirm(&phone.code(1)).await;
        assert!(matches!(twice, Err(Error::TotpEnabled)));
        let admin = desk.proof().await;
        assert_eq!(actions(&store, &admin).await[0], AuditAction::TotpEnabled);
        let listed = accounts.list(&admin).await.unwrap();
        for account in listed {
            assert_eq!(account.totp, account.user.id == me, "{account:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_code_works_once() {
    on_both_raw(|store, raw: DatabaseConnection| async move {
        let desk = Desk::open(&store).await;
        let (accounts, me) = (store.accounts(), desk.owner.user().id);
        let (phone, _) = enrolled(&desk.owner).await;
        // The phone was confirmed long ago.
        raw.execute_unprepared("UPDATE totp SET last_step = 0").await.unwrap();

        let (code, next) = (phone.code(0), phone.code(1));
        accounts.totp_check(me, &code, None).await.unwrap();
        assert!(matches!(accounts.totp_check(me, &code, None).await, Err(Error::WrongCode)));
        accounts.totp_check(me, &next, None).await.unwrap();
        for used in [&code, &next] {
            let replayed = accounts.totp_check(me, used, None).await;
            assert!(matches!(replayed, Err(Error::WrongCode)));
        }
        let others = accounts.totp_check(desk.admin.user().id, &phone.code(0), None).await;
        assert!(matches!(others, Err(Error::WrongCode)), "who has none has no right code");
    })
    .await;
}

#[tokio::test]
async fn the_code_that_confirmed_is_used_up() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let phone = Phone::with(&desk.owner.totp_begin().await.unwrap().secret);
        let code = phone.code(0);
        desk.owner.totp_confirm(&code).await.unwrap();
        let replayed = store.accounts().totp_check(desk.owner.user().id, &code, None).await;
        assert!(matches!(replayed, Err(Error::WrongCode)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_recovery_code_works_once_even_for_many_at_once() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let me = desk.owner.user().id;
        let (_, codes) = enrolled(&desk.owner).await;
        let tries: Vec<_> = (0..6)
            .map(|_| {
                let (accounts, code) = (store.accounts(), codes[3].clone());
                tokio::spawn(async move { accounts.totp_check(me, code.expose(), None).await })
            })
            .collect();
        let mut accepted = 0;
        for attempt in tries {
            match attempt.await.unwrap() {
                Ok(()) => accepted += 1,
                Err(Error::WrongCode) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(accepted, 1);
        assert_eq!(desk.owner.two_factor().await.unwrap().recovery_codes, 9);
        let typed = codes[4].expose().to_uppercase().replace('-', "");
        store.accounts().totp_check(me, &typed, None).await.unwrap();
        let admin = desk.proof().await;
        let written = store.audit_page(&admin, &Default::default(), None, 1).await.unwrap();
        assert_eq!(written[0].action, AuditAction::RecoveryCodeUsed);
        assert_eq!(written[0].detail["left"], "8");
    })
    .await;
}

#[tokio::test]
async fn it_is_turned_off_with_password_and_code_or_by_those_who_administer() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (accounts, me) = (store.accounts(), desk.owner.user().id);
        let off = || async {
            assert_eq!(needs(&store, me).await, SecondFactor::None);
            assert_eq!(
                desk.owner.two_factor().await.unwrap(),
                TwoFactor { enabled: false, recovery_codes: 0, required: false }
            );
            let written = actions(&store, &desk.proof().await).await;
            assert_eq!(written[0], AuditAction::TotpDisabled);
        };
        let (_, codes) = enrolled(&desk.owner).await;
        let code = codes[1].expose();
        let wrong = desk.owner.totp_disable("incorrect horse", code, None).await;
        assert!(matches!(wrong, Err(Error::WrongPassword)));
        let wrong = desk.owner.totp_disable("correct horse", "000000", None).await;
        assert!(matches!(wrong, Err(Error::WrongCode)));
        assert!(desk.owner.totp_disable("correct horse", code, None).await.unwrap());
        off().await;
        assert!(!desk.owner.totp_disable("correct horse", "", None).await.unwrap());
        let left_over = accounts.totp_check(me, codes[0].expose(), None).await;
        assert!(matches!(left_over, Err(Error::WrongCode)));

        enrolled(&desk.owner).await;
        accounts.totp_reset(&desk.proof().await, me).await.unwrap();
        off().await;
        enrolled(&desk.owner).await;
        store.operator().totp_reset("owner@example.com").await.unwrap();
        off().await;
        let unknown = store.operator().totp_reset("nobody@example.com").await;
        assert!(matches!(unknown, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_role_can_be_made_to_have_one() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (accounts, admin) = (store.accounts(), desk.proof().await);
        let (agent, boss) = (desk.owner.user().id, admin.user());
        assert!(accounts.totp_required(&admin).await.unwrap().is_empty());

        accounts.require_totp(&admin, Role::Atendente, true).await.unwrap();
        accounts.require_totp(&admin, Role::Atendente, true).await.unwrap();
        assert_eq!(accounts.totp_required(&admin).await.unwrap(), [Role::Atendente]);
        assert_eq!(needs(&store, agent).await, SecondFactor::MustEnrol);
        assert_eq!(needs(&store, boss).await, SecondFactor::None);
        assert!(desk.owner.two_factor().await.unwrap().required);
        let (_, codes) = enrolled(&desk.owner).await;
        assert_eq!(needs(&store, agent).await, SecondFactor::Required);

        accounts.require_totp(&admin, Role::Atendente, false).await.unwrap();
        assert!(accounts.totp_required(&admin).await.unwrap().is_empty());
        desk.owner.totp_disable("correct horse", codes[0].expose(), None).await.unwrap();
        assert_eq!(needs(&store, agent).await, SecondFactor::None);
        let written = actions(&store, &admin).await;
        let changes = written.iter().filter(|action| **action == AuditAction::TotpRequiredChanged);
        assert_eq!(changes.count(), 2, "saying it again changes nothing");
    })
    .await;
}

#[tokio::test]
async fn turning_it_on_or_off_ends_every_other_session() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (accounts, me) = (store.accounts(), desk.owner.user().id);
        let sessions = store.web_sessions();
        let left = async || {
            let nowhere = Default::default();
            sessions.mine(&desk.owner, &nowhere).await.unwrap().len()
        };
        let here = logged_in(&store, me).await;
        logged_in(&store, me).await;
        let phone = Phone::with(&desk.owner.totp_begin().await.unwrap().secret);
        let wrong = desk.owner.totp_enable("incorrect horse", &phone.code(0), Some(&here)).await;
        assert!(matches!(wrong, Err(Error::WrongPassword)));
        let wrong = desk.owner.totp_enable("correct horse", "000000", Some(&here)).await;
        assert!(matches!(wrong, Err(Error::WrongCode)));
        assert_eq!(left().await, 2, "nothing was turned on");
        let enabled = desk.owner.totp_enable("correct horse", &phone.code(0), Some(&here)).await;
        let codes = enabled.unwrap();
        assert!(sessions.load(&here).await.unwrap().is_some());
        assert_eq!(left().await, 1);

        logged_in(&store, me).await;
        let code = codes[0].expose();
        desk.owner.totp_disable("correct horse", code, Some(&here)).await.unwrap();
        assert!(sessions.load(&here).await.unwrap().is_some());
        assert_eq!(left().await, 1);

        for by_console in [false, true] {
            let (_, codes) = enrolled(&desk.owner).await;
            assert_eq!(left().await, 0, "at a login every session ends");
            logged_in(&store, me).await;
            match by_console {
                true => store.operator().totp_reset("owner@example.com").await.unwrap(),
                false => accounts.totp_reset(&desk.proof().await, me).await.unwrap(),
            }
            assert_eq!(left().await, 0);
            logged_in(&store, me).await;
            accounts.totp_reset(&desk.proof().await, me).await.unwrap();
            assert_eq!(left().await, 1, "without a factor nothing changes");
            assert!(accounts.totp_check(me, codes[0].expose(), None).await.is_err());
        }
        let own = accounts.totp_reset(&desk.proof().await, desk.admin.user().id).await;
        assert!(matches!(own, Err(Error::Forbidden)), "one's own takes password and code");
    })
    .await;
}

#[tokio::test]
async fn a_session_has_to_have_proved_the_factor_of_now() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (accounts, me) = (store.accounts(), desk.owner.user().id);
        let now = async || accounts.for_session(me).await.unwrap().unwrap();
        assert!(now().await.admits(None));
        accounts.require_totp(&desk.proof().await, Role::Atendente, true).await.unwrap();
        assert!(!now().await.admits(None));
        enrolled(&desk.owner).await;
        let first = now().await.factor;
        assert!(first.is_some() && now().await.admits(first) && !now().await.admits(None));
        accounts.totp_reset(&desk.proof().await, me).await.unwrap();
        assert!(!now().await.admits(first), "what it proved is gone");
        enrolled(&desk.owner).await;
        assert!(!now().await.admits(first), "it is another one");
        accounts.set_active(&desk.proof().await, me, false).await.unwrap();
        assert!(accounts.for_session(me).await.unwrap().is_none());
    })
    .await;
}
