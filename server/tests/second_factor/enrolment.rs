//! Turning the second factor on and off, and the secret of an enrolment.

use axum::http::StatusCode;
use model::Role;
use serde_json::Value;
use store::SecondFactor;

use crate::support::{self, App, PASSWORD};
use crate::{Browser, Phone, cookies, refused};

#[tokio::test]
async fn turning_it_on_takes_the_password_and_ends_the_other_sessions() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let (here, there) = (Browser::of(&app, &ana).await, Browser::of(&app, &ana).await);
    let mut live = app.live(&there.cookie, 0).await;
    here.call("begin_second_factor", &[]).await;
    let phone = Phone::of(&app, &ana).await;
    let code = phone.code(0);
    for password in [None, Some(""), Some("não é esta senha")] {
        let mut form = vec![("code", code.as_str())];
        form.extend(password.map(|password| ("password", password)));
        refused(&here.call("confirm_second_factor", &form).await, "old_password");
    }
    refused(
        &here.call("confirm_second_factor", &[("code", "000000"), ("password", PASSWORD)]).await,
        "code",
    );
    assert!(there.is_in().await, "nothing was turned on");

    let done = here.call("confirm_second_factor", &[("code", &code), ("password", PASSWORD)]).await;
    assert!(done.status_code().is_success(), "{}", done.text());
    assert!(here.is_in().await, "who does it stays in");
    assert_ne!(cookies(&done), here.cookie, "under another id");
    live.end().await;
    assert!(!there.is_in().await);
    assert_eq!(there.led_to("/perfil").await, "/entrar?next=/perfil");
    let old = here.http.get("/perfil").do_not_save_cookies().clear_cookies();
    let old = old.add_header("cookie", here.cookie.clone()).await;
    assert_eq!(old.status_code(), StatusCode::SEE_OTHER, "the old id opens nothing");
}

#[tokio::test]
async fn taking_it_off_takes_password_and_code_and_ends_the_other_sessions() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let here = Browser::of(&app, &ana).await;
    let (_, codes) = here.enrol(&app, &ana).await;
    let there = app.browser();
    support::log_in(&there, &ana.email, PASSWORD).await.assert_status_ok();
    let there = Browser { http: there, cookie: String::new() };
    assert!(!there.is_in().await, "half a login opens nothing");
    let entered = there.call("finish_login", &[("code", &codes[0])]).await;
    assert!(entered.status_code().is_success(), "{}", entered.text());
    assert!(there.is_in().await);
    let mut live = app.live(&cookies(&entered), 0).await;

    let off = |password: &'static str, code: String| {
        let here = &here;
        async move {
            here.call("remove_second_factor", &[("password", password), ("code", &code)]).await
        }
    };
    refused(&off("não é esta senha", codes[1].clone()).await, "old_password");
    refused(&off(PASSWORD, "000000".into()).await, "code");
    refused(&off(PASSWORD, codes[0].clone()).await, "code");
    let without = here.call("remove_second_factor", &[("password", PASSWORD)]).await;
    refused(&without, "code");
    assert!(there.is_in().await, "nothing was taken off");

    let done = off(PASSWORD, codes[1].clone()).await;
    assert!(done.status_code().is_success(), "{}", done.text());
    assert!(!cookies(&done).is_empty(), "it goes on under another id");
    assert!(here.is_in().await);
    live.end().await;
    assert!(!there.is_in().await);
}

#[tokio::test]
async fn who_takes_it_away_from_somebody_ends_their_sessions_and_nobody_does_it_to_themselves() {
    let app = App::new().await;
    let boss = app.user("adm", Role::Admin).await;
    let ana = app.user("ana", Role::Atendente).await;
    let office = Browser::of(&app, &boss).await;
    office.enrol(&app, &boss).await;
    for by_console in [false, true] {
        let here = Browser::of(&app, &ana).await;
        here.enrol(&app, &ana).await;
        assert!(here.is_in().await);
        if by_console {
            app.store.operator().totp_reset(&ana.email).await.unwrap();
        } else {
            let id = ana.id.to_string();
            let done = office.call("reset_second_factor", &[("user", &id)]).await;
            assert!(done.status_code().is_success());
        }
        assert!(!here.is_in().await);
    }
    let id = boss.id.to_string();
    office.call("reset_second_factor", &[("user", &id)]).await.assert_status_forbidden();
    let left = app.store.accounts().for_session(boss.id).await.unwrap().unwrap();
    assert_eq!(left.needs, SecondFactor::Required);
    assert!(office.is_in().await);
}

/// Otherwise a person who found a browser open would know the secret that its user goes on to use.
#[tokio::test]
async fn a_secret_that_was_begun_is_shown_in_its_own_session_only() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let (here, there) = (Browser::of(&app, &ana).await, Browser::of(&app, &ana).await);
    let shown = async |browser: &Browser| {
        let page = browser.call("second_factor", &[]).await.json::<Value>();
        page["enrolling"]["secret"].as_str().map(str::to_owned)
    };
    there.call("begin_second_factor", &[]).await;
    let theirs = shown(&there).await.expect("it is shown where it was begun");
    assert_eq!(shown(&here).await, None);
    here.call("begin_second_factor", &[]).await;
    let ours = shown(&here).await.expect("a secret");
    assert_ne!(ours, theirs);
    assert_eq!(shown(&there).await, None);

    // The same holds between password and first page.
    let admin = app.user("adm", Role::Admin).await;
    let admin = app.store.viewer(admin.id).await.unwrap().admin().await.unwrap();
    app.store.accounts().require_totp(&admin, Role::Atendente, true).await.unwrap();
    let pending = async |browser: &Browser| {
        let page = browser.call("asked", &[]).await.json::<Value>();
        page["enrolling"]["secret"].as_str().expect("a secret").to_owned()
    };
    let (old, new) = (pending(&there).await, Browser::of(&app, &ana).await);
    let fresh = pending(&new).await;
    assert!(old != fresh && ours != old && fresh == pending(&new).await);
}

/// A user with the page open in two browsers scans the secret of one of them, which the other has
/// replaced.
#[tokio::test]
async fn a_secret_that_was_begun_anew_elsewhere_leads_to_the_new_one_and_counts_nothing() {
    let app = App::new().await;
    let boss = app.user("adm", Role::Admin).await;
    let ana = app.user("ana", Role::Atendente).await;
    let (here, there) = (Browser::of(&app, &ana).await, Browser::of(&app, &ana).await);
    here.call("begin_second_factor", &[]).await;
    let dead = Phone::of(&app, &ana).await;
    there.call("begin_second_factor", &[]).await;
    for _ in 0..12 {
        let code = dead.code(0);
        let form = [("code", code.as_str()), ("password", PASSWORD)];
        let led = here.call("confirm_second_factor", &form).await;
        assert_eq!(led.header("location"), "/perfil/duas-etapas");
    }
    let page = here.call("second_factor", &[]).await.json::<Value>();
    assert_eq!((&page["state"]["enabled"], &page["enrolling"]), (&false.into(), &Value::Null));

    // The same holds between password and first page.
    let admin = app.store.viewer(boss.id).await.unwrap().admin().await.unwrap();
    app.store.accounts().require_totp(&admin, Role::Atendente, true).await.unwrap();
    let (here, there) = (Browser::of(&app, &ana).await, Browser::of(&app, &ana).await);
    here.call("asked", &[]).await.assert_status_ok();
    let dead = Phone::of(&app, &ana).await;
    there.call("asked", &[]).await.assert_status_ok();
    for _ in 0..12 {
        let led = here.call("finish_login", &[("code", &dead.code(0))]).await;
        assert_eq!(led.header("location"), "/entrar/codigo");
        assert!(!here.is_in().await);
    }
    here.call("asked", &[]).await.assert_status_ok();
    let phone = Phone::of(&app, &ana).await;
    let done = here.call("finish_login", &[("code", &phone.code(0))]).await;
    assert_eq!(done.header("location"), "/perfil/duas-etapas", "{}", done.text());
    assert!(here.is_in().await);
}

/// A thief who has the password cannot keep the user from turning the factor on.
#[tokio::test]
async fn turning_it_on_counts_in_its_own_session() {
    let app = App::new().await;
    let boss = app.user("adm", Role::Admin).await;
    let ana = app.user("ana", Role::Atendente).await;
    let admin = app.store.viewer(boss.id).await.unwrap().admin().await.unwrap();
    app.store.accounts().require_totp(&admin, Role::Atendente, true).await.unwrap();
    let (thief, owner) = (Browser::of(&app, &ana).await, Browser::of(&app, &ana).await);
    thief.call("asked", &[]).await.assert_status_ok();
    for _ in 0..8 {
        refused(&thief.call("finish_login", &[("code", "000000")]).await, "code");
    }
    let slowed = thief.call("finish_login", &[("code", "000000")]).await;
    assert_eq!(slowed.status_code(), StatusCode::TOO_MANY_REQUESTS);
    owner.call("asked", &[]).await.assert_status_ok();
    let code = Phone::of(&app, &ana).await.code(0);
    let done = owner.call("finish_login", &[("code", &code)]).await;
    assert!(done.status_code().is_success(), "{}", done.text());
    assert!(owner.is_in().await);
}
