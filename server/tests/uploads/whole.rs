//! The whole way of a file.

use axum::http::header;
use model::{Delivery, LiveEvent, MediaState, MessageKind};
use serde_json::{Value, json};

use crate::Scene;
use crate::samples::{opus, png};

#[tokio::test]
async fn a_picture_is_a_message_at_once_and_is_queued_once_it_is_complete() {
    let scene = Scene::set().await;
    let viewer = scene.app.store.viewer(scene.ana.id).await.unwrap();
    let mut live = scene.app.live(&scene.cookie, viewer.last_seq().await.unwrap()).await;
    let picture = png(40, 30, 30);
    let mut description = scene.file("image", "image/png", picture.len());
    description["caption"] = json!(" Fica bem aí? ");
    description["name"] = json!("sofá.png");
    let message = scene.begin(&description).await;

    let event = loop {
        if let LiveEvent::Message { message, .. } = live.next().await {
            break message;
        }
    };
    assert_eq!((event.id, event.text.as_str()), (message, "Fica bem aí?"));
    assert_eq!(event.media.unwrap().state, MediaState::Uploading);
    assert_eq!(event.delivery, Some(Delivery::Queued));
    assert_eq!(scene.stored(message).await.status_code(), 404);

    let (first, rest) = picture.split_at(10);
    let answer = scene.send(message, 0, first).await;
    assert_eq!((answer.status_code().as_u16(), answer.text()), (204, String::new()));
    assert_eq!(answer.header("upload-offset"), "10");
    let progress = scene.progress(message).await;
    assert_eq!(progress.header("upload-length"), picture.len().to_string().as_str());
    assert_eq!(scene.offset(message).await, 10);
    assert_eq!(scene.stored(message).await.status_code(), 404);
    assert!(scene.app.store.outbox(scene.number).next_uploads(9).await.unwrap().is_empty());
    scene.send(message, 10, rest).await.assert_status_success();

    let row = scene.message(message).await;
    let media = row.media.unwrap();
    assert_eq!((row.kind, media.state), (MessageKind::Image, MediaState::Stored));
    assert_eq!((media.shape, media.size), (Some((40, 30)), picture.len() as u64));
    let whole = scene.stored(message).await;
    assert_eq!(whole.as_bytes().as_ref(), picture);
    assert_eq!(whole.header(header::CONTENT_TYPE), "image/png");
    // The browser made no preview, so the server did.
    let preview = scene.browser.get(&format!("/midia/{message}/previa")).await;
    assert!(preview.as_bytes().starts_with(&[0xff, 0xd8]), "it is a JPEG");
    let queued = scene.app.store.outbox(scene.number).next_uploads(9).await.unwrap();
    assert_eq!(queued.iter().map(|one| one.message).collect::<Vec<_>>(), [message]);
    assert_eq!(scene.on_disk(), [message.to_string()]);

    // Nothing more is taken.
    assert_eq!(scene.progress(message).await.status_code(), 410);
    assert_eq!(scene.send(message, 0, b"x").await.status_code(), 410);
    let cancelled = scene.browser.delete(&format!("/envios/{message}")).await;
    assert_eq!(cancelled.status_code(), 410);
    assert_eq!(scene.stored(message).await.as_bytes().as_ref(), picture);
}

#[tokio::test]
async fn a_repeated_request_is_the_same_message() {
    let scene = Scene::set().await;
    let picture = png(4, 3, 3);
    let mut description = scene.file("image", "image/png", picture.len());
    description["wa_id"] = json!("3EB0C431C26A1916E07A00");
    let message = scene.begin(&description).await;
    let repeated = async || {
        let answer = scene.browser.post("/envios").json(&description).await;
        assert_eq!(answer.status_code(), 200, "{}", answer.text());
        answer.json::<Value>()
    };
    assert_eq!(repeated().await, json!({ "message": message, "received": 0 }));
    scene.send(message, 0, &picture[..5]).await.assert_status_success();
    assert_eq!(repeated().await, json!({ "message": message, "received": 5 }));
    scene.send(message, 5, &picture[5..]).await.assert_status_success();
    assert_eq!(repeated().await, json!({ "message": message, "received": picture.len() }));
    assert_eq!(scene.on_disk(), [message.to_string()], "no other file has begun");

    description["wa_id"] = json!("3EB0C431C26A1916E07A01");
    let other = scene.begin(&description).await;
    let cancelled = scene.browser.delete(&format!("/envios/{other}")).await;
    assert_eq!(cancelled.status_code(), 204);
    let late = scene.browser.post("/envios").json(&description).await;
    assert_eq!(late.status_code(), 410, "what was given up does not begin again");
}

#[tokio::test]
async fn a_recording_becomes_a_voice_note_and_what_is_none_fails() {
    let scene = Scene::set().await;
    let recording = opus(100);
    let mut description = scene.file("voice", "audio/ogg;codecs=opus", recording.len());
    description["waveform"] = json!("00326400");
    description["seconds"] = json!(9);
    let message = scene.send_all(&description, &recording).await;
    let row = scene.message(message).await;
    let media = row.media.unwrap();
    assert_eq!((row.kind, media.state), (MessageKind::Audio, MediaState::Stored));
    assert_eq!((media.voice.as_deref(), media.seconds), (Some("00326400"), Some(2)));
    let stored = scene.stored(message).await;
    assert_eq!(stored.as_bytes().len() as u64, media.size);
    assert!(stored.as_bytes().starts_with(b"OggS"));

    let song = scene.file("voice", "audio/mp4", 9);
    let message = scene.begin(&song).await;
    let refused = scene.send(message, 0, b"not Opus!").await;
    assert_eq!(refused.status_code(), 422);
    assert_eq!(refused.json::<Value>(), json!({ "error": "not_voice" }));
    let failed = Delivery::Failed { reason: model::FailReason::Upload };
    assert_eq!(scene.message(message).await.delivery, Some(failed));
    assert_eq!(scene.progress(message).await.status_code(), 404);
    assert_eq!(scene.on_disk().len(), 1, "its bytes are gone");
}

#[tokio::test]
async fn a_file_that_is_cancelled_is_a_failed_message_and_no_file() {
    let scene = Scene::set().await;
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    scene.send(message, 0, b"half").await.assert_status_success();
    let cancelled = scene.browser.delete(&format!("/envios/{message}")).await;
    assert_eq!(cancelled.status_code(), 204);
    let row = scene.message(message).await;
    let failed = Delivery::Failed { reason: model::FailReason::Cancelled };
    assert_eq!((row.delivery, row.media.unwrap().state), (Some(failed), MediaState::Uploading));
    assert!(scene.on_disk().is_empty());
    assert_eq!(scene.send(message, 4, b"of it").await.status_code(), 404);
    assert_eq!(scene.stored(message).await.status_code(), 404);
}
