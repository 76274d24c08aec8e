//! What is refused, with which status and word.

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use futures::stream;
use model::MessageId;
use model::content::FileKind;
use model::file_limits::{self, CHUNK};
use serde_json::{Value, json};

use crate::{PART, Scene};

async fn refused(scene: &Scene, description: &Value) -> (StatusCode, Value) {
    let answer = scene.browser.post("/envios").json(description).await;
    (answer.status_code(), answer.json())
}

#[tokio::test]
async fn an_impossible_file_is_refused_before_its_first_byte() {
    let scene = Scene::set().await;
    for (name, kind) in [
        ("image", FileKind::Image),
        ("video", FileKind::Video),
        ("audio", FileKind::Audio),
        ("voice", FileKind::Audio),
        ("document", FileKind::Document),
        ("sticker", FileKind::Sticker),
    ] {
        let most = usize::try_from(file_limits::largest(kind)).unwrap();
        let (status, error) = refused(&scene, &scene.file(name, "", most + 1)).await;
        assert_eq!((status.as_u16(), error), (413, json!({ "error": "too_large", "limit": most })));
        let (status, error) = refused(&scene, &scene.file(name, "", 0)).await;
        assert_eq!((status.as_u16(), error), (422, json!({ "error": "empty" })));
    }
    let with = |field: &str, value: Value| {
        let mut file = scene.file("image", "image/png", 9);
        file[field] = value;
        file
    };
    for odd in [
        json!({}),
        json!([]),
        with("kind", json!("figurinha")),
        with("size", json!(-1)),
        with("size", json!("9")),
        with("wa_id", json!("no id")),
        with("caption", json!("é".repeat(1_025))),
        with("preview", json!("não")),
        with("waveform", json!("xy")),
    ] {
        let (status, error) = refused(&scene, &odd).await;
        assert_eq!((status.as_u16(), error), (400, json!({ "error": "invalid" })), "{odd}");
    }
    let (status, error) = refused(&scene, &with("chat", json!(999_999))).await;
    assert_eq!((status.as_u16(), error), (404, json!({ "error": "not_found" })));
    let (status, error) = refused(&scene, &with("name", json!("a".repeat(200_000)))).await;
    assert_eq!((status.as_u16(), &error["error"]), (413, &json!("too_large")));
    assert!(scene.on_disk().is_empty());
}

#[tokio::test]
async fn a_part_says_what_it_is_and_where_it_belongs() {
    let scene = Scene::set().await;
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    let address = format!("/envios/{message}");
    let send = async |kind: &str, offset: Option<&str>| {
        let part = scene.browser.patch(&address).bytes("half".into()).content_type(kind);
        match offset {
            Some(offset) => part.add_header("upload-offset", offset).await.status_code().as_u16(),
            None => part.await.status_code().as_u16(),
        }
    };
    assert_eq!(send("application/octet-stream", Some("0")).await, 415);
    assert_eq!(send(PART, None).await, 400);
    for odd in ["", "-1", "1.5", "x", "99999999999999999999"] {
        assert_eq!(send(PART, Some(odd)).await, 400, "{odd:?}");
    }
    assert_eq!(scene.browser.get(&address).await.status_code(), 405);
    assert_eq!(scene.browser.patch("/envios/x").await.status_code(), 400);
    assert_eq!(scene.send(MessageId(999_999), 0, b"half").await.status_code(), 404);
    assert_eq!(scene.offset(message).await, 0);
}

#[tokio::test]
async fn one_request_brings_no_more_than_a_part_and_no_more_than_is_missing() {
    let scene = Scene::set().await;
    let chunk = usize::try_from(CHUNK).unwrap();
    let size = chunk * 2 + 5;
    let message = scene.begin(&scene.file("document", "application/zip", size)).await;
    let too_long = scene.send(message, 0, &vec![1; chunk + 1]).await;
    assert_eq!(too_long.status_code(), 413);
    assert_eq!(too_long.json::<Value>(), json!({ "error": "too_large", "limit": CHUNK }));
    assert_eq!(scene.offset(message).await, 0);
    // A length that is not stated is counted.
    let piece = move |_| Ok::<_, std::io::Error>(Bytes::from(vec![1; chunk / 4]));
    let pieces = (0..5).map(piece);
    let request = scene.request(message, 0, Body::from_stream(stream::iter(pieces)));
    assert_eq!(scene.app.send(request).await.status(), 413);
    assert_eq!(scene.offset(message).await, CHUNK, "what fits was taken");

    scene.send(message, CHUNK, &vec![2; chunk]).await.assert_status_success();
    let too_much = scene.send(message, 2 * CHUNK, &[3; 6]).await;
    assert_eq!(too_much.status_code(), 413);
    let pieces = [4, 4].map(|length| Ok::<_, std::io::Error>(Bytes::from(vec![3; length])));
    let request = scene.request(message, 2 * CHUNK, Body::from_stream(stream::iter(pieces)));
    assert_eq!(scene.app.send(request).await.status(), 413);
    assert_eq!(scene.offset(message).await, 2 * CHUNK + 4);
    scene.send(message, 2 * CHUNK + 4, &[3]).await.assert_status_success();
    let stored = scene.stored(message).await;
    let expected = [vec![1; chunk], vec![2; chunk], vec![3; 5]].concat();
    assert!(stored.as_bytes().as_ref() == expected, "it is what was sent");
}

#[tokio::test]
async fn one_user_sends_so_many_files_at_a_time() {
    let scene = Scene::set().await;
    let first = scene.begin(&scene.file("document", "text/plain", 9)).await;
    for _ in 1..file_limits::OPEN {
        scene.app.user_begins_a_file(&scene.ana, scene.chat).await;
    }
    let many = (StatusCode::TOO_MANY_REQUESTS, json!({ "error": "too_many" }));
    assert_eq!(refused(&scene, &scene.file("document", "text/plain", 9)).await, many);
    scene.send(first, 0, b"half all!").await.assert_status_success();
    scene.begin(&scene.file("document", "text/plain", 9)).await;
    assert_eq!(refused(&scene, &scene.file("document", "text/plain", 9)).await, many);
}

#[tokio::test]
async fn other_requests_are_as_short_as_ever() {
    let scene = Scene::set().await;
    let long = Request::post("/api/send_text")
        .header("cookie", &scene.cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("content-length", 2 * 1024 * 1024)
        .body(Body::from(vec![b'a'; 2 * 1024 * 1024]))
        .unwrap();
    assert_eq!(scene.app.send(long).await.status(), 413);
}

#[tokio::test]
async fn a_full_disk_is_named_before_and_in_the_middle_and_costs_no_byte() {
    let scene = Scene::set().await;
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    scene.send(message, 0, b"half").await.assert_status_success();
    let scene = scene.restarted(u64::MAX / 4).await;
    let full = (StatusCode::INSUFFICIENT_STORAGE, json!({ "error": "no_room" }));
    assert_eq!(refused(&scene, &scene.file("document", "text/plain", 9)).await, full);
    let answer = scene.send(message, 4, b" all!").await;
    assert_eq!((answer.status_code(), answer.json::<Value>()), full);
    assert_eq!(scene.offset(message).await, 4);

    let scene = scene.restarted(0).await;
    scene.send(message, 4, b" all!").await.assert_status_success();
    assert_eq!(scene.stored(message).await.as_bytes().as_ref(), b"half all!");
}

#[tokio::test]
async fn pages_show_chosen_files_record_and_locate_and_no_other_site_does() {
    let scene = Scene::set().await;
    let page = scene.browser.get("/atendente/inbox-pirata").await;
    let policy = page.header("content-security-policy");
    let policy = policy.to_str().unwrap();
    assert!(policy.contains("img-src 'self' blob: data:; media-src 'self' blob:;"), "{policy}");
    let permissions = page.header("permissions-policy");
    let permissions = permissions.to_str().unwrap();
    let expected = "camera=(self), microphone=(self), geolocation=(self), ";
    assert!(permissions.starts_with(expected), "{permissions}");
}
