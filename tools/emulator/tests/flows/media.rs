//! Files in both directions: encrypted by one end, decrypted by the other, through the media
//! servers.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use emulator::{
    FaultKind, FaultRequest, MediaKind, MediaProblem, MessageKind, NewMedia, PhoneMessage,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use whatsapp_rust::UploadOptions;
use whatsapp_rust::download::{Downloadable, MediaType};
use whatsapp_rust::media::{DocumentOptions, ImageOptions, document_message, image_message};
use whatsapp_rust::prelude::*;
use whatsapp_rust::wacore::upload::encrypt_media_with_key;

use crate::client::{TIMEOUT, TestClient, emulator};
use crate::control_api::call;

/// The file of a message.
pub(crate) fn file(message: &wa::Message) -> &dyn Downloadable {
    let message = message.get_base_message();
    if let Some(image) = message.image_message.as_option() {
        return image;
    }
    if let Some(video) = message.video_message.as_option() {
        return video;
    }
    if let Some(audio) = message.audio_message.as_option() {
        return audio;
    }
    if let Some(document) = message.document_message.as_option() {
        return document;
    }
    message.sticker_message.as_option().expect("a message with a file")
}

/// An image of the given length to send.
pub(crate) fn photo(length: usize) -> NewMedia {
    NewMedia::new(MediaKind::Image, "image/jpeg", bytes(length))
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn jid(text: &str) -> Jid {
    text.parse().unwrap()
}

fn has_media(chat: &[PhoneMessage]) -> bool {
    chat.first().is_some_and(|message| message.media.is_some())
}

#[tokio::test]
async fn every_kind_of_file_reaches_a_client_as_it_is() {
    const KINDS: [MediaKind; 6] = [
        MediaKind::Image,
        MediaKind::Video,
        MediaKind::Audio,
        MediaKind::Voice,
        MediaKind::Document,
        MediaKind::Sticker,
    ];
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    for kind in KINDS {
        let bytes = format!("um arquivo: {kind:?}").into_bytes();
        let media = NewMedia {
            caption: Some("olha só".to_owned()),
            file_name: Some("nota.pdf".to_owned()),
            seconds: Some(7),
            width: Some(400),
            height: Some(300),
            thumbnail: Some(vec![1, 2, 3]),
            ..NewMedia::new(kind, "application/x-test", bytes.clone())
        };
        let id = emulator.send_media(&customer.number, &me.phone, media).await.unwrap();
        let received = client.message().await;
        assert_eq!(received.info.id, id);
        let downloaded = client.client.download(file(&received.message)).await;
        assert_eq!(downloaded.unwrap(), bytes, "{kind:?}");

        let caption = received.message.get_caption();
        let has_caption = matches!(kind, MediaKind::Image | MediaKind::Video | MediaKind::Document);
        assert_eq!(caption, has_caption.then_some("olha só"), "{kind:?}");
        let voice = received.message.audio_message.as_option().and_then(|audio| audio.ptt);
        assert_eq!(voice == Some(true), kind == MediaKind::Voice);
    }
    let sent = emulator.messages(&customer.number, &me.phone).await.unwrap();
    let document = sent[4].media.clone().unwrap();
    assert_eq!(document.file_name.as_deref(), Some("nota.pdf"));
    assert_eq!(sent[1].media.as_ref().unwrap().seconds, Some(7));
    for (nth, kind) in KINDS.into_iter().enumerate() {
        let media = sent[nth].media.as_ref().unwrap();
        let is_flat = matches!(kind, MediaKind::Image | MediaKind::Video | MediaKind::Sticker);
        assert_eq!(media.width.zip(media.height), is_flat.then_some((400, 300)), "{kind:?}");
        let has_one = matches!(kind, MediaKind::Image | MediaKind::Video | MediaKind::Document);
        assert_eq!(media.thumbnail, has_one.then_some(3), "{kind:?}");
    }
    assert_eq!(emulator.stats().uploads, 0, "phones do not use HTTP");
    assert_eq!(emulator.stats().unknown_iqs, Vec::<String>::new());
}

#[tokio::test]
async fn an_empty_and_a_large_file_arrive_too() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    for length in [0, 3_000_000] {
        emulator.send_media(&customer.number, &me.phone, photo(length)).await.unwrap();
        let received = client.message().await;
        let downloaded = client.client.download(file(&received.message)).await.unwrap();
        assert_eq!(sha256(&downloaded), sha256(&bytes(length)));
    }
}

#[tokio::test]
async fn what_the_phone_sends_is_echoed_to_its_client_and_may_answer_a_message() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let question = emulator.send_text(&customer.number, &me.phone, "tem foto?").await.unwrap();
    client.message().await;
    emulator.until(&me.phone, &customer.number, TIMEOUT, |chat| chat.len() == 1).await.unwrap();
    emulator
        .send_media_reply(&me.phone, &customer.number, photo(100), Some(&question))
        .await
        .unwrap();

    let echo = client.message().await;
    assert!(echo.info.source.is_from_me);
    assert_eq!(client.client.download(file(&echo.message)).await.unwrap(), bytes(100));
    let chat =
        emulator.until(&customer.number, &me.phone, TIMEOUT, |chat| chat.len() == 2).await.unwrap();
    assert_eq!(chat[1].quoted.as_ref(), Some(&question));
}

#[tokio::test]
async fn a_file_waits_for_a_client_that_is_away() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let stopped = client.stop().await;
    emulator.until_phone(&me.phone, TIMEOUT, |phone| !phone.devices[0].online).await.unwrap();
    emulator.send_media(&customer.number, &me.phone, photo(1_000)).await.unwrap();

    let client = stopped.start(&emulator).await;
    let received = client.message().await;
    assert_eq!(client.client.download(file(&received.message)).await.unwrap(), bytes(1_000));
}

#[tokio::test]
async fn what_a_client_sends_is_opened_by_both_phones() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let upload = client
        .client
        .upload(bytes(50_000), MediaType::Document, UploadOptions::new())
        .await
        .unwrap();
    let options = DocumentOptions {
        mimetype: Some("application/pdf".to_owned()),
        file_name: Some("boleto.pdf".to_owned()),
        caption: Some("segue".to_owned()),
        ..DocumentOptions::default()
    };
    let message = document_message(upload, options);
    client.client.send_message(jid(&customer.jid), message).await.unwrap();

    for (phone, with) in [(&customer.number, &me.phone), (&me.phone, &customer.number)] {
        let chat = emulator.until(phone, with, TIMEOUT, has_media).await.unwrap();
        assert_eq!((chat[0].kind, chat[0].text.as_deref()), (MessageKind::Document, Some("segue")));
        let media = chat[0].media.clone().unwrap();
        assert_eq!(media.problem, None);
        assert_eq!((media.mime.as_str(), media.size), ("application/pdf", 50_000));
        assert_eq!(media.sha256, sha256(&bytes(50_000)));
        assert_eq!(media.file_name.as_deref(), Some("boleto.pdf"));
    }
}

#[tokio::test]
async fn a_phone_says_what_is_wrong_with_a_file() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let upload = || client.client.upload(bytes(100), MediaType::Image, UploadOptions::new());
    let mut wrong_key = upload().await.unwrap();
    wrong_key.media_key = [0; 32];
    let expired = upload().await.unwrap();
    let gone = FaultRequest::new(FaultKind::MediaExpired);
    for (upload, fault, problem) in
        [(wrong_key, None, MediaProblem::Damaged), (expired, Some(gone), MediaProblem::Missing)]
    {
        let customer = emulator.new_phone(None, None).await.unwrap();
        if let Some(fault) = fault {
            emulator.fault(fault).await.unwrap();
        }
        let message = image_message(upload, ImageOptions::default());
        client.client.send_message(jid(&customer.jid), message).await.unwrap();
        let chat = emulator.until(&customer.number, &me.phone, TIMEOUT, has_media).await.unwrap();
        assert_eq!(chat[0].media.as_ref().unwrap().problem, Some(problem));
    }
}

#[tokio::test]
async fn an_upload_goes_on_where_it_broke_off() {
    const KEY: [u8; 32] = [7; 32];
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    // Clients ask for the progress of an upload from 5 MiB on.
    let file = bytes(6 * 1024 * 1024);
    let sealed = encrypt_media_with_key(&file, MediaType::Document, Some(&KEY)).unwrap();
    let token = BASE64_URL_SAFE_NO_PAD.encode(sealed.file_enc_sha256);
    let auth = client.client.refresh_media_conn(false).await.unwrap().auth;
    let path = format!("/mms/document/{token}?auth={auth}&token={token}");
    let progress = format!("{path}&resume=1");
    let (_, nothing) = call(&emulator, "POST", &progress, Value::Null).await;
    assert_eq!(nothing["resume"], "0");

    let (length, half) = (sealed.data_to_upload.len(), sealed.data_to_upload.len() / 2);
    let head = format!("POST {path} HTTP/1.1\r\nhost: media\r\ncontent-length: {length}\r\n\r\n");
    let mut socket = TcpStream::connect(emulator.address()).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&sealed.data_to_upload[..half]).await.unwrap();
    socket.shutdown().await.unwrap();
    // The server answers or just closes; in both cases it has finished with this upload then.
    let _ = socket.read_to_end(&mut Vec::new()).await;
    let (_, begun) = call(&emulator, "POST", &progress, Value::Null).await;
    assert_eq!(begun["resume"], half.to_string());

    let options = UploadOptions::new().with_media_key(KEY);
    let upload = client.client.upload(file, MediaType::Document, options).await.unwrap();
    let (_, whole) = call(&emulator, "POST", &progress, Value::Null).await;
    assert_eq!(
        (&whole["resume"], &whole["direct_path"]),
        (&json!("complete"), &json!(upload.direct_path))
    );
    let message = document_message(upload, DocumentOptions::default());
    client.client.send_message(jid(&customer.jid), message).await.unwrap();
    let chat = emulator.until(&customer.number, &me.phone, TIMEOUT, has_media).await.unwrap();
    assert_eq!(chat[0].media.as_ref().unwrap().problem, None);

    let stats = emulator.stats();
    assert_eq!((stats.upload_requests, stats.uploads), (2, 1), "asking is no upload");
    assert_eq!(stats.upload_bytes, length as u64, "each byte came once");
}

#[tokio::test]
async fn the_media_servers_refuse_what_is_not_right() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.send_media(&customer.number, &me.phone, photo(100)).await.unwrap();
    let received = client.message().await;
    let path = file(&received.message).direct_path().unwrap().to_owned();
    let auth = client.client.refresh_media_conn(false).await.unwrap().auth;
    let token = BASE64_URL_SAFE_NO_PAD.encode([0; 32]);

    let (plain, _) = path.split_once('?').unwrap();
    for (method, path, expected) in [
        ("GET", plain.to_owned(), 404),
        ("GET", path.replace("&oh=", "&oh=x"), 404),
        ("GET", format!("{path}&token={token}"), 404),
        ("GET", "/v/t62.7118-24/1_2_3_n.enc?oh=x".to_owned(), 404),
        ("POST", format!("/mms/image/{token}?auth=stale&token={token}"), 401),
        ("POST", format!("/mms/image/short?auth={auth}&token=short"), 400),
        ("POST", format!("/mms/image/{token}?auth={auth}&token={token}"), 400),
        ("POST", format!("/mms/image/{token}?auth={auth}&file_offset=5"), 416),
    ] {
        let (status, _) = call(&emulator, method, &path, Value::Null).await;
        assert_eq!(status, expected, "{method} {path}");
    }
}

#[tokio::test]
async fn a_file_is_sent_and_seen_over_http() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap().number;
    let path = format!("/phones/{customer}/messages");
    let media = json!({
        "kind": "voice", "mime": "audio/ogg; codecs=opus", "seconds": 3,
        "base64": BASE64_STANDARD.encode(bytes(100)),
    });
    let message = json!({ "to": me.phone, "media": media });
    let (status, sent) = call(&emulator, "POST", &path, message).await;
    assert_eq!(status, 200);
    assert_eq!(sent["id"], client.message().await.info.id.as_str());

    emulator.send_text(&customer, &me.phone, "e texto").await.unwrap();
    let (_, chat) = call(&emulator, "GET", &format!("{path}?with={}", me.phone), Value::Null).await;
    assert_eq!(chat[0]["kind"], "audio");
    let expected = json!({
        "mime": "audio/ogg; codecs=opus", "size": 100, "seconds": 3, "ptt": true,
        "sha256": sha256(&bytes(100)), "sidecar": 10,
    });
    assert_eq!(chat[0]["media"], expected);
    assert!(chat[1].get("media").is_none(), "{chat}");
}

#[tokio::test]
async fn a_listed_file_can_be_compared_with_what_was_sent() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let upload = || client.client.upload(bytes(5_000), MediaType::Document, UploadOptions::new());
    let options = || DocumentOptions {
        mimetype: Some("application/pdf".to_owned()),
        file_name: Some("boleto.pdf".to_owned()),
        caption: Some("segue".to_owned()),
        ..DocumentOptions::default()
    };
    let mut wrong_key = upload().await.unwrap();
    wrong_key.media_key = [0; 32];
    for upload in [upload().await.unwrap(), wrong_key] {
        let message = document_message(upload, options());
        client.client.send_message(jid(&customer.jid), message).await.unwrap();
    }

    for (phone, with) in [(&customer.number, &me.phone), (&me.phone, &customer.number)] {
        let path = format!("/phones/{phone}/messages?with={with}&min=2&wait_ms=60000");
        let (_, chat) = call(&emulator, "GET", &path, Value::Null).await;
        let whole = &chat[0];
        assert_eq!((&whole["kind"], &whole["caption"]), (&json!("document"), &json!("segue")));
        assert_eq!((&whole["mime"], &whole["size"]), (&json!("application/pdf"), &json!(5_000)));
        assert_eq!(whole["name"], "boleto.pdf");
        assert_eq!(whole["sha256"], sha256(&bytes(5_000)));
        assert!(whole.get("error").is_none(), "{whole}");
        let damaged = &chat[1];
        assert!(damaged["error"].is_string(), "{damaged}");
        assert!(damaged.get("sha256").is_none() && damaged.get("size").is_none(), "{damaged}");
    }
}

#[tokio::test]
async fn a_body_that_makes_no_file_is_refused_and_says_why() {
    let emulator = emulator().await;
    let phone = emulator.new_phone(None, None).await.unwrap().number;
    let path = format!("/phones/{phone}/messages");
    let image = |base64: String| json!({ "kind": "image", "mime": "image/png", "base64": base64 });
    let too_large = image("A".repeat(160 * 1024 * 1024));
    for (body, expected) in [
        (json!({ "to": phone, "media": image("não".to_owned()) }), 400),
        (json!({ "to": phone, "media": { "kind": "hologram", "mime": "x", "base64": "" } }), 400),
        (json!({ "to": phone, "media": { "kind": "image" } }), 400),
        (json!({ "to": phone, "text": "e", "media": image(String::new()) }), 400),
        (json!({ "to": phone }), 400),
        (json!({ "to": phone, "media": too_large }), 413),
    ] {
        let (status, answer) = call(&emulator, "POST", &path, body).await;
        assert_eq!(status, expected, "{answer}");
        assert!(answer["error"].is_string(), "{answer}");
    }
}
