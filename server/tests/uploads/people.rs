//! A file is its author's until it is complete.

use axum::http::Method;
use model::{Access, Role, UserId};

use crate::Scene;
use crate::support;

#[tokio::test]
async fn nobody_else_continues_reads_or_cancels_a_file() {
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
        let cancels = browser.delete(&address).await;
        for answer in [asks, sends, cancels] {
            assert_eq!(answer.status_code(), 404);
        }
    }
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
    for access in [None, Some(Access::Read)] {
        set(access).await;
        assert_eq!(send("4", " all!").await, 404, "{access:?}");
        assert_eq!(bia.method(Method::HEAD, &address).await.status_code(), 404, "{access:?}");
        assert_eq!(bia.delete(&address).await.status_code(), 404, "{access:?}");
    }
    set(Some(Access::Write)).await;
    assert_eq!(send("4", " all!").await, 204);
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
