//! The second factor is a part of what a session is bound to: what is required, turned on or taken off
//! while somebody is logged in counts for the sessions they have.

mod support;

use axum::http::StatusCode;
use axum_test::{TestResponse, TestServer};
use model::{AuditAction, AuditFilter, Role, User};
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::Value;
use store::SecondFactor;
use support::{App, PASSWORD};
use totp_rs::{Builder, Totp};

/// A browser of somebody, and what it sends to be known.
struct Browser {
    http: TestServer,
    cookie: String,
}

impl Browser {
    async fn of(app: &App, user: &User) -> Self {
        let http = app.browser();
        let answer = support::log_in(&http, &user.email, PASSWORD).await;
        answer.assert_status_ok();
        let cookie = cookies(&answer);
        Self { http, cookie }
    }

    async fn call(&self, name: &str, form: &[(&str, &str)]) -> TestResponse {
        self.http.post(&format!("/api/{name}")).form(form).await
    }

    /// Whether its person is logged in, by every door that there is.
    async fn is_in(&self) -> bool {
        let me = self.call("me", &[]).await.status_code();
        let live = self.http.get("/midia/999999").await.status_code();
        let page = self.http.get("/perfil").await.status_code();
        match (me, live, page) {
            (StatusCode::OK, StatusCode::NOT_FOUND, StatusCode::OK) => true,
            (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED, StatusCode::SEE_OTHER) => {
                self.http.get("/live").await.assert_status_unauthorized();
                false
            }
            mixed => panic!("{mixed:?}"),
        }
    }

    /// Where a page leads instead.
    async fn led_to(&self, page: &str) -> String {
        let answer = self.http.get(page).await;
        answer.assert_status(StatusCode::SEE_OTHER);
        answer.header("location").to_str().expect("an address").to_owned()
    }

    /// Turns the second factor on in the profile. Returns the phone and the recovery codes.
    async fn enrol(&self, app: &App, user: &User) -> (Phone, Vec<String>) {
        assert!(self.call("begin_second_factor", &[]).await.status_code().is_success());
        let phone = Phone::of(app, user).await;
        let done = self
            .call("confirm_second_factor", &[("code", &phone.code(0)), ("password", PASSWORD)])
            .await;
        assert!(done.status_code().is_success(), "{}", done.text());
        (phone, self.recovery_codes().await)
    }

    /// Those that were made just now.
    async fn recovery_codes(&self) -> Vec<String> {
        let page = self.call("second_factor", &[]).await.json::<Value>();
        let codes = page["codes"]["codes"].as_array().expect("codes");
        codes.iter().map(|code| code.as_str().expect("a code").to_owned()).collect()
    }
}

fn cookies(answer: &TestResponse) -> String {
    let cookies = answer.iter_cookies().map(|cookie| cookie.stripped().to_string());
    cookies.collect::<Vec<_>>().join("; ")
}

/// The app on a person's phone.
struct Phone(Totp);

impl Phone {
    /// With what was begun and not confirmed yet.
    async fn of(app: &App, user: &User) -> Self {
        let viewer = app.store.viewer(user.id).await.expect("a viewer");
        let begun = viewer.totp_pending().await.expect("an answer").expect("it was begun");
        let secret = totp_rs::Secret::try_from_base32(begun.secret.expose()).expect("a secret");
        Self(Builder::new().with_secret(secret).build().expect("a phone"))
    }

    /// The code of so many steps from now. One more is taken, so a test may cross a border.
    fn code(&self, steps: u64) -> String {
        let now = u64::try_from(chrono::Utc::now().timestamp()).expect("after 1970");
        self.0.generate(now + steps * 30).to_string()
    }
}

fn refused(answer: &TestResponse, field: &str) {
    assert_eq!(answer.status_code(), StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
    assert_eq!(answer.json::<Value>()["invalid"]["field"], field);
}

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

    // Nothing was begun in it yet, and the way is kept.
    let led = here.call("finish_login", &[("code", "000000"), ("next", "/perfil")]).await;
    assert_eq!(led.header("location"), "/entrar/codigo?next=%2Fperfil");

    // Every page leads to where it is turned on, and the login does too.
    for page in ["/perfil", "/atendente/inbox-pirata", "/admin/auditoria.csv"] {
        assert_eq!(here.led_to(page).await, format!("/entrar/codigo?next={page}"));
    }
    assert_eq!(here.led_to("/").await, "/entrar/codigo");
    assert_eq!(here.led_to("/entrar?next=/perfil").await, "/entrar/codigo?next=/perfil");
    here.http.get("/entrar/codigo?next=/perfil").await.assert_status_ok();
    let asked = here.call("asked", &[]).await.json::<Value>();
    assert_eq!((&asked["needs_password"], &asked["is_old"]), (&true.into(), &true.into()));

    // Whoever found the browser open has no password, and turns nothing on.
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

/// Or whoever found a browser open would know the secret that its person goes on to use.
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

    // The same between password and first page.
    let admin = app.user("adm", Role::Admin).await;
    let admin = app.store.viewer(admin.id).await.unwrap().admin().await.unwrap();
    app.store.accounts().require_totp(&admin, Role::Atendente, true).await.unwrap();
    let asked = async |browser: &Browser| {
        let page = browser.call("asked", &[]).await.json::<Value>();
        page["enrolling"]["secret"].as_str().expect("a secret").to_owned()
    };
    let (old, new) = (asked(&there).await, Browser::of(&app, &ana).await);
    let fresh = asked(&new).await;
    assert!(old != fresh && ours != old && fresh == asked(&new).await);
}

/// As those have it that were logged in when the program began to look.
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
    let asked = here.call("asked", &[]).await.json::<Value>();
    assert_eq!((&asked["needs_password"], &asked["enrolling"]), (&false.into(), &Value::Null));
    refused(&here.call("finish_login", &[("code", "000000")]).await, "code");
    let form = [("code", phone.code(0)), ("next", "//mal.example/".to_owned())];
    let done = here.http.post("/api/finish_login").form(&form).await;
    assert_eq!(done.header("location"), "/atendente/inbox-pirata", "never off the site");
    assert!(here.is_in().await);
    assert_ne!(cookies(&done), here.cookie);

    // It can be left instead.
    let other = Browser::of(&app, &ana).await;
    assert!(!other.is_in().await);
    assert!(other.call("logout", &[]).await.status_code().is_success());
    assert_eq!(other.led_to("/perfil").await, "/entrar?next=/perfil");
}

/// Somebody with the page open in two browsers scans the secret of one of them, which the other has replaced.
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

    // The same between password and first page.
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

/// A thief who has the password cannot keep its person from turning the factor on.
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

/// How many minutes the cookie of the session stays, by an answer that sets it; `None` for as long as the
/// browser is open.
fn minutes(answer: &TestResponse) -> Option<i64> {
    let session = answer.iter_cookies().find(|cookie| cookie.name() == "inbox_session");
    session.expect("a session").max_age().map(|age| age.whole_minutes())
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
    // As if the login had begun 20 days ago.
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
