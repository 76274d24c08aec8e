//! The second factor of sessions: requirements, pending logins and sessions that lack the factor.

use axum_test::TestResponse;
use model::{AuditAction, AuditFilter, Role};
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::Value;

use crate::support::{self, App, PASSWORD};
use crate::{Browser, Phone, cookies, refused};

/// The lifetime in minutes of the session cookie that a response sets; `None` if it ends with the
/// browser.
fn minutes(answer: &TestResponse) -> Option<i64> {
    let session = answer.iter_cookies().find(|cookie| cookie.name() == "inbox_session");
    session.expect("a session").max_age().map(|age| age.whole_minutes())
}

#[tokio::test]
async fn what_is_required_of_a_role_is_asked_of_those_who_are_in() {
    let app = App::new().await;
    let boss = app.user("adm", Role::Admin).await;
    let ana = app.user("ana", Role::Atendente).await;
    let bia = app.user("bia", Role::Atendente).await;
    let (office, phone_of_bia) = (Browser::of(&app, &boss).await, Browser::of(&app, &bia).await);
    let here = Browser::of(&app, &ana).await;
    phone_of_bia.enrol(&app, &bia).await;
    let mut live = app.live(&here.cookie, 0).await;

    let require = async |required: &str| {
        let form = [("role", "atendente"), ("required", required)];
        assert!(office.call("require_second_factor", &form).await.status_code().is_success());
    };
    require("true").await;
    live.end().await;
    assert!(!here.is_in().await);
    assert!(phone_of_bia.is_in().await, "who has it already notices nothing");
    assert!(office.is_in().await, "it is another role");
    require("false").await;
    assert!(here.is_in().await, "it was not thrown away");
    require("true").await;

    // No enrolment was begun in it yet, and the destination is kept.
    let led = here.call("finish_login", &[("code", "000000"), ("next", "/perfil")]).await;
    assert_eq!(led.header("location"), "/entrar/codigo?next=%2Fperfil");

    // Every page redirects to the enrolment, and so does the login.
    for page in ["/perfil", "/atendente/inbox-pirata", "/admin/auditoria.csv"] {
        assert_eq!(here.led_to(page).await, format!("/entrar/codigo?next={page}"));
    }
    assert_eq!(here.led_to("/").await, "/entrar/codigo");
    assert_eq!(here.led_to("/entrar?next=/perfil").await, "/entrar/codigo?next=/perfil");
    here.http.get("/entrar/codigo?next=/perfil").await.assert_status_ok();
    let pending = here.call("asked", &[]).await.json::<Value>();
    assert_eq!((&pending["needs_password"], &pending["is_old"]), (&true.into(), &true.into()));

    // A person who found the browser open has no password, and cannot enrol.
    let phone = Phone::of(&app, &ana).await;
    let code = phone.code(0);
    for password in ["", "não é esta senha"] {
        let form = [("code", code.as_str()), ("password", password), ("next", "/perfil")];
        refused(&here.call("finish_login", &form).await, "old_password");
    }
    for (name, form) in [
        ("begin_second_factor", vec![]),
        ("confirm_second_factor", vec![("code", code.as_str()), ("password", PASSWORD)]),
        ("change_password", vec![("old", PASSWORD), ("password", "outra senha comprida")]),
    ] {
        here.call(name, &form).await.assert_status_unauthorized();
    }
    let form = [("code", code.as_str()), ("password", PASSWORD), ("next", "/perfil")];
    let done = here.call("finish_login", &form).await;
    assert!(done.status_code().is_success(), "{}", done.text());
    assert!(here.is_in().await);
    assert_ne!(cookies(&done), here.cookie);
    let page = here.call("second_factor", &[]).await.json::<Value>();
    assert_eq!(page["codes"]["next"], "/perfil", "where they were going");
}

#[tokio::test]
async fn a_promotion_into_a_role_that_requires_it_asks_for_it() {
    let app = App::new().await;
    let boss = app.user("adm", Role::Admin).await;
    let ana = app.user("ana", Role::Atendente).await;
    let office = Browser::of(&app, &boss).await;
    office.enrol(&app, &boss).await;
    let form = [("role", "admin"), ("required", "true")];
    assert!(office.call("require_second_factor", &form).await.status_code().is_success());
    let here = Browser::of(&app, &ana).await;
    let mut live = app.live(&here.cookie, 0).await;
    assert!(here.is_in().await);

    let id = ana.id.to_string();
    let promote = office.call("set_role", &[("user", &id), ("role", "admin")]).await;
    assert!(promote.status_code().is_success());
    live.end().await;
    assert!(!here.is_in().await, "no session becomes an administrator's without it");
    here.call("users", &[]).await.assert_status_unauthorized();
    here.http.get("/entrar/codigo").await.assert_status_ok();
    let code = Phone::of(&app, &ana).await.code(0);
    let done = here.call("finish_login", &[("code", &code), ("password", PASSWORD)]).await;
    assert!(done.status_code().is_success(), "{}", done.text());
    here.call("users", &[]).await.assert_status_ok();
}

#[tokio::test]
async fn a_login_over_another_has_another_id() {
    let app = App::new().await;
    let (ana, bia) = (app.user("ana", Role::Atendente).await, app.user("bia", Role::Admin).await);
    let here = Browser::of(&app, &ana).await;
    let again = support::log_in(&here.http, &ana.email, PASSWORD).await;
    assert_ne!(cookies(&again), here.cookie);
    let other = support::log_in(&here.http, &bia.email, PASSWORD).await;
    assert_ne!(cookies(&other), cookies(&again));
    here.enrol(&app, &bia).await;
    let first = support::log_in(&here.http, &ana.email, PASSWORD).await;
    let pending = support::log_in(&here.http, &bia.email, PASSWORD).await;
    assert!(!cookies(&pending).is_empty());
    assert_ne!(cookies(&pending), cookies(&first), "half a login neither");
}

/// Sessions from before the program checked the factor are like this.
#[tokio::test]
async fn a_session_that_never_proved_the_factor_is_asked_for_the_code_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("inbox.db").display());
    let app = App::on(&url).await;
    let ana = app.user("ana", Role::Atendente).await;
    let here = Browser::of(&app, &ana).await;
    app.store.viewer(ana.id).await.unwrap().totp_begin().await.unwrap();
    let phone = Phone::of(&app, &ana).await;
    let raw = Database::connect(&url).await.unwrap();
    raw.execute_unprepared("UPDATE totp SET confirmed = true").await.unwrap();

    assert!(!here.is_in().await);
    let pending = here.call("asked", &[]).await.json::<Value>();
    assert_eq!((&pending["needs_password"], &pending["enrolling"]), (&false.into(), &Value::Null));
    refused(&here.call("finish_login", &[("code", "000000")]).await, "code");
    let form = [("code", phone.code(0)), ("next", "//mal.example/".to_owned())];
    let done = here.http.post("/api/finish_login").form(&form).await;
    assert_eq!(done.header("location"), "/atendente/inbox-pirata", "never off the site");
    assert!(here.is_in().await);
    assert_ne!(cookies(&done), here.cookie);

    // The user can log out instead.
    let other = Browser::of(&app, &ana).await;
    assert!(!other.is_in().await);
    assert!(other.call("logout", &[]).await.status_code().is_success());
    assert_eq!(other.led_to("/perfil").await, "/entrar?next=/perfil");
}

#[tokio::test]
async fn half_a_login_ends_when_it_would_also_with_a_secret_begun() {
    let app = App::new().await;
    let boss = app.user("adm", Role::Admin).await;
    let ana = app.user("ana", Role::Atendente).await;
    let admin = app.store.viewer(boss.id).await.unwrap().admin().await.unwrap();
    app.store.accounts().require_totp(&admin, Role::Atendente, true).await.unwrap();
    let here = app.browser();
    let half = support::log_in(&here, &ana.email, PASSWORD).await;
    let begun = here.post("/api/asked").await;
    for answer in [half, begun] {
        let minutes = minutes(&answer).expect("an end");
        assert!((15..=20).contains(&minutes), "{minutes}");
    }
}

#[tokio::test]
async fn a_code_alone_does_not_make_a_login_last_longer() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("inbox.db").display());
    let app = App::on(&url).await;
    let ana = app.user("ana", Role::Atendente).await;
    let here = app.browser();
    let form = [("email", &*ana.email), ("password", PASSWORD), ("remember", "true"), ("next", "")];
    here.post("/api/login").form(&form).await.assert_status_ok();
    app.store.viewer(ana.id).await.unwrap().totp_begin().await.unwrap();
    let phone = Phone::of(&app, &ana).await;
    let raw = Database::connect(&url).await.unwrap();
    raw.execute_unprepared("UPDATE totp SET confirmed = true").await.unwrap();
    // The stored end is that of a login 20 days ago.
    let end = chrono::Utc::now().timestamp() + 10 * 24 * 3600;
    let aged =
        format!("UPDATE web_session SET data = json_set(data, '$.\"login.remembered\"', {end})");
    raw.execute_unprepared(&aged).await.unwrap();

    let done = here.post("/api/finish_login").form(&[("code", phone.code(0))]).await;
    assert!(done.status_code().is_success(), "{}", done.text());
    let days = minutes(&done).expect("an end") / (24 * 60);
    assert!((9..=10).contains(&days), "{days}");
    here.post("/api/me").await.assert_status_ok();
}

#[tokio::test]
async fn leaving_a_session_that_lacks_the_factor_is_written_down() {
    let app = App::new().await;
    let boss = app.user("adm", Role::Admin).await;
    let ana = app.user("ana", Role::Atendente).await;
    let here = Browser::of(&app, &ana).await;
    let admin = app.store.viewer(boss.id).await.unwrap().admin().await.unwrap();
    app.store.accounts().require_totp(&admin, Role::Atendente, true).await.unwrap();
    assert!(!here.is_in().await);
    assert!(here.call("logout", &[]).await.status_code().is_success());
    let trail = app.store.audit_page(&admin, &AuditFilter::default(), None, 1).await.unwrap();
    assert_eq!(trail[0].action, AuditAction::Logout);
}
