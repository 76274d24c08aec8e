//! Endpoints for the operator.

mod support;

use support::App;

#[tokio::test]
async fn health_needs_no_login() {
    let app = App::new().await;
    let browser = app.browser();
    browser.get("/healthz").await.assert_status_ok();
    browser.get("/readyz").await.assert_status_ok();
}

#[tokio::test]
async fn metrics_are_hidden_unless_a_token_says_otherwise() {
    let closed = App::new().await;
    let answer = closed.browser().get("/metrics").await;
    assert!(!answer.status_code().is_success());

    let open = App::with_flags(&["--metrics-token", "segredo"]).await;
    let browser = open.browser();
    browser.get("/metrics").await.assert_status_not_found();
    browser.get("/metrics").authorization_bearer("errado").await.assert_status_not_found();
    browser.get("/metrics").authorization_bearer("segredo").await.assert_status_ok();
}
