//! The login: limits on what strangers may send, how often, and with which effect on others.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod addresses;
mod cookies;
mod hashing;
mod in_addresses;
mod pairing;
#[path = "../support/mod.rs"]
mod support;
mod takeover;
mod throttle;

use axum_test::{TestResponse, TestServer};
use model::{AuditEntry, AuditFilter, Role};
use serde_json::Value;
use support::{App, log_in};

pub(crate) const WRONG: &str = "nenhuma dessas";
pub(crate) const INBOX: &str = "/atendente/inbox-pirata";

/// Sends wrong passwords until there is a wait; returns the number that were checked.
pub(crate) async fn guess_until_refused(browser: &TestServer, email: &str) -> usize {
    for nth in 0..200 {
        match log_in(browser, email, WRONG).await.status_code().as_u16() {
            401 => {}
            429 => return nth,
            other => panic!("{other}"),
        }
    }
    panic!("nobody is slowed down");
}

/// The seconds that a response asks to wait; body and header agree.
pub(crate) fn wait(answer: &TestResponse) -> u64 {
    assert_eq!(answer.status_code(), 429, "{}", answer.text());
    let body: Value = serde_json::from_str(&answer.text()).unwrap();
    let seconds = body["too_many"]["seconds"].as_u64().unwrap();
    assert_eq!(answer.header("retry-after"), seconds.to_string().as_str());
    seconds
}

/// The whole audit log, newest first.
pub(crate) async fn history(app: &App) -> Vec<AuditEntry> {
    let reader = app.user(&format!("leitor{}", rand()), Role::Admin).await;
    let admin = app.store.viewer(reader.id).await.unwrap().admin().await.unwrap();
    app.store.audit_page(&admin, &AuditFilter::default(), None, 500).await.unwrap()
}

fn rand() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos()
}
