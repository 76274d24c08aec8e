//! Guessing slows down the guesser and nobody else, least of all the owner of the account.

use axum_test::TestServer;
use model::{Role, User};
use totp_rs::{Builder, Totp};

use crate::support::{App, PASSWORD, log_in};
use crate::takeover::make_link;
use crate::{INBOX, WRONG, guess_until_refused, wait};

const HERE: &str = "203.0.113.7";
const THERE: &str = "198.51.100.4";
const OTHER: &str = "outra senha comprida";

/// A browser in which this person has logged in and out.
async fn known_browser(app: &App, user: &User, ip: &str) -> TestServer {
    let browser = app.browser_at(ip);
    log_in(&browser, &user.email, PASSWORD).await.assert_status_ok();
    browser.post("/api/logout").await.assert_status_ok();
    browser
}

#[tokio::test]
async fn strangers_elsewhere_make_nobody_wait() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let stranger = app.browser_at(HERE);
    assert_eq!(guess_until_refused(&stranger, &ana.email).await, 8);
    assert!(wait(&log_in(&stranger, &ana.email, PASSWORD).await) <= 6);
    log_in(&app.browser_at(THERE), &ana.email, PASSWORD).await.assert_status_ok();
    // An IPv6 network of one customer counts as one address, the next network as another.
    guess_until_refused(&app.browser_at("2001:db8::1"), &ana.email).await;
    wait(&log_in(&app.browser_at("2001:db8::ffff"), &ana.email, PASSWORD).await);
    log_in(&app.browser_at("2001:db8:1::1"), &ana.email, PASSWORD).await.assert_status_ok();
}

#[tokio::test]
async fn a_browser_that_was_in_before_waits_for_itself_alone() {
    let app = App::new().await;
    let (ana, bia) =
        (app.user("ana", Role::Atendente).await, app.user("bia", Role::Atendente).await);
    let desk = known_browser(&app, &ana, HERE).await;
    // Two people share the browser.
    log_in(&desk, &bia.email, PASSWORD).await.assert_status_ok();
    desk.post("/api/logout").await.assert_status_ok();
    for person in [&ana, &bia] {
        guess_until_refused(&app.browser_at(HERE), &person.email).await;
        wait(&log_in(&app.browser_at(HERE), &person.email, PASSWORD).await);
        log_in(&desk, &person.email, PASSWORD).await.assert_status_ok();
        desk.post("/api/logout").await.assert_status_ok();
    }
    // Its guesses are counted, and it cannot guess at another account unnoticed.
    assert_eq!(guess_until_refused(&desk, &ana.email).await, 8);
    let eva = app.user("eva", Role::Atendente).await;
    guess_until_refused(&app.browser_at(HERE), &eva.email).await;
    wait(&log_in(&desk, &eva.email, PASSWORD).await);
}

#[tokio::test]
async fn a_made_up_cookie_is_no_known_browser() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    known_browser(&app, &ana, THERE).await;
    guess_until_refused(&app.browser_at(HERE), &ana.email).await;
    for made_up in ["", ".", "0", &"0".repeat(32), &"f.".repeat(5000), &"%00".repeat(32)] {
        let answer = app
            .browser_at(HERE)
            .post("/api/login")
            .add_header("cookie", format!("inbox_device={made_up}"))
            .form(&[("email", &*ana.email), ("password", PASSWORD)])
            .await;
        wait(&answer);
    }
}

#[tokio::test]
async fn a_browser_is_forgotten_with_the_password_and_with_all_logins() {
    let app = App::new().await;
    let (admin, _) = app.logged_in("eva", Role::Admin).await;
    let ana = app.user("ana", Role::Atendente).await;
    // An administrator ends all sessions.
    let desk = known_browser(&app, &ana, HERE).await;
    let form = [("user", ana.id.to_string())];
    assert!(admin.post("/api/end_sessions").form(&form).await.status_code().as_u16() < 400);
    guess_until_refused(&app.browser_at(HERE), &ana.email).await;
    wait(&log_in(&desk, &ana.email, PASSWORD).await);
    // After a change of password, the browser that made it stays known, the others do not.
    let (here, there) =
        (known_browser(&app, &ana, THERE).await, known_browser(&app, &ana, "192.0.2.1").await);
    log_in(&there, &ana.email, PASSWORD).await.assert_status_ok();
    let form = [("old", PASSWORD), ("password", OTHER)];
    assert!(there.post("/api/change_password").form(&form).await.status_code().as_u16() < 400);
    guess_until_refused(&app.browser_at(THERE), &ana.email).await;
    wait(&log_in(&here, &ana.email, OTHER).await);
    guess_until_refused(&app.browser_at("192.0.2.1"), &ana.email).await;
    log_in(&there, &ana.email, OTHER).await.assert_status_ok();
}

#[tokio::test]
async fn a_botnet_guesses_slowly_and_the_person_comes_in() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let desk = known_browser(&app, &ana, HERE).await;
    let mut checked = 0;
    for nth in 0..150 {
        let bot = app.browser_at(&format!("192.0.2.{nth}"));
        match log_in(&bot, &ana.email, WRONG).await.status_code().as_u16() {
            401 => checked += 1,
            429 => {}
            other => panic!("{other}"),
        }
    }
    // On a slow machine one or two waits are over by now.
    assert!((100..=102).contains(&checked), "{checked}");
    // A login from an unknown browser and network waits a little.
    assert!(wait(&log_in(&app.browser_at(THERE), &ana.email, PASSWORD).await) <= 121);
    // A known browser counts on every network, and a known network counts in every browser.
    let desk_elsewhere = log_in(&desk, &ana.email, PASSWORD).await;
    desk_elsewhere.assert_status_ok();
    log_in(&app.browser_at(HERE), &ana.email, PASSWORD).await.assert_status_ok();
    let bia = app.user("bia", Role::Atendente).await;
    log_in(&app.browser_at(THERE), &bia.email, PASSWORD).await.assert_status_ok();
}

#[tokio::test]
async fn proofs_of_who_is_logged_in_wait_for_nobody_and_no_other_login() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let (desk, thief) = (app.browser_at(HERE), app.browser_at(HERE));
    for browser in [&desk, &thief] {
        log_in(browser, &ana.email, PASSWORD).await.assert_status_ok();
    }
    guess_until_refused(&app.browser_at(HERE), &ana.email).await;
    let change = async |browser: &TestServer, old: &str| {
        let form = [("old", old), ("password", OTHER)];
        browser.post("/api/change_password").form(&form).await
    };
    for _ in 0..4 {
        assert_eq!(change(&thief, WRONG).await.status_code(), 422);
        let form = [("password", WRONG)];
        let off = thief.post("/api/remove_second_factor").form(&form).await;
        assert_eq!(off.status_code(), 422);
    }
    wait(&change(&thief, PASSWORD).await);
    assert!(change(&desk, PASSWORD).await.status_code().as_u16() < 400);
}

#[tokio::test]
async fn a_link_lets_in_where_passwords_have_to_wait() {
    let app = App::new().await;
    let (admin, _) = app.logged_in("eva", Role::Admin).await;
    let ana = app.user("ana", Role::Atendente).await;
    let token = make_link(&admin, ana.id).await;
    let browser = app.browser_at(HERE);
    guess_until_refused(&browser, &ana.email).await;
    let form = [("token", &*token), ("password", OTHER)];
    let used = browser.post("/api/use_link").form(&form).await;
    assert!(used.status_code().as_u16() < 400, "{}", used.text());
    browser.get(INBOX).await.assert_status_ok();
    // An unacceptable password does not use up the link either.
    let token = make_link(&admin, ana.id).await;
    let form = [("token", &*token), ("password", "curta")];
    assert_eq!(browser.post("/api/use_link").form(&form).await.status_code(), 422);
    let form = [("token", &*token), ("password", PASSWORD)];
    assert!(browser.post("/api/use_link").form(&form).await.status_code().as_u16() < 400);
}

#[tokio::test]
async fn a_known_browser_still_gives_its_code_and_strangers_block_no_codes() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let viewer = app.store.viewer(ana.id).await.unwrap();
    let secret = viewer.totp_begin().await.unwrap().secret;
    let secret = totp_rs::Secret::try_from_base32(secret.expose()).unwrap();
    let phone: Totp = Builder::new().with_secret(secret).build().unwrap();
    let now = u64::try_from(chrono::Utc::now().timestamp()).unwrap();
    let codes = viewer.totp_confirm(&phone.generate(now).to_string()).await.unwrap();
    let finish = async |browser: &TestServer, code: &str| {
        browser.post("/api/finish_login").form(&[("code", code)]).await
    };
    let desk = app.browser_at(HERE);
    log_in(&desk, &ana.email, PASSWORD).await.assert_status_ok();
    finish(&desk, codes[1].expose()).await.assert_status_ok();
    desk.post("/api/logout").await.assert_status_ok();
    // The thief knows the password and uses the same network.
    let thief = app.browser_at(HERE);
    log_in(&thief, &ana.email, PASSWORD).await.assert_status_ok();
    for _ in 0..5 {
        assert_eq!(finish(&thief, "000000").await.status_code(), 422);
    }
    wait(&finish(&thief, codes[0].expose()).await);
    log_in(&desk, &ana.email, PASSWORD).await.assert_status_ok();
    desk.get(INBOX).await.assert_status_see_other();
    finish(&desk, codes[0].expose()).await.assert_status_ok();
    desk.get(INBOX).await.assert_status_ok();
}
