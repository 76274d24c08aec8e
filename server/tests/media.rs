//! The files of messages, as browsers receive them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::http::{Method, StatusCode, header};
use model::{MediaState, Role};
use store::{Inbound, InboundMedia, MediaSource};
use support::App;

/// The files of one are in the folder, and those of the other in a bucket.
async fn both() -> [App; 2] {
    [App::new().await, App::in_bucket().await]
}

#[tokio::test]
async fn a_player_gets_the_part_it_asks_for_and_a_browser_keeps_what_has_not_changed() {
    for app in both().await {
        let (browser, user) = app.logged_in("ana", Role::Atendente).await;
        let number = app.own_connection(&user).await;
        let message = app.customer_sends_file(number, "video/mp4", b"0123456789").await;
        let path = format!("/midia/{message}");

        let whole = browser.get(&path).await;
        whole.assert_status_ok();
        assert_eq!(whole.as_bytes().as_ref(), b"0123456789");
        assert_eq!(whole.header(header::CONTENT_TYPE), "video/mp4");
        assert_eq!(whole.header(header::CONTENT_LENGTH), "10");
        assert_eq!(whole.header(header::ACCEPT_RANGES), "bytes");
        assert_eq!(whole.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(whole.header(header::CACHE_CONTROL), "private, no-cache");
        let head = browser.method(Method::HEAD, &path).await;
        head.assert_status_ok();
        assert_eq!(head.header(header::CONTENT_LENGTH), "10");
        assert_eq!(head.header(header::CONTENT_TYPE), "video/mp4");
        assert!(head.as_bytes().is_empty());

        for (range, content, of) in [
            ("bytes=0-0", "0", "bytes 0-0/10"),
            ("bytes=2-4", "234", "bytes 2-4/10"),
            ("bytes=7-", "789", "bytes 7-9/10"),
            ("bytes=-2", "89", "bytes 8-9/10"),
        ] {
            let part = browser.get(&path).add_header(header::RANGE, range).await;
            part.assert_status(StatusCode::PARTIAL_CONTENT);
            assert_eq!(part.text(), content);
            assert_eq!(part.header(header::CONTENT_RANGE), of);
            assert_eq!(part.header(header::CONTENT_LENGTH), content.len().to_string().as_str());
        }
        let beyond = browser.get(&path).add_header(header::RANGE, "bytes=10-").await;
        beyond.assert_status(StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(beyond.header(header::CONTENT_RANGE), "bytes */10");

        for (asks, with) in [
            (header::IF_MODIFIED_SINCE, header::LAST_MODIFIED),
            (header::IF_NONE_MATCH, header::ETAG),
        ] {
            let again = browser.get(&path).add_header(asks, whole.header(with)).await;
            again.assert_status(StatusCode::NOT_MODIFIED);
            assert!(again.as_bytes().is_empty());
        }
        let preview = browser.get(&format!("{path}/previa")).await;
        assert_eq!(preview.as_bytes().as_ref(), b"preview");
    }
}

#[tokio::test]
async fn a_file_whose_bucket_is_out_of_reach_is_not_there_now_and_not_lost() {
    let mut app = App::in_bucket().await;
    let (browser, user) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&user).await;
    let message = app.customer_sends_file(number, "image/jpeg", b"foto").await;
    let path = format!("/midia/{message}");
    app.s3.as_mut().unwrap().stop().await;

    let answer = browser.get(&path).await;
    answer.assert_status(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header(header::RETRY_AFTER), "30");
    assert!(answer.text().contains("não pode ser lido agora"), "{}", answer.text());
    let policy = answer.header(header::CONTENT_SECURITY_POLICY);
    assert!(policy.to_str().unwrap().starts_with("sandbox; default-src 'none'"), "{policy:?}");
    let viewer = app.store.viewer(user.id).await.unwrap();
    assert_eq!(viewer.media(message).await.unwrap().state, MediaState::Stored);

    app.s3.as_mut().unwrap().start_again().await.unwrap();
    assert_eq!(browser.get(&path).await.as_bytes().as_ref(), b"foto");
}

#[tokio::test]
async fn a_forwarded_file_is_served_before_it_is_copied() {
    for app in both().await {
        let (browser, user) = app.logged_in("ana", Role::Atendente).await;
        let number = app.own_connection(&user).await;
        let source = app.customer_sends_file(number, "image/jpeg", b"foto").await;
        let viewer = app.store.viewer(user.id).await.unwrap();
        let chat = app.chat_of(&user).await;
        let grant = app.grant(&user, chat).await;
        let copy = app.store.forward(&viewer, &grant, chat, app.new_id(), source).await.unwrap().id;
        let path = format!("/midia/{copy}");
        assert_eq!(browser.get(&path).await.as_bytes().as_ref(), b"foto");

        match &app.s3 {
            Some(s3) => std::fs::remove_file(s3.object(&format!("{number}/{source}"))).unwrap(),
            None => std::fs::remove_dir_all(&app.media_dir).unwrap(),
        }
        browser.get(&path).await.assert_status_not_found();
        let state = viewer.media(copy).await.unwrap().state;
        assert_eq!(state, MediaState::Stored, "it is lost once it cannot be copied");
    }
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
    for app in both().await {
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
}

#[tokio::test]
async fn whatever_a_file_is_it_is_opened_in_a_sandbox_and_on_no_other_site() {
    for app in both().await {
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
            assert!(
                policy.to_str().unwrap().starts_with("sandbox; default-src 'none'"),
                "{policy:?}"
            );
            assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{status}");
            assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{status}");
        }
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
    for app in both().await {
        is_awaited_again(app).await;
    }
}

async fn is_awaited_again(app: App) {
    let (browser, user) = app.logged_in("ana", Role::Atendente).await;
    let number = app.own_connection(&user).await;
    let message = app.customer_sends_file(number, "image/jpeg", b"foto").await;
    match &app.s3 {
        Some(s3) => std::fs::remove_file(s3.object(&format!("{number}/{message}"))).unwrap(),
        None => std::fs::remove_dir_all(&app.media_dir).unwrap(),
    }
    browser.get(&format!("/midia/{message}")).await.assert_status_not_found();
    let viewer = app.store.viewer(user.id).await.unwrap();
    let state = viewer.media(message).await.unwrap().state;
    assert_eq!(state, MediaState::Awaited { tries: 0, next_at: None });
    for wrong in ["/midia/999", "/midia/x", "/midia/-1", "/midia/..%2finbox.db"] {
        let status = browser.get(wrong).await.status_code();
        assert!(status.is_client_error(), "{wrong}: {status}");
    }
}
