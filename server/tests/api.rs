//! Server functions answer bad input with a 4xx that names the problem, never with a 500.

mod support;

use axum::http::StatusCode;
use model::Role;
use serde_json::{Value, json};
use support::{App, PASSWORD, log_in};

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Admin).await;
    let browser = app.browser();
    let wrong = log_in(&browser, &ana.email, "não é essa não").await;
    let unknown = log_in(&browser, "eva@mal.example", PASSWORD).await;
    wrong.assert_status_unauthorized();
    assert_eq!((wrong.status_code(), wrong.text()), (unknown.status_code(), unknown.text()));
}

#[tokio::test]
async fn a_stranger_gets_no_stream() {
    let app = App::new().await;
    app.user("ana", Role::Admin).await;
    let browser = app.browser();
    browser.get("/live").await.assert_status_unauthorized();
}

#[tokio::test]
async fn bodies_that_are_no_request_are_the_callers_mistake() {
    let app = App::new().await;
    let (browser, _) = app.logged_in("ana", Role::Admin).await;
    let functions = [
        "chats",
        "discard_change",
        "drop_preview",
        "edit_message",
        "forward",
        "invite",
        "keep_sticker",
        "keeps_sticker",
        "mark_played",
        "mark_read",
        "message_versions",
        "messages",
        "messages_from",
        "preview_link",
        "poll",
        "react",
        "reject_call",
        "retry",
        "retry_change",
        "revoke_message",
        "send_sticker",
        "send_poll",
        "send_text",
        "stickers",
        "typing",
        "vote",
    ];
    for function in functions {
        for body in ["chat=abc&connection=abc&message=x", "%%%", "{\"chat\":", "\u{0}"] {
            let answer = browser
                .post(&format!("/api/{function}"))
                .content_type("application/x-www-form-urlencoded")
                .bytes(body.into())
                .await;
            let status = answer.status_code();
            // `chats` has no required argument.
            let harmless = function == "chats" && status.is_success();
            assert!(status.is_client_error() || harmless, "{function} {body:?}: {status}");
        }
    }
    browser.post("/api/no_such_function").await.assert_status_not_found();
}

#[tokio::test]
async fn texts_that_cannot_be_sent_are_refused_with_a_reason() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    app.customer_writes(app.own_connection(&ana).await, "oi").await;
    let viewer = app.store.viewer(ana.id).await.unwrap();
    let page = store::ChatsPage { connection: None, before: None, limit: 1 };
    let chat = viewer.chats(page).await.unwrap()[0].id;
    let send = async |chat: String, text: String| {
        let id = "3EB0C431C26A1916E07A00";
        let answer = browser
            .post("/api/send_text")
            .form(&[("chat", chat.as_str()), ("wa_id", id), ("text", text.as_str())])
            .await;
        (answer.status_code(), serde_json::from_str::<Value>(&answer.text()).unwrap_or_default())
    };
    let problem = |problem: &str| json!({"invalid": {"field": "text", "problem": problem}});
    let chat = chat.to_string();
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    assert_eq!(send(chat.clone(), " \n ".into()).await, (refused, problem("empty")));
    assert_eq!(send(chat.clone(), "é".repeat(70_000)).await, (refused, problem("too_long")));
    let (status, _) = send("999999".into(), "oi".into()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, message) = send(chat, "oi!".into()).await;
    assert_eq!((status, &message["text"]), (StatusCode::OK, &json!("oi!")));
}

#[tokio::test]
async fn places_and_contacts_are_sent_whole_or_refused_with_a_reason() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    app.customer_writes(app.own_connection(&ana).await, "oi").await;
    let viewer = app.store.viewer(ana.id).await.unwrap();
    let page = store::ChatsPage { connection: None, before: None, limit: 1 };
    let chat = viewer.chats(page).await.unwrap()[0].id.to_string();
    let call = async |name: &str, form: &[(&str, &str)]| {
        let mut all = vec![("chat", chat.as_str())];
        all.extend_from_slice(form);
        let answer = browser.post(&format!("/api/{name}")).form(&all).await;
        (answer.status_code(), serde_json::from_str::<Value>(&answer.text()).unwrap_or_default())
    };
    let place = |latitude| [("latitude", latitude), ("longitude", "-47.88"), ("name", "Loja")];
    for nowhere in ["90.5", "NaN", "norte"] {
        let (status, _) = call("send_place", &place(nowhere)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{nowhere}");
    }
    let (status, message) = call("send_place", &place("-15.79")).await;
    assert_eq!((status, &message["kind"]), (StatusCode::OK, &json!("location")));

    let (status, people) = call("people", &[("search", "")]).await;
    assert_eq!(status, StatusCode::OK);
    let customer = people[0]["chat"].to_string();
    let contact = |phone| [("contacts[0][name]", "Rui"), ("contacts[0][phone]", phone)];
    let (status, problem) = call("send_contacts", &contact("123")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem, json!({"invalid": {"field": "phone", "problem": "too_short"}}));
    let many: Vec<String> = (0..11).map(|nth| format!("contacts[{nth}][chat]")).collect();
    let many: Vec<_> = many.iter().map(|field| (field.as_str(), customer.as_str())).collect();
    assert_eq!(call("send_contacts", &many).await.0, StatusCode::BAD_REQUEST);
    let both = [("contacts[0][chat]", &*customer), ("contacts[1][phone]", "+55 61 99999-0000")];
    let (status, message) = call("send_contacts", &both).await;
    assert_eq!((status, &message["kind"]), (StatusCode::OK, &json!("contact")));
    let text = message["text"].as_str().unwrap_or_default();
    assert!(text.ends_with(", +55 61 99999-0000"), "{text}");
}

#[tokio::test]
async fn other_sites_cannot_make_a_browser_act() {
    let app = App::new().await;
    let (browser, _) = app.logged_in("ana", Role::Admin).await;
    let answer = browser.post("/api/connect").add_header("sec-fetch-site", "cross-site").await;
    answer.assert_status_forbidden();
}

#[tokio::test]
async fn only_admins_add_people() {
    let app = App::new().await;
    let (agent, _) = app.logged_in("bia", Role::Atendente).await;
    let form = [("name", "Eva"), ("email", "eva@mal.example"), ("role", "admin")];
    agent.post("/api/invite").form(&form).await.assert_status_forbidden();
    let (admin, _) = app.logged_in("ana", Role::Admin).await;
    let made = admin.post("/api/invite").form(&form).await;
    assert!(made.status_code().is_success(), "{}", made.text());
    let twice = admin.post("/api/invite").form(&form).await;
    assert_eq!(twice.status_code(), StatusCode::UNPROCESSABLE_ENTITY, "{}", twice.text());
}

#[tokio::test]
async fn logins_are_written_down_and_can_be_listed() {
    let app = App::new().await;
    let ana = app.user("ana", Role::Admin).await;
    let browser = app.browser();
    log_in(&browser, &ana.email, "não é essa não").await;
    log_in(&browser, &ana.email, PASSWORD).await.assert_status_success();

    let viewer = app.store.viewer(ana.id).await.unwrap();
    let elsewhere = "AAAAAAAAAAAAAAAAAAAAAA".parse().unwrap();
    let logins = app.store.web_sessions().mine(&viewer, &elsewhere).await.unwrap();
    assert_eq!(logins.len(), 1);

    browser.post("/api/logout").await.assert_status_success();
    assert!(app.store.web_sessions().mine(&viewer, &elsewhere).await.unwrap().is_empty());
    let admin = viewer.admin().await.unwrap();
    let all = model::AuditFilter::default();
    let trail = app.store.audit_page(&admin, &all, None, 100).await.unwrap();
    let newest: Vec<_> = trail.iter().take(3).map(|entry| entry.action).collect();
    use model::AuditAction::{Login, LoginFailed, Logout};
    assert_eq!(newest, [Logout, Login, LoginFailed]);
}

#[tokio::test]
async fn another_person_in_the_same_browser_inherits_nothing() {
    let app = App::new().await;
    let (browser, ana) = app.logged_in("ana", Role::Atendente).await;
    let bia = app.user("bia", Role::Atendente).await;
    log_in(&browser, &bia.email, PASSWORD).await.assert_status_ok();
    let logins = async |user: &model::User| {
        let viewer = app.store.viewer(user.id).await.unwrap();
        app.store.web_sessions().mine(&viewer, &Default::default()).await.unwrap().len()
    };
    assert_eq!(logins(&ana).await, 0);
    assert_eq!(logins(&bia).await, 1);
}

/// A form of a function that requires a login is not read, however long it is.
#[tokio::test]
async fn long_forms_are_for_those_who_are_logged_in() {
    let app = App::new().await;
    let (browser, _) = app.logged_in("ana", Role::Atendente).await;
    let send = async |browser: &axum_test::TestServer, function: &str, bytes: usize| {
        let form = [("text", "a".repeat(bytes))];
        browser.post(&format!("/api/{function}")).form(&form).await.status_code()
    };
    let stranger = app.browser();
    for function in ["send_text", "edit_message", "save_draft", "rename"] {
        let answer = send(&stranger, function, 20_000).await;
        assert_eq!(answer, StatusCode::UNAUTHORIZED, "{function}");
        let answer = send(&browser, function, 20_000).await;
        assert!(answer.is_client_error(), "{function}: {answer}");
        assert_ne!(answer, StatusCode::UNAUTHORIZED, "{function}");
        assert_ne!(answer, StatusCode::PAYLOAD_TOO_LARGE, "{function}");
    }
    assert_eq!(send(&stranger, "login", 20_000).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(send(&browser, "rename", 70_000).await, StatusCode::PAYLOAD_TOO_LARGE);
}
