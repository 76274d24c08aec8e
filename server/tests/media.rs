//! The files of messages, as browsers get them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::http::{StatusCode, header};
use model::{MediaState, Role};
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
async fn what_browsers_know_under_another_name_is_played_and_what_they_do_not_know_is_downloaded() {
    let app = App::new().await;
    let (browser, user) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&user).await;
    for (mime, served, disposition) in [
        ("audio/opus", "audio/ogg", "inline; filename*=UTF-8''foto%2Ejpg"),
        ("image/heic", "application/octet-stream", "attachment; filename*=UTF-8''foto%2Ejpg"),
        ("application/was", "application/octet-stream", "attachment; filename*=UTF-8''foto%2Ejpg"),
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
