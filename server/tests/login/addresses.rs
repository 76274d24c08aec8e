//! An email address has one form: for the limit, the look-up, the history and the forms of
//! administrators.

use axum::http::StatusCode;
use model::{AuditAction, Role};
use serde_json::{Value, json};
use store::NewUser;

use crate::support::{App, PASSWORD, log_in};
use crate::{WRONG, history, wait};

fn malformed() -> Value {
    json!({"invalid": {"field": "email", "problem": "malformed"}})
}

#[tokio::test]
async fn every_way_of_writing_an_address_is_counted_and_written_down_as_one() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let browser = app.browser_at("203.0.113.7");
    let ways = [
        "ana@loja.example",
        "ANA@loja.example",
        " Ana@Loja.Example ",
        "ana@loja.example\n",
        "\u{a0}ana@loja.example",
        "\u{3000}ana@LOJA.example",
        "aNA@loja.example\t",
        "\r\nana@loja.example",
    ];
    for way in ways {
        log_in(&browser, way, WRONG).await.assert_status_unauthorized();
    }
    for way in ways {
        assert!(wait(&log_in(&browser, way, PASSWORD).await) <= 6, "{way:?}");
    }
    let failed: Vec<_> = history(&app)
        .await
        .into_iter()
        .filter(|entry| entry.action == AuditAction::LoginFailed)
        .collect();
    assert_eq!(failed.len(), ways.len());
    for entry in failed {
        assert_eq!(entry.subject, Some(ana.id));
        assert_eq!(entry.target.as_deref(), Some("ana@loja.example"));
    }
}

#[tokio::test]
async fn what_nobody_sees_in_an_address_is_refused_with_a_sentence() {
    let app = App::new().await;
    app.user("ana", Role::Atendente).await;
    let browser = app.browser_at("203.0.113.7");
    for hidden in ["%00", "%7F", "%C2%AD", "%E2%80%8B", "%E2%80%AE", "%E2%81%A6", "%EF%BB%BF"] {
        for body in [
            format!("email={hidden}ana%40loja.example&password=uma+senha+comprida"),
            format!("email=ana{hidden}%40loja.example&password=uma+senha+comprida"),
            format!("email=ana%40loja.example{hidden}&password=uma+senha+comprida"),
        ] {
            let form = "application/x-www-form-urlencoded";
            let answer = browser.post("/api/login").text(&body).content_type(form).await;
            assert_eq!(answer.status_code(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            assert_eq!(answer.json::<Value>(), malformed(), "{body}");
        }
    }
    let nobody_tried = history(&app).await;
    assert!(nobody_tried.iter().all(|entry| entry.action != AuditAction::LoginFailed));
    // Without JavaScript the sentence is on the page.
    let answer = browser
        .post("/api/login")
        .form(&[("email", "ana\0@loja.example"), ("password", PASSWORD)])
        .add_header("accept", "text/html")
        .add_header("referer", "http://inbox.lan/entrar?next=%2Fperfil")
        .await;
    assert_eq!(answer.status_code(), StatusCode::FOUND);
    let back = answer.header("location").to_str().unwrap().to_owned();
    let back = back.strip_prefix("http://inbox.lan").unwrap_or(&back);
    browser.get(back).await.assert_text_contains("Isso não parece um e-mail.");
}

#[tokio::test]
async fn composed_and_combining_letters_are_the_same_and_full_width_ones_are_others() {
    let app = App::new().await;
    let composed = "jo\u{e3}o@loja.example";
    let combining = "JOA\u{303}O@loja.example";
    let new = |email: &str| NewUser { email: email.into(), ..fixtures::new_user("João") };
    app.store.operator().create(new(combining)).await.unwrap();
    let again = app.store.operator().create(new(composed)).await;
    assert!(matches!(again, Err(store::Error::EmailTaken)));
    for email in [composed, combining] {
        log_in(&app.browser(), email, PASSWORD).await.assert_status_ok();
    }
    app.user("ana", Role::Atendente).await;
    let browser = app.browser_at("203.0.113.7");
    let full_width = "\u{ff41}\u{ff4e}\u{ff41}@loja.example";
    log_in(&browser, full_width, PASSWORD).await.assert_status_unauthorized();
    let at_sign = log_in(&browser, "ana\u{ff20}loja.example", PASSWORD).await;
    assert_eq!(at_sign.json::<Value>(), malformed());
}

#[tokio::test]
async fn administrators_add_nobody_twice_and_nobody_with_a_hidden_letter() {
    let app = App::new().await;
    let (admin, _) = app.logged_in("ana", Role::Admin).await;
    let invite = async |email: &str| {
        let form = [("name", "Bia"), ("email", email), ("role", "atendente")];
        let answer = admin.post("/api/invite").form(&form).await;
        (answer.status_code().as_u16(), answer.text())
    };
    assert!(invite(" BIA@Loja.example ").await.0 < 400);
    for same in ["bia@loja.example", "Bia@loja.EXAMPLE\n"] {
        let (status, body) = invite(same).await;
        assert_eq!(status, 422);
        assert!(body.contains("taken"), "{body}");
    }
    let long = format!("{}@loja.example", "b".repeat(250));
    for other in
        ["bia\0@loja.example", "b\u{202e}ia@loja.example", "bia\u{200b}@loja.example", &long]
    {
        let (status, body) = invite(other).await;
        assert_eq!((status, body), (422, malformed().to_string()), "{other:?}");
    }
}

#[tokio::test]
async fn forms_at_the_door_are_small_and_leave_nothing_behind() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Atendente).await;
    let browser = app.browser_at("203.0.113.7");
    let long_email = format!("{}@loja.example", "a".repeat(64 * 1024));
    let long = log_in(&browser, &long_email, PASSWORD).await;
    assert_eq!(long.status_code(), StatusCode::PAYLOAD_TOO_LARGE);
    let almost = format!("{}@loja.example", "a".repeat(10_000));
    assert_eq!(log_in(&browser, &almost, PASSWORD).await.json::<Value>(), malformed());
    // A password longer than allowed costs no more than another wrong one.
    let long_password = log_in(&browser, &ana.email, &"x".repeat(10_000)).await;
    long_password.assert_status_unauthorized();
    for answer in [&long, &long_password] {
        assert!(!answer.headers().contains_key("set-cookie"), "no session is made");
    }
    for function in ["use_link", "finish_login", "create_first_admin", "set_language"] {
        let answer = browser
            .post(&format!("/api/{function}"))
            .form(&[("token", "x".repeat(17 * 1024))])
            .await;
        assert_eq!(answer.status_code(), StatusCode::PAYLOAD_TOO_LARGE, "{function}");
    }
    // A message may be longer than another form.
    let (agent, bia) = app.logged_in("bia", Role::Atendente).await;
    app.customer_writes(app.own_connection(&bia).await, "oi").await;
    let chat = app.chat_of(&bia).await.to_string();
    let text = "é".repeat(60_000);
    let sent = agent.post("/api/send_text").form(&[("chat", chat.as_str()), ("text", &text)]).await;
    sent.assert_status_ok();
}
