//! The files of messages, as browsers receive them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::http::{StatusCode, header};
use model::{MediaState, Role};
use store::{Inbound, InboundMedia, MediaSource};
use support::App;

#[tokio::test]
async fn a_player_gets_the_part_it_asks_for_and_a_browser_keeps_what_has_not_changed() {
    let app = App::new().await;
    let (browser, user) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&user).await;
    let message = app.customer_sends_file(number, "video/mp4", b"0123456789").await;
    let path = format!("/midia/{message}");

    let whole = browser.get(&path).await;
    whole.assert_status_ok();
    assert_eq!(whole.as_bytes().as_ref(), b"0123456789");
    assert_eq!(whole.header(header::CONTENT_TYPE), "video/mp4");
    assert_eq!(whole.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(whole.header(header::CACHE_CONTROL), "private, no-cache");

    let part = browser.get(&path).add_header(header::RANGE, "bytes=2-4").await;
    part.assert_status(StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.as_bytes().as_ref(), b"234");

    let seen = whole.header(header::LAST_MODIFIED);
    let again = browser.get(&path).add_header(header::IF_MODIFIED_SINCE, seen).await;
    again.assert_status(StatusCode::NOT_MODIFIED);
    assert_eq!(browser.get(&format!("{path}/previa")).await.as_bytes().as_ref(), b"preview");
}

#[tokio::test]
async fn the_picture_of_a_link_is_for_readers_of_its_message_and_is_no_file() {
    let app = App::new().await;
    let (browser, user) = app.logged_in("ana", Role::Atendente).await;
    let (stranger, _) = app.logged_in("bia", Role::Atendente).await;
    let number = app.own_connection(&user).await;
    let link = "https://loja.example";
    let text = fixtures::with_preview(fixtures::text("3EB000000001", link), link, "Loja", "");
    let preview = Some(vec![255, 216, 255]);
    let source = MediaSource::default();
    let media = Some(InboundMedia { preview, source, ..fixtures::file("image/jpeg") });
    app.store.ingest(number).messages(&[Inbound { media, ..text }]).await.unwrap();
    let viewer = app.store.viewer(user.id).await.unwrap();
    let chat = app.chat_of(&user).await;
    let message = viewer.messages(chat, None, 1).await.unwrap().remove(0).id;

    let address = format!("/midia/{message}/previa");
    let page = browser.get(&format!("/atendente/inbox-pirata/chat/{chat}")).await.text();
    assert!(page.contains(&format!("src=\"{address}\"")), "the page shows it");
    let picture = browser.get(&address).await;
    assert_eq!(picture.as_bytes().as_ref(), [255, 216, 255]);
    assert_eq!(picture.header(header::CONTENT_TYPE), "image/jpeg");
    assert_eq!(picture.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(picture.header(header::CACHE_CONTROL), "private, no-cache");
    stranger.get(&address).await.assert_status(StatusCode::NOT_FOUND);
    app.browser().get(&address).await.assert_status(StatusCode::UNAUTHORIZED);
    browser.get(&format!("/midia/{message}")).await.assert_status(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_a_stranger_sends_runs_nowhere() {
    let app = App::new().await;
    let (browser, user) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&user).await;
    for mime in ["text/html", "image/svg+xml"] {
        let message = app.customer_sends_file(number, mime, b"<script>alert(1)</script>").await;
        let answer = browser.get(&format!("/midia/{message}")).await;
        answer.assert_status_ok();
        assert_eq!(answer.header(header::CONTENT_TYPE), "application/octet-stream");
        let disposition = answer.header(header::CONTENT_DISPOSITION);
        assert!(disposition.to_str().unwrap().starts_with("attachment"), "{disposition:?}");
    }
}

#[tokio::test]
async fn whatever_a_file_is_it_is_opened_in_a_sandbox_and_on_no_other_site() {
    let app = App::new().await;
    let (browser, user) = app.logged_in("ana", Role::Atendente).await;
    let (stranger, _) = app.logged_in("bia", Role::Atendente).await;
    let number = app.own_connection(&user).await;
    let message = app.customer_sends_file(number, "image/jpeg", b"foto").await;
    let file = format!("/midia/{message}");
    let answers = [
        (StatusCode::OK, browser.get(&file).await),
        (StatusCode::OK, browser.get(&format!("{file}/previa")).await),
        (
            StatusCode::PARTIAL_CONTENT,
            browser.get(&file).add_header(header::RANGE, "bytes=0-1").await,
        ),
        (
            StatusCode::RANGE_NOT_SATISFIABLE,
            browser.get(&file).add_header(header::RANGE, "bytes=9-").await,
        ),
        (StatusCode::NOT_FOUND, browser.get("/midia/999").await),
        (StatusCode::NOT_FOUND, browser.get("/midia/999/previa").await),
        (StatusCode::BAD_REQUEST, browser.get("/midia/x").await),
        (StatusCode::METHOD_NOT_ALLOWED, browser.delete(&file).await),
        (StatusCode::NOT_FOUND, stranger.get(&file).await),
        (StatusCode::UNAUTHORIZED, app.browser().get(&file).await),
        (StatusCode::UNAUTHORIZED, app.browser().get(&format!("{file}/previa")).await),
    ];
    for (status, answer) in answers {
        answer.assert_status(status);
        let policy = answer.header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.to_str().unwrap().starts_with("sandbox; default-src 'none'"), "{policy:?}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{status}");
        assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{status}");
    }
}

#[tokio::test]
async fn a_file_that_was_removed_to_make_room_is_not_fetched_again_because_a_page_asks_for_it() {
    let app = App::new().await;
    let (browser, user) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&user).await;
    let message = app.customer_sends_file(number, "image/jpeg", b"foto").await;
    let path = format!("/midia/{message}");
    let gone = app.store.evict_media(1).await.unwrap();
    assert_eq!(gone.iter().map(|file| file.message).collect::<Vec<_>>(), [message]);
    // It is missing from the decision on, even while it is still on the disk.
    browser.get(&path).await.assert_status_not_found();
    std::fs::remove_dir_all(&app.media_dir).unwrap();
    app.store.media_evicted(&gone).await.unwrap();
    browser.get(&path).await.assert_status_not_found();
    let viewer = app.store.viewer(user.id).await.unwrap();
    assert_eq!(viewer.media(message).await.unwrap().state, MediaState::Evicted);
    // The thumbnail of the message is still available.
    browser.get(&format!("{path}/previa")).await.assert_status_ok();
}

#[tokio::test]
async fn what_browsers_know_under_another_name_is_played_and_what_they_do_not_know_is_downloaded() {
    let app = App::new().await;
    let (browser, user) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&user).await;
    for (mime, served, disposition) in [
        ("audio/opus", "audio/ogg", "inline; filename*=UTF-8''foto%2Ejpg"),
        ("image/heic", "application/octet-stream", "attachment; filename*=UTF-8''foto%2Ejpg"),
        ("application/was", "application/octet-stream", "attachment; filename*=UTF-8''foto%2Ejpg"),
        ("application/pdf", "application/octet-stream", "attachment; filename*=UTF-8''foto%2Ejpg"),
        (
            "Application/PDF; x=1",
            "application/octet-stream",
            "attachment; filename*=UTF-8''foto%2Ejpg",
        ),
    ] {
        let message = app.customer_sends_file(number, mime, b"bytes").await;
        let answer = browser.get(&format!("/midia/{message}")).await;
        assert_eq!(answer.header(header::CONTENT_TYPE), served, "{mime}");
        assert_eq!(answer.header(header::CONTENT_DISPOSITION), disposition, "{mime}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_where_it_should_be_is_awaited_again() {
    let app = App::new().await;
    let (browser, user) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&user).await;
    let message = app.customer_sends_file(number, "image/jpeg", b"foto").await;
    std::fs::remove_dir_all(&app.media_dir).unwrap();
    browser.get(&format!("/midia/{message}")).await.assert_status_not_found();
    let viewer = app.store.viewer(user.id).await.unwrap();
    let state = viewer.media(message).await.unwrap().state;
    assert_eq!(state, MediaState::Awaited { tries: 0, next_at: None });
    for wrong in ["/midia/999", "/midia/x", "/midia/-1", "/midia/..%2finbox.db"] {
        let status = browser.get(wrong).await.status_code();
        assert!(status.is_client_error(), "{wrong}: {status}");
    }
}
