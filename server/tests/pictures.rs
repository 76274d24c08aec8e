//! The pictures of people, as browsers receive them, and the page about a person.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::http::{StatusCode, header};
use model::Role;
use support::App;

#[tokio::test]
async fn a_browser_keeps_a_picture_until_it_is_another_one() {
    let app = App::new().await;
    let (browser, user) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&user).await;
    app.customer_writes(number, "oi").await;
    let chat = app.chat_of(&user).await;
    let list = async || browser.get("/atendente/inbox-pirata").await.text();
    assert!(list().await.contains(&format!("src=\"/foto/{chat}\"")), "it may have one");
    browser.get(&format!("/foto/{chat}")).await.assert_status(StatusCode::NO_CONTENT);

    let contact = app.customer_has_a_picture(&user, chat, b"one").await;
    let addresses = [
        format!("/foto/{chat}"),
        format!("/foto/{chat}/grande"),
        format!("/foto/pessoa/{contact}"),
    ];
    let mut tags = Vec::new();
    for address in &addresses {
        let picture = browser.get(address).await;
        picture.assert_status_ok();
        assert_eq!(picture.as_bytes().as_ref(), b"one");
        assert_eq!(picture.header(header::CONTENT_TYPE), "image/jpeg");
        assert_eq!(picture.header(header::CACHE_CONTROL), "private, no-cache");
        let tag = picture.header(header::ETAG);
        let again = browser.get(address).add_header(header::IF_NONE_MATCH, tag.clone()).await;
        again.assert_status(StatusCode::NOT_MODIFIED);
        assert!(again.as_bytes().is_empty());
        tags.push(tag);
    }
    assert!(list().await.contains(&format!("src=\"/foto/{chat}?v=1\"")));

    app.customer_has_a_picture(&user, chat, b"two").await;
    assert!(list().await.contains(&format!("src=\"/foto/{chat}?v=2\"")));
    for (address, tag) in addresses.iter().zip(tags) {
        let picture = browser.get(address).add_header(header::IF_NONE_MATCH, tag).await;
        assert_eq!(picture.as_bytes().as_ref(), b"two");
    }
}

#[tokio::test]
async fn pictures_are_for_those_who_read_the_chat_and_run_nowhere() {
    let app = App::new().await;
    let (browser, user) = app.logged_in("ana", Role::Atendente).await;
    let (stranger, _) = app.logged_in("bia", Role::Atendente).await;
    let (admin, _) = app.logged_in("adm", Role::Admin).await;
    let number = app.own_connection(&user).await;
    app.customer_writes(number, "oi").await;
    let chat = app.chat_of(&user).await;
    let contact = app.customer_has_a_picture(&user, chat, b"foto").await;
    let viewer = app.store.viewer(user.id).await.unwrap();
    for address in
        [format!("/foto/{chat}"), format!("/foto/{chat}/grande"), format!("/foto/pessoa/{contact}")]
    {
        admin.get(&address).await.assert_status_ok();
        viewer.set_chat_private(chat, true).await.unwrap();
        let answers = [
            (StatusCode::OK, browser.get(&address).await),
            (StatusCode::NOT_FOUND, admin.get(&address).await),
            (StatusCode::NOT_FOUND, stranger.get(&address).await),
            (StatusCode::UNAUTHORIZED, app.browser().get(&address).await),
            (StatusCode::NOT_FOUND, browser.get("/foto/999").await),
            (StatusCode::NOT_FOUND, browser.get("/foto/pessoa/999").await),
            (StatusCode::BAD_REQUEST, browser.get("/foto/x").await),
        ];
        viewer.set_chat_private(chat, false).await.unwrap();
        for (status, answer) in answers {
            answer.assert_status(status);
            let policy = answer.header(header::CONTENT_SECURITY_POLICY);
            let policy = policy.to_str().unwrap();
            assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
            assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{status}");
            assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{status}");
        }
    }
}

#[tokio::test]
async fn a_picture_that_is_not_on_the_disk_is_forgotten() {
    let app = App::new().await;
    let (browser, user) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&user).await;
    app.customer_writes(number, "oi").await;
    let chat = app.chat_of(&user).await;
    app.customer_has_a_picture(&user, chat, b"foto").await;
    std::fs::remove_dir_all(&app.media_dir).unwrap();
    browser.get(&format!("/foto/{chat}")).await.assert_status(StatusCode::NO_CONTENT);
    let viewer = app.store.viewer(user.id).await.unwrap();
    assert_eq!(viewer.chat(chat).await.unwrap().picture, format!("/foto/{chat}"));
    let large = browser.get(&format!("/foto/{chat}/grande")).await;
    large.assert_status(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_page_about_a_person_has_what_was_sent_and_works_without_scripts() {
    let app = App::new().await;
    let (browser, user) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&user).await;
    let file = app.customer_sends_file(number, "image/jpeg", b"foto").await;
    app.customer_writes(number, "<b>veja</b> https://loja.example/pao").await;
    let chat = app.chat_of(&user).await;
    let page = format!("/atendente/inbox-pirata/chat/{chat}/dados");
    let media = browser.get(&page).await;
    media.assert_status_ok();
    let media = media.text();
    assert!(media.contains("Cláudia Menezes") && media.contains("+55 61 99812-4471"));
    assert!(media.contains(&format!("href=\"/midia/{file}\"")));
    let links = browser.get(&format!("{page}?parte=links")).await.text();
    assert!(links.contains("href=\"https://loja.example/pao\""));
    assert!(!links.contains("<b>veja</b>"));
    let odd = browser.get(&format!("{page}?parte=x&antes=y")).await;
    odd.assert_status_ok();
    let header = browser.get(&format!("/atendente/inbox-pirata/chat/{chat}")).await.text();
    assert!(header.contains(&format!("href=\"{page}\"")));
}
