//! Connections that break, servers that restart, and requests that meet.

use std::io;

use axum::body::{Body, Bytes};
use futures::channel::mpsc::{UnboundedSender, unbounded};
use futures::stream;
use model::{MediaState, MessageId};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::Scene;
use crate::samples::opus;

type Sender = UnboundedSender<Result<Bytes, io::Error>>;

/// A body that goes on for as long as the sender lives.
fn endless() -> (Sender, Body) {
    let (sender, chunks) = unbounded();
    (sender, Body::from_stream(chunks))
}

/// Waits until so many bytes are on the disk.
async fn until(scene: &Scene, message: MessageId, offset: u64) {
    while scene.offset(message).await != offset {
        tokio::task::yield_now().await;
    }
}

/// Sends bytes once the request before has let the file go.
async fn send_after(scene: &Scene, message: MessageId, offset: u64, bytes: &[u8]) {
    loop {
        let answer = scene.send(message, offset, bytes).await;
        if answer.status_code() != 423 {
            assert_eq!(answer.status_code(), 204, "{}", answer.text());
            return;
        }
    }
}

async fn assert_stored(scene: &Scene, message: MessageId, content: &[u8]) {
    assert_eq!(scene.message(message).await.media.unwrap().state, MediaState::Stored);
    assert_eq!(scene.stored(message).await.as_bytes().as_ref(), content);
    assert_eq!(scene.on_disk(), [message.to_string()]);
}

/// Sends the rest of a file of which the server has the first half.
async fn assert_goes_on(scene: &Scene, message: MessageId) {
    scene.send(message, 4, b" all!").await.assert_status_success();
    assert_stored(scene, message, b"half all!").await;
}

#[tokio::test]
async fn what_arrived_before_a_break_stays() {
    let scene = Scene::set().await;
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    let parts = [Ok(Bytes::from("ha")), Ok(Bytes::from("lf")), Err(io::Error::other("gone"))];
    let request = scene.request(message, 0, Body::from_stream(stream::iter(parts)));
    assert_eq!(scene.app.send(request).await.status(), 400);
    assert_eq!(scene.offset(message).await, 4);
    // A break before the first byte changes nothing.
    let parts = [Err::<Bytes, _>(io::Error::other("gone"))];
    let request = scene.request(message, 4, Body::from_stream(stream::iter(parts)));
    assert_eq!(scene.app.send(request).await.status(), 400);
    assert_eq!(scene.offset(message).await, 4);
    assert_goes_on(&scene, message).await;
}

#[tokio::test]
async fn a_request_that_vanishes_leaves_its_bytes_and_lets_the_file_go() {
    let scene = Scene::set().await;
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    let (sender, body) = endless();
    let request = scene.request(message, 0, body);
    let vanishing = tokio::spawn(scene.app.router().oneshot(request));
    sender.unbounded_send(Ok(Bytes::from("half"))).unwrap();
    until(&scene, message, 4).await;
    vanishing.abort();
    assert!(vanishing.await.unwrap_err().is_cancelled());
    send_after(&scene, message, 4, b" all!").await;
    assert_stored(&scene, message, b"half all!").await;
}

#[tokio::test]
async fn one_request_at_a_time_writes_a_file() {
    let scene = Scene::set().await;
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    let (sender, body) = endless();
    let first = tokio::spawn(scene.app.router().oneshot(scene.request(message, 0, body)));
    sender.unbounded_send(Ok(Bytes::from("half"))).unwrap();
    until(&scene, message, 4).await;
    let second = scene.send(message, 4, b" all!").await;
    assert_eq!(second.status_code(), 423);
    assert_eq!(second.json::<Value>(), json!({ "error": "busy" }));
    // Another file is not held up.
    let other = scene.begin(&scene.file("document", "text/plain", 2)).await;
    scene.send(other, 0, b"ok").await.assert_status_success();

    sender.unbounded_send(Ok(Bytes::from(" all!"))).unwrap();
    drop(sender);
    assert_eq!(first.await.unwrap().unwrap().status(), 204);
    assert_eq!(scene.stored(message).await.as_bytes().as_ref(), b"half all!");
}

#[tokio::test]
async fn a_file_can_be_cancelled_while_its_bytes_arrive() {
    let scene = Scene::set().await;
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    let (sender, body) = endless();
    let sending = tokio::spawn(scene.app.router().oneshot(scene.request(message, 0, body)));
    sender.unbounded_send(Ok(Bytes::from("half"))).unwrap();
    until(&scene, message, 4).await;
    let cancelled = scene.browser.delete(&format!("/envios/{message}")).await;
    assert_eq!(cancelled.status_code(), 204);
    assert_eq!(sending.await.unwrap().unwrap().status(), 410);
    assert!(scene.on_disk().is_empty());
}

#[tokio::test]
async fn a_request_without_a_byte_for_too_long_lets_the_file_go() {
    let scene = Scene::with_flags(&["--upload-stall", "100ms"]).await;
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    let (sender, body) = endless();
    sender.unbounded_send(Ok(Bytes::from("half"))).unwrap();
    let stalled = scene.app.send(scene.request(message, 0, body)).await;
    assert_eq!(stalled.status(), 408);
    assert_eq!(scene.offset(message).await, 4);
    assert_goes_on(&scene, message).await;
}

#[tokio::test]
async fn a_file_continues_where_its_bytes_end_and_nowhere_else() {
    let scene = Scene::set().await;
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    scene.send(message, 0, b"half").await.assert_status_success();
    for wrong in [0, 3, 5, 9, u64::MAX] {
        let answer = scene.send(message, wrong, b"x").await;
        assert_eq!(answer.status_code(), 409, "{wrong}");
        assert_eq!(answer.header("upload-offset"), "4");
        assert_eq!(answer.json::<Value>(), json!({ "error": "offset" }));
    }
    // An empty request changes nothing.
    let nothing = scene.send(message, 4, b"").await;
    assert_eq!((nothing.status_code().as_u16(), scene.offset(message).await), (204, 4));
    assert_goes_on(&scene, message).await;
}

#[tokio::test]
async fn a_restart_between_two_parts_costs_nothing() {
    let scene = Scene::set().await;
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    scene.send(message, 0, b"half").await.assert_status_success();
    let scene = scene.restarted(0).await;
    assert_eq!(scene.offset(message).await, 4);
    assert_goes_on(&scene, message).await;
}

/// Leaves the bytes of a file as a server that died with the last one, perhaps just before the message was
/// stored.
fn leave(scene: &Scene, message: MessageId, bytes: &[u8], published: Option<&[u8]>) {
    let folder = scene.app.media_dir.join(scene.number.to_string());
    std::fs::write(folder.join(format!("{message}.part")), bytes).unwrap();
    if let Some(published) = published {
        std::fs::write(folder.join(message.to_string()), published).unwrap();
    }
}

#[tokio::test]
async fn a_server_that_died_with_the_last_byte_finishes_the_file_when_it_is_asked() {
    for published in [None, Some(&b"half all!"[..])] {
        let scene = Scene::set().await;
        let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
        leave(&scene, message, b"half all!", published);
        let scene = scene.restarted(0).await;
        assert_eq!(scene.offset(message).await, 9);
        let answer = scene.send(message, 9, b"").await;
        assert_eq!(answer.status_code(), 204, "{}", answer.text());
        assert_stored(&scene, message, b"half all!").await;
    }
}

#[tokio::test]
async fn a_file_waits_for_a_bucket_that_is_out_of_reach() {
    let mut scene = Scene::in_bucket().await;
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    scene.app.s3.as_mut().unwrap().stop().await;
    for (offset, bytes) in [(0, &b"half all!"[..]), (9, &b""[..])] {
        let answer = scene.send(message, offset, bytes).await;
        assert_eq!(answer.status_code(), 503, "{}", answer.text());
        assert_eq!(answer.header("retry-after"), "30");
        assert_eq!(answer.json::<Value>(), json!({ "error": "out_of_reach" }));
        assert_eq!(scene.offset(message).await, 9, "nothing is sent again");
    }

    scene.app.s3.as_mut().unwrap().start_again().await.unwrap();
    scene.send(message, 9, b"").await.assert_status_success();
    assert_eq!(scene.message(message).await.media.unwrap().state, MediaState::Stored);
    assert_eq!(scene.stored(message).await.as_bytes().as_ref(), b"half all!");
    assert_eq!(scene.on_disk(), [""; 0]);
}

#[tokio::test]
async fn a_recording_survives_a_death_after_its_conversion() {
    let recording = opus(100);
    let scene = Scene::set().await;
    let message = scene.begin(&scene.file("voice", "audio/ogg", recording.len())).await;
    leave(&scene, message, &recording, Some(b"a voice note of another length"));
    let scene = scene.restarted(0).await;
    let size = recording.len() as u64;
    assert_eq!(scene.offset(message).await, size, "all of the recording is here");
    scene.send(message, size, b"").await.assert_status_success();
    let media = scene.message(message).await.media.unwrap();
    assert_eq!((media.state, media.seconds), (MediaState::Stored, Some(2)));
    assert!(scene.stored(message).await.as_bytes().starts_with(b"OggS"));
    assert_eq!(scene.on_disk(), [message.to_string()]);
}

#[tokio::test]
async fn a_file_that_was_left_under_the_id_of_a_message_is_never_sent_for_it() {
    let scene = Scene::set().await;
    let first = scene.begin(&scene.file("document", "text/plain", 9)).await;
    // A backup may have files that came after its rows, whose ids are given again once it is restored. So
    // is the id of a forwarded message that was not stored after all, whose copy stays.
    let next = MessageId(first.0 + 1);
    let folder = scene.app.media_dir.join(scene.number.to_string());
    std::fs::write(folder.join(next.to_string()), b"of another").unwrap();
    let message = scene.begin(&scene.file("document", "text/plain", 9)).await;
    assert_eq!(message, next);
    scene.send(message, 0, b"half all!").await.assert_status_success();
    assert_eq!(scene.stored(message).await.as_bytes().as_ref(), b"half all!");
}
