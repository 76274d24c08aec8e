//! An administrator can take over an account by a link for another password. Its owner is notified.

use axum_test::TestServer;
use model::Role;
use serde_json::Value;

use crate::INBOX;
use crate::support::{App, PASSWORD, log_in};

const OTHER: &str = "outra senha comprida";

/// The token of a link that this administrator makes.
pub(crate) async fn make_link(admin: &TestServer, user: model::UserId) -> String {
    let made = admin.post("/api/make_link").form(&[("user", user.to_string())]).await;
    assert!(made.status_code().as_u16() < 400, "{}", made.text());
    let users: Value = admin.post("/api/users").await.json();
    let address = users["link"]["address"].as_str().unwrap();
    address.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn who_made_the_link_is_shown_until_read_and_in_the_profile_for_good() {
    let app = App::new().await;
    let (admin, eva) = app.logged_in("eva", Role::Admin).await;
    let (before, ana) = app.logged_in("ana", Role::Atendente).await;
    for page in [INBOX, "/perfil"] {
        assert!(!before.get(page).await.text().contains("fez um link"), "{page}");
    }
    let token = make_link(&admin, ana.id).await;
    let thief = app.browser_at("203.0.113.66");
    let used = thief.post("/api/use_link").form(&[("token", &*token), ("password", OTHER)]).await;
    assert!(used.status_code().as_u16() < 400, "{}", used.text());
    before.get(INBOX).await.assert_status_see_other();

    // An administrator's actions on notices affect their own only.
    admin.post("/api/dismiss_account_notice").await.assert_status_ok();
    assert!(!admin.get(INBOX).await.text().contains("fez um link"));

    let owner = app.browser();
    log_in(&owner, &ana.email, OTHER).await.assert_status_ok();
    for page in [INBOX, "/perfil", "/numeros/novo"] {
        let page = owner.get(page).await;
        page.assert_text_contains(format!("{} fez um link para trocar a sua senha", eva.name));
        page.assert_text_contains("203.0.113.66");
        page.assert_text_contains("/api/dismiss_account_notice");
    }
    owner.post("/api/dismiss_account_notice").await.assert_status_ok();
    for page in [INBOX, "/numeros/novo"] {
        assert!(!owner.get(page).await.text().contains("fez um link"), "{page}");
    }
    let profile = owner.get("/perfil").await;
    profile.assert_text_contains("fez um link para trocar a sua senha");
    assert!(!profile.text().contains("/api/dismiss_account_notice"));
}

#[tokio::test]
async fn the_newest_taking_over_is_told_again_and_so_is_one_from_the_machine() {
    let app = App::new().await;
    let (admin, _) = app.logged_in("eva", Role::Admin).await;
    let ana = app.user("ana", Role::Atendente).await;
    let owner = app.browser();
    let token = make_link(&admin, ana.id).await;
    let used = owner.post("/api/use_link").form(&[("token", &*token), ("password", OTHER)]).await;
    assert!(used.status_code().as_u16() < 400, "{}", used.text());
    owner.get(INBOX).await.assert_text_contains("eva fez um link");
    owner.post("/api/dismiss_account_notice").await.assert_status_ok();

    app.store.operator().reset_password(&ana.email, PASSWORD).await.unwrap();
    log_in(&owner, &ana.email, PASSWORD).await.assert_status_ok();
    owner.get(INBOX).await.assert_text_contains("Linha de comando trocou a sua senha");
    let profile = owner.get("/perfil").await;
    profile.assert_text_contains("Linha de comando trocou a sua senha");
    profile.assert_text_contains("eva fez um link");
    // Neither an invitation nor a change of one's own password is a takeover.
    let bia = app.logged_in("bia", Role::Atendente).await.0;
    let form = [("old", PASSWORD), ("password", OTHER)];
    assert!(bia.post("/api/change_password").form(&form).await.status_code().as_u16() < 400);
    assert!(!bia.get("/perfil").await.text().contains("sua conta"));
}
