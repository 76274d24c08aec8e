//! The second factor belongs to the state that a session is bound to: a requirement, turning it on
//! and turning it off take effect on the user's existing sessions.

mod enrolment;
mod sessions;
#[path = "../support/mod.rs"]
mod support;

use axum::http::StatusCode;
use axum_test::{TestResponse, TestServer};
use model::User;
use serde_json::Value;
use support::{App, PASSWORD};
use totp_rs::{Builder, Totp};

/// A user's browser and its cookies.
pub(crate) struct Browser {
    pub(crate) http: TestServer,
    pub(crate) cookie: String,
}

impl Browser {
    pub(crate) async fn of(app: &App, user: &User) -> Self {
        let http = app.browser();
        let answer = support::log_in(&http, &user.email, PASSWORD).await;
        answer.assert_status_ok();
        let cookie = cookies(&answer);
        Self { http, cookie }
    }

    pub(crate) async fn call(&self, name: &str, form: &[(&str, &str)]) -> TestResponse {
        self.http.post(&format!("/api/{name}")).form(form).await
    }

    /// Returns true if its user is logged in, for pages, files and functions alike.
    pub(crate) async fn is_in(&self) -> bool {
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

    /// The address that a page redirects to.
    pub(crate) async fn led_to(&self, page: &str) -> String {
        let answer = self.http.get(page).await;
        answer.assert_status(StatusCode::SEE_OTHER);
        answer.header("location").to_str().expect("an address").to_owned()
    }

    /// Turns the second factor on in the profile. Returns the phone and the recovery codes.
    pub(crate) async fn enrol(&self, app: &App, user: &User) -> (Phone, Vec<String>) {
        assert!(self.call("begin_second_factor", &[]).await.status_code().is_success());
        let phone = Phone::of(app, user).await;
        let done = self
            .call("confirm_second_factor", &[("code", &phone.code(0)), ("password", PASSWORD)])
            .await;
        assert!(done.status_code().is_success(), "{}", done.text());
        (phone, self.recovery_codes().await)
    }

    /// The recovery codes that were just made.
    pub(crate) async fn recovery_codes(&self) -> Vec<String> {
        let page = self.call("second_factor", &[]).await.json::<Value>();
        let codes = page["codes"]["codes"].as_array().expect("codes");
        codes.iter().map(|code| code.as_str().expect("a code").to_owned()).collect()
    }
}

pub(crate) fn cookies(answer: &TestResponse) -> String {
    let cookies = answer.iter_cookies().map(|cookie| cookie.stripped().to_string());
    cookies.collect::<Vec<_>>().join("; ")
}

/// The authenticator app on a person's phone.
pub(crate) struct Phone(Totp);

impl Phone {
    /// The phone with the secret of an enrolment that is not confirmed yet.
    pub(crate) async fn of(app: &App, user: &User) -> Self {
        let viewer = app.store.viewer(user.id).await.expect("a viewer");
        let begun = viewer.totp_pending().await.expect("an answer").expect("it was begun");
        let secret = totp_rs::Secret::try_from_base32(begun.secret.expose()).expect("a secret");
        Self(Builder::new().with_secret(secret).build().expect("a phone"))
    }

    /// The code `steps` steps from now. The server accepts one more, so a test may cross a border.
    pub(crate) fn code(&self, steps: u64) -> String {
        let now = u64::try_from(chrono::Utc::now().timestamp()).expect("after 1970");
        self.0.generate(now + steps * 30).to_string()
    }
}

pub(crate) fn refused(answer: &TestResponse, field: &str) {
    assert_eq!(answer.status_code(), StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
    assert_eq!(answer.json::<Value>()["invalid"]["field"], field);
}
