//! The policy of logins, without a server and its sessions.

mod support;

use fixtures::PASSWORD;
use model::Role;
use service::login::{self, PasswordProof};
use service::{Error, operator, setup};
use support::{Office, browser};

const OTHER: &str = "outra senha comprida";

#[tokio::test]
async fn who_guesses_waits_and_a_browser_that_is_known_does_not() {
    let office = Office::new().await;
    let ana = office.user("Ana", Role::Atendente).await;
    let here = browser("203.0.113.7");
    let try_with = async |password: &str| {
        login::check_password(&office.services, &ana.email, password, &here).await
    };
    for _ in 0..8 {
        assert!(matches!(try_with(OTHER).await, Err(Error::Unauthenticated)));
    }
    // Not even the right password is checked before its time.
    assert!(matches!(try_with(PASSWORD).await, Err(Error::TooMany { seconds: 1..=6 })));

    let mut known = browser("203.0.113.7");
    let remembered = login::remember_browser(&office.services, ana.id, browser("198.51.100.4"));
    known.devices = remembered.await.unwrap();
    let found = login::check_password(&office.services, &ana.email, PASSWORD, &known).await;
    assert_eq!(found.unwrap().user.id, ana.id);
}

#[tokio::test]
async fn a_proof_of_the_password_is_void_once_it_changes() {
    let office = Office::new().await;
    let ana = office.user("Ana", Role::Atendente).await;
    let here = browser("203.0.113.7");
    let user = login::check_password(&office.services, &ana.email, PASSWORD, &here).await.unwrap();
    let proof = PasswordProof::of(&user);
    assert_eq!(proof.user(&office.services).await.unwrap().user.id, ana.id);
    operator::reset_password(&office.services.store, &ana.email, OTHER).await.unwrap();
    assert!(matches!(proof.user(&office.services).await, Err(Error::Unauthenticated)));
}

#[tokio::test]
async fn no_code_is_right_for_a_person_who_has_to_turn_a_factor_on() {
    let office = Office::new().await;
    let (boss, ana) =
        (office.user("Boss", Role::Admin).await, office.user("Ana", Role::Atendente).await);
    let boss = office.viewer(&boss).await;
    let required =
        service::users::require_second_factor(&office.services, &boss, Role::Atendente, true);
    required.await.unwrap();
    let here = browser("203.0.113.7");
    let user = login::check_password(&office.services, &ana.email, PASSWORD, &here).await.unwrap();
    let checked = login::check_code(&office.services, &user, "000000", &here).await;
    assert!(matches!(checked, Err(Error::Store(store::Error::WrongCode))));
}

#[tokio::test]
async fn the_first_administrator_needs_the_code_and_there_is_one_first() {
    let office = Office::new().await;
    let create = async |code: &str, name: &str| {
        let admin = store::NewUser { role: Role::Admin, ..fixtures::new_user(name) };
        setup::create_first_admin(&office.services, code, admin, None).await
    };
    assert!(setup::is_first_run(&office.services).await.unwrap());
    assert!(matches!(create("0000", "Ana").await, Err(Error::WrongSetupCode)));
    assert_eq!(create("abcd efgh 2345 6789", "Ana").await.unwrap().name, "Ana");
    assert!(!setup::is_first_run(&office.services).await.unwrap());
    let again = create("ABCD-EFGH-2345-6789", "Bia").await;
    assert!(matches!(again, Err(Error::Store(store::Error::AlreadySetUp))));
}
