//! A file is its author's until it is complete. Whoever may write in the chat can cancel it.

use axum::http::Method;
use model::{Access, Delivery, FailReason, Role, UserId};

use crate::Scene;
use crate::support;

#[tokio::test]
async fn nobody_else_continues_or_reads_a_file() {
    let scene = Scene::set().await;
    let app = &scene.app;
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    scene.send(message, 0, b"half").await.assert_status_success();

    let (boss, admin) = app.logged_in("boss", Role::Admin).await;
    let (colleague, bia) = app.logged_in("bia", Role::Atendente).await;
    let (stranger, _) = app.logged_in("eva", Role::Atendente).await;
    let proof = app.store.viewer(admin.id).await.unwrap().admin().await.unwrap();
    app.store.grant_access(&proof, bia.id, scene.number, Access::WriteAndManage).await.unwrap();
    let address = format!("/envios/{message}");
    for browser in [&boss, &colleague, &stranger] {
        let asks = browser.method(Method::HEAD, &address).await;
        let sends = browser.patch(&address).add_header("upload-offset", "4");
        let sends = sends.bytes("lies!".into()).content_type(crate::PART).await;
        for answer in [asks, sends] {
            assert_eq!(answer.status_code(), 404);
        }
    }
    assert_eq!(stranger.delete(&address).await.status_code(), 404);
    let nobody = app.browser();
    assert_eq!(nobody.post("/envios").json(&scene.file("image", "", 9)).await.status_code(), 401);
    assert_eq!(nobody.method(Method::HEAD, &address).await.status_code(), 401);
    assert_eq!(nobody.delete(&address).await.status_code(), 401);

    scene.send(message, 4, b" all!").await.assert_status_success();
    assert_eq!(scene.stored(message).await.as_bytes().as_ref(), b"half all!");
    // Complete, it is a message like others.
    let seen = colleague.get(&format!("/midia/{message}")).await;
    assert_eq!(seen.as_bytes().as_ref(), b"half all!");
    assert_eq!(stranger.get(&format!("/midia/{message}")).await.status_code(), 404);
    assert_eq!(colleague.delete(&address).await.status_code(), 410, "it is complete");
}

#[tokio::test]
async fn whoever_may_write_in_the_chat_cancels_a_file_of_a_colleague() {
    let scene = Scene::set().await;
    let app = &scene.app;
    let (_, admin) = app.logged_in("boss", Role::Admin).await;
    let proof = app.store.viewer(admin.id).await.unwrap().admin().await.unwrap();
    let (colleague, bia) = app.logged_in("bia", Role::Atendente).await;
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    scene.send(message, 0, b"half").await.assert_status_success();
    let address = format!("/envios/{message}");
    for (access, status) in [(Access::Read, 404), (Access::Write, 204), (Access::Write, 404)] {
        app.store.grant_access(&proof, bia.id, scene.number, access).await.unwrap();
        let cancels = colleague.delete(&address).await;
        assert_eq!(cancels.status_code(), status, "{access:?}");
    }
    assert_eq!(scene.on_disk(), Vec::<String>::new());
    assert_eq!(scene.send(message, 4, b" all!").await.status_code(), 404);
    let shown = app.store.viewer(scene.ana.id).await.unwrap().messages(scene.chat, None, 1).await;
    let failed = Delivery::Failed { reason: FailReason::Cancelled };
    assert_eq!(shown.unwrap()[0].delivery, Some(failed));
}

#[tokio::test]
async fn whoever_loses_the_right_to_write_sends_no_further_byte() {
    let scene = Scene::set().await;
    let app = &scene.app;
    let boss = app.user("boss", Role::Admin).await;
    let proof = app.store.viewer(boss.id).await.unwrap().admin().await.unwrap();
    let (bia, user) = app.logged_in("bia", Role::Atendente).await;
    let description = scene.file("document", "text/plain", 9);
    let set = async |access| {
        app.store.set_access(&proof, user.id, &[(scene.number, access)]).await.unwrap();
    };
    for access in [None, Some(Access::Read)] {
        set(access).await;
        assert_eq!(bia.post("/envios").json(&description).await.status_code(), 404, "{access:?}");
    }
    set(Some(Access::Write)).await;
    let begun = bia.post("/envios").json(&description).await;
    let begun: serde_json::Value = begun.json();
    let address = format!("/envios/{}", begun["message"]);
    let send = async |offset: &str, bytes: &'static str| {
        let part = bia.patch(&address).add_header("upload-offset", offset);
        part.bytes(bytes.into()).content_type(crate::PART).await.status_code().as_u16()
    };
    assert_eq!(send("0", "half").await, 204);
    // It ends with the right, and does not go on when that is back.
    for access in [None, Some(Access::Read), Some(Access::Write)] {
        set(access).await;
        assert_eq!(send("4", " all!").await, 404, "{access:?}");
        assert_eq!(bia.method(Method::HEAD, &address).await.status_code(), 404, "{access:?}");
        assert_eq!(bia.delete(&address).await.status_code(), 404, "{access:?}");
    }
    let shown = app.store.viewer(boss.id).await.unwrap().messages(scene.chat, None, 1).await;
    let failed = Delivery::Failed { reason: FailReason::Cancelled };
    assert_eq!(shown.unwrap()[0].delivery, Some(failed));
}

#[tokio::test]
async fn a_page_of_another_user_sends_no_file_in_the_name_of_whoever_is_logged_in() {
    let scene = Scene::set().await;
    let other = scene.app.user("boss", Role::Admin).await;
    let of = |user: UserId| {
        let mut description = scene.file("document", "text/plain", 9);
        description["user"] = serde_json::to_value(user).unwrap();
        description
    };
    let answer = scene.browser.post("/envios").json(&of(other.id)).await;
    assert_eq!(answer.status_code(), 401);
    assert_eq!(scene.on_disk(), Vec::<String>::new());
    scene.begin(&of(scene.ana.id)).await;
}

#[tokio::test]
async fn a_page_of_another_site_sends_no_file() {
    let scene = Scene::set().await;
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    let address = format!("/envios/{message}");
    for (method, address) in
        [(Method::POST, "/envios"), (Method::PATCH, address.as_str()), (Method::DELETE, &address)]
    {
        let request = scene.browser.method(method, address);
        let answer = request.add_header("sec-fetch-site", "cross-site").await;
        assert_eq!(answer.status_code(), 403);
    }
    assert_eq!(scene.offset(message).await, 0);
}

#[tokio::test]
async fn a_file_in_a_chat_that_became_private_is_out_of_reach() {
    let scene = Scene::set().await;
    let app = &scene.app;
    let boss = app.user("boss", Role::Admin).await;
    let (browser, _) = support::enter(app, &boss).await;
    let begun = browser.post("/envios").json(&scene.file("document", "text/plain", 9)).await;
    let begun: serde_json::Value = begun.json();
    let address = format!("/envios/{}", begun["message"]);
    assert_eq!(browser.method(Method::HEAD, &address).await.status_code(), 200);
    let owner = app.store.viewer(scene.ana.id).await.unwrap();
    owner.set_chat_private(scene.chat, true).await.unwrap();
    assert_eq!(browser.method(Method::HEAD, &address).await.status_code(), 404);
    let part = browser.patch(&address).add_header("upload-offset", "0");
    let part = part.bytes("half".into()).content_type(crate::PART).await;
    assert_eq!(part.status_code(), 404);
}

#[tokio::test]
async fn a_group_in_which_only_administrators_write_takes_no_file() {
    let scene = Scene::set().await;
    let group = scene.app.closed_group(&scene.ana, scene.number).await;
    let mut file = scene.file("image", "image/png", 9);
    file["chat"] = serde_json::json!(group);
    let refused = scene.browser.post("/envios").json(&file).await;
    assert_eq!(refused.status_code(), 409);
    let refused: serde_json::Value = refused.json();
    assert_eq!(refused, serde_json::json!({ "error": "closed" }));
}
