//! Files that are not what they say.

use axum::http::header;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use model::{Delivery, FailReason, MediaState, MediaView, MessageKind};
use serde_json::{Value, json};

use crate::Scene;
use crate::samples::png;

#[tokio::test]
async fn what_could_run_or_is_no_picture_goes_as_a_document() {
    let scene = Scene::set().await;
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let html = b"<!DOCTYPE html><script>alert(1)</script>";
    for (kind, mime, content) in [
        ("image", "image/svg+xml", &svg[..]),
        ("image", "image/png", &svg[..]),
        ("document", "image/svg+xml", &svg[..]),
        ("video", "video/mp4", &html[..]),
        ("audio", "audio/mpeg", &html[..]),
        ("document", "text/html", &html[..]),
        ("image", "image/jpeg", &png(4, 3, 3)[..40]),
    ] {
        let message = scene.send_all(&scene.file(kind, mime, content.len()), content).await;
        let row = scene.message(message).await;
        assert_eq!(row.kind, MessageKind::Document, "{kind} {mime}");
        assert_eq!(row.media.unwrap().state, MediaState::Stored, "{kind} {mime}");
        let stored = scene.stored(message).await;
        assert_eq!(stored.as_bytes().as_ref(), content, "{kind} {mime}");
        assert_eq!(stored.header(header::CONTENT_TYPE), "application/octet-stream");
        let disposition = stored.header(header::CONTENT_DISPOSITION);
        assert!(disposition.to_str().unwrap().starts_with("attachment"), "{disposition:?}");
    }
}

/// A PDF of three pages, as far as its tree of pages says.
const PDF: &str = "%PDF-1.4
1 0 obj
<</Type/Catalog/Pages 2 0 R>>
endobj
2 0 obj
<</Type/Pages/Kids[]/Count 3>>
endobj
xref
0 3
0000000000 65535 f\x20
0000000009 00000 n\x20
0000000054 00000 n\x20
trailer
<</Size 3/Root 1 0 R>>
startxref
100
%%EOF
";

#[tokio::test]
async fn the_pages_of_a_pdf_are_counted_and_shown() {
    let scene = Scene::set().await;
    assert_eq!((PDF.find("2 0 obj"), PDF.find("xref")), (Some(54), Some(100)));
    let broken = PDF.replace("/Count 3", "/Count -");
    for (content, pages) in [(PDF, "3"), (&broken, "")] {
        let description = scene.file("document", "application/pdf", content.len());
        let message = scene.send_all(&description, content.as_bytes()).await;
        let media = scene.message(message).await.media.unwrap();
        assert_eq!(media.pages, pages);
    }
}

/// WebP of one pixel, which most browsers are tested with: still, and moving.
const STILL: &str = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==";
const MOVING: &str = "UklGRlIAAABXRUJQVlA4WAoAAAASAAAAAAAAAAAAQU5JTQYAAAD/////AABBTk1GJgAAAAAAAAAAAAAAAAAAAGQAAABWUDhMDQAAAC8AAAAQBxAREYiI/gcA";

#[tokio::test]
async fn a_small_webp_is_a_sticker_and_anything_else_that_says_so_a_document() {
    let scene = Scene::set().await;
    let png = png(40, 30, 30);
    for (content, kind) in [
        (BASE64_STANDARD.decode(STILL).unwrap(), MessageKind::Sticker),
        (BASE64_STANDARD.decode(MOVING).unwrap(), MessageKind::Sticker),
        (png, MessageKind::Document),
        (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), MessageKind::Document),
    ] {
        let description = scene.file("sticker", "image/webp", content.len());
        let message = scene.send_all(&description, &content).await;
        let row = scene.message(message).await;
        assert_eq!(row.kind, kind);
        let media = row.media.unwrap();
        let is_sticker = kind == MessageKind::Sticker;
        assert_eq!(media.shape, is_sticker.then_some((1, 1)));
        assert_eq!(media.view == MediaView::Picture, is_sticker);
        assert_eq!(scene.stored(message).await.as_bytes().as_ref(), content);
    }
}

#[tokio::test]
async fn a_file_to_be_viewed_once_is_served_to_nobody_and_fails_if_it_is_no_photo() {
    let scene = Scene::set().await;
    let once = |kind: &str, size| {
        let mut description = scene.file(kind, "image/png", size);
        description["view_once"] = json!(true);
        description
    };
    let picture = png(40, 30, 30);
    let message = scene.send_all(&once("image", picture.len()), &picture).await;
    let media = scene.message(message).await.media.unwrap();
    assert_eq!((media.state, media.preview, media.name), (MediaState::ViewOnce, false, None));
    let preview = scene.browser.get(&format!("/midia/{message}/previa")).await;
    for answer in [scene.stored(message).await, preview] {
        assert_eq!(answer.status_code(), 404);
    }
    assert_eq!(scene.on_disk(), [message.to_string()], "it waits to be sent");

    let html = b"<!DOCTYPE html><script>alert(1)</script>";
    let lie = scene.begin(&once("image", html.len())).await;
    let refused = scene.send(lie, 0, html).await;
    assert_eq!(refused.status_code(), 422);
    assert_eq!(refused.json::<Value>(), json!({ "error": "not_viewed_once" }));
    let failed = Delivery::Failed { reason: FailReason::Upload };
    assert_eq!(scene.message(lie).await.delivery, Some(failed));
    assert_eq!(scene.on_disk(), [message.to_string()]);

    let document = scene.browser.post("/envios").json(&once("document", 9)).await;
    assert_eq!(document.status_code(), 400);
}

#[tokio::test]
async fn the_shape_is_the_pictures_whatever_its_browser_says() {
    let scene = Scene::set().await;
    let picture = png(40, 30, 30);
    let mut description = scene.file("image", "image/jpeg", picture.len());
    description["width"] = json!(9_999);
    description["height"] = json!(1);
    description["seconds"] = json!(7);
    let message = scene.send_all(&description, &picture).await;
    let media = scene.message(message).await.media.unwrap();
    assert_eq!((media.shape, media.seconds), (Some((40, 30)), None));
    assert_eq!(scene.stored(message).await.header(header::CONTENT_TYPE), "image/png");
}

#[tokio::test]
async fn a_bomb_is_a_document_without_a_preview() {
    let scene = Scene::set().await;
    let bomb = png(60_000, 60_000, 500);
    let message = scene.send_all(&scene.file("image", "image/png", bomb.len()), &bomb).await;
    let row = scene.message(message).await;
    let media = row.media.unwrap();
    assert_eq!((row.kind, media.state), (MessageKind::Document, MediaState::Stored));
    assert!(!media.preview);
}

#[tokio::test]
async fn a_preview_that_is_no_picture_is_replaced() {
    let scene = Scene::set().await;
    let picture = png(40, 30, 30);
    let mut description = scene.file("image", "image/png", picture.len());
    // "<script>alert(1)</script>".
    description["preview"] = json!("PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==");
    let message = scene.begin(&description).await;
    let preview = format!("/midia/{message}/previa");
    assert_eq!(scene.browser.get(&preview).await.status_code(), 404);
    scene.send(message, 0, &picture).await.assert_status_success();
    assert!(scene.browser.get(&preview).await.as_bytes().starts_with(&[0xff, 0xd8]));
}

#[tokio::test]
async fn a_name_is_harmless_wherever_it_is_read() {
    let scene = Scene::set().await;
    for name in ["../../inbox.db", "a\r\nset-cookie: x=1.txt", "\u{202e}gpj.exe", "<img src=x>.txt"]
    {
        let mut description = scene.file("document", "text/plain", 2);
        description["name"] = json!(name);
        let message = scene.send_all(&description, b"oi").await;
        let stored = scene.stored(message).await;
        let disposition = stored.header(header::CONTENT_DISPOSITION);
        let disposition = disposition.to_str().unwrap();
        let (_, named) = disposition.split_once("filename*=UTF-8''").unwrap();
        assert!(named.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'%'), "{named}");
        assert!(!named.contains("%2F") && !named.contains("%E2%80%AE"), "{named}");
    }
    let folder = std::fs::read_dir(scene.app.media_dir.parent().unwrap()).unwrap();
    for entry in folder {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_ours = ["media", "sessions"].contains(&&*name) || name.starts_with("inbox.db");
        assert!(is_ours, "{name:?}");
    }
}
