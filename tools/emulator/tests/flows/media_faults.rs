//! Failed downloads of files, and their recovery.

use emulator::{Emulator, FaultKind, FaultRequest};
use whatsapp_rust::download::{DownloadParams, MediaType};
use whatsapp_rust::media::{ImageOptions, image_message};
use whatsapp_rust::prelude::*;
use whatsapp_rust::{ErrorChainExt as _, MediaRetryResult, MediaReuploadRequest, UploadOptions};

use crate::client::{TIMEOUT, TestClient, emulator};
use crate::media::{file, photo};

/// A client that received a photo.
async fn with_photo(emulator: &Emulator) -> (TestClient, InboundMessage, String) {
    let (client, me) = TestClient::linked(emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap().number;
    emulator.send_media(&customer, &me.phone, photo(40_000)).await.unwrap();
    let received = client.message().await;
    (client, received, customer)
}

/// The status a download fails with; `None` if it fails for another reason.
async fn failure(client: &TestClient, received: &InboundMessage) -> Option<u16> {
    let failed = client.client.download(file(&received.message)).await;
    failed.expect_err("a file that is not to be had").http_status()
}

async fn downloads(client: &TestClient, received: &InboundMessage) {
    let downloaded = client.client.download(file(&received.message)).await.unwrap();
    assert_eq!(downloaded, photo(40_000).bytes);
}

/// Requests the file of a message from the phone.
async fn ask_again(client: &TestClient, received: &InboundMessage) -> MediaRetryResult {
    let media_key = file(&received.message).media_key().unwrap();
    let source = &received.info.source;
    ask_for(client, &received.info.id, &source.chat, media_key, source.is_from_me).await
}

/// Requests the file of the message with this id from the phone.
async fn ask_for(
    client: &TestClient,
    msg_id: &str,
    chat_jid: &Jid,
    media_key: &[u8],
    is_from_me: bool,
) -> MediaRetryResult {
    let request =
        MediaReuploadRequest { msg_id, chat_jid, media_key, is_from_me, participant: None };
    client.client.media_reupload().request(&request).await.unwrap()
}

#[tokio::test]
async fn each_fault_fails_downloads_and_passes() {
    // The library makes a second attempt on some faults, which then have to take effect twice.
    let cases = [
        (FaultKind::Media401, 2, Some(401)),
        (FaultKind::Media404, 2, Some(404)),
        (FaultKind::Media503, 1, Some(503)),
        (FaultKind::MediaTruncated, 1, None),
        (FaultKind::MediaCorrupt, 1, None),
        (FaultKind::MediaRefused, 1, Some(500)),
    ];
    let emulator = emulator().await;
    let (client, received, customer) = with_photo(&emulator).await;
    for (kind, count, status) in cases {
        let fault = FaultRequest { count: Some(count), ..FaultRequest::new(kind) };
        emulator.fault(fault.on(&customer)).await.unwrap();
        assert_eq!(failure(&client, &received).await, status, "{kind:?}");
        downloads(&client, &received).await;
    }
    assert_eq!(emulator.stats().unknown_iqs, Vec::<String>::new());
}

#[tokio::test]
async fn a_401_alone_is_met_with_a_new_media_conn() {
    let emulator = emulator().await;
    let (client, received, _customer) = with_photo(&emulator).await;
    emulator.fault(FaultRequest::new(FaultKind::Media401)).await.unwrap();
    downloads(&client, &received).await;
}

#[tokio::test]
async fn a_fault_of_another_phones_files_does_not_strike() {
    let emulator = emulator().await;
    let (client, received, _customer) = with_photo(&emulator).await;
    let other = emulator.new_phone(None, None).await.unwrap().number;
    for kind in [FaultKind::Media503, FaultKind::MediaExpired, FaultKind::MediaLost] {
        emulator.fault(FaultRequest::new(kind).on(&other)).await.unwrap();
        downloads(&client, &received).await;
    }
}

#[tokio::test]
async fn an_expired_file_is_uploaded_again_by_the_phone() {
    let emulator = emulator().await;
    let (client, received, customer) = with_photo(&emulator).await;
    emulator.fault(FaultRequest::new(FaultKind::MediaExpired).on(&customer)).await.unwrap();
    assert_eq!(failure(&client, &received).await, Some(404));

    let MediaRetryResult::Success { direct_path } = ask_again(&client, &received).await else {
        panic!("the phone has it");
    };
    let old = file(&received.message);
    assert_ne!(Some(direct_path.as_str()), old.direct_path());
    let again = DownloadParams::encrypted(
        direct_path,
        old.media_key().unwrap(),
        old.file_sha256().unwrap(),
        old.file_enc_sha256().unwrap(),
        old.file_length().unwrap(),
        MediaType::Image,
    );
    let downloaded = client.client.download_from_params(&again).await.unwrap();
    assert_eq!(downloaded, photo(40_000).bytes);
    // The old file stays removed.
    assert_eq!(failure(&client, &received).await, Some(404));
    assert_eq!(emulator.stats().unknown_iqs, Vec::<String>::new());
}

#[tokio::test]
async fn a_file_that_is_lost_is_not_found_again() {
    let emulator = emulator().await;
    let (client, received, customer) = with_photo(&emulator).await;
    emulator.fault(FaultRequest::new(FaultKind::MediaLost).on(&customer)).await.unwrap();
    assert_eq!(failure(&client, &received).await, Some(404));
    let answer = ask_again(&client, &received).await;
    assert!(matches!(answer, MediaRetryResult::NotFound), "{answer:?}");
}

#[tokio::test]
async fn a_phone_that_knows_no_such_message_says_not_found() {
    let emulator = emulator().await;
    let (client, received, _customer) = with_photo(&emulator).await;
    let chat = &received.info.source.chat;
    let answer = ask_for(&client, "3EB0C0FFEE", chat, &[1; 32], false).await;
    assert!(matches!(answer, MediaRetryResult::NotFound), "{answer:?}");
}

#[tokio::test]
async fn a_request_under_another_key_cannot_be_read() {
    let emulator = emulator().await;
    let (client, received, _customer) = with_photo(&emulator).await;
    let chat = &received.info.source.chat;
    let answer = ask_for(&client, &received.info.id, chat, &[1; 32], false).await;
    assert!(matches!(answer, MediaRetryResult::DecryptionError), "{answer:?}");
}

#[tokio::test]
async fn a_file_the_client_sent_itself_comes_back_from_its_phone() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let chat: Jid = customer.jid.parse().unwrap();
    let bytes = photo(40_000).bytes;
    let upload = client.client.upload(bytes, MediaType::Image, UploadOptions::new()).await.unwrap();
    let media_key = upload.media_key;
    let message = image_message(upload, ImageOptions::default());
    let sent = client.client.send_message(chat.clone(), message).await.unwrap().message_id;
    let own = emulator.until(&me.phone, &customer.number, TIMEOUT, |chat| chat.len() == 1).await;
    assert_eq!(own.unwrap()[0].media.as_ref().unwrap().problem, None);

    emulator.fault(FaultRequest::new(FaultKind::MediaExpired).on(&me.phone)).await.unwrap();
    let answer = ask_for(&client, &sent, &chat, &media_key, true).await;
    assert!(matches!(answer, MediaRetryResult::Success { .. }), "{answer:?}");
}

#[tokio::test]
async fn a_forged_path_a_redirect_and_a_phone_that_lies_say_what_they_were_told_to_say() {
    let emulator = emulator().await;
    let (client, received, customer) = with_photo(&emulator).await;
    let location = Some("https://127.0.0.1:9/x".to_owned());
    let pathless = FaultRequest::new(FaultKind::MediaRedirect);
    assert!(emulator.fault(pathless.clone()).await.is_err(), "where to?");
    let redirect = FaultRequest { location, ..pathless };
    emulator.fault(redirect.on(&customer)).await.unwrap();
    // This client follows the redirect, and no server listens there.
    assert_eq!(failure(&client, &received).await, None);
    downloads(&client, &received).await;

    emulator.fault(FaultRequest::new(FaultKind::MediaExpired)).await.unwrap();
    let location = Some("@127.0.0.1:9/x".to_owned());
    let lie = FaultRequest { location, ..FaultRequest::new(FaultKind::ReuploadElsewhere) };
    emulator.fault(lie).await.unwrap();
    match ask_again(&client, &received).await {
        MediaRetryResult::Success { direct_path } => assert_eq!(direct_path, "@127.0.0.1:9/x"),
        other => panic!("{other:?}"),
    }

    let forged = emulator::NewMedia { direct_path: Some("//other/x".to_owned()), ..photo(9) };
    let phones = emulator.phones().await;
    let me = phones.iter().find(|phone| !phone.devices.is_empty()).unwrap();
    emulator.send_media(&customer, &me.number, forged).await.unwrap();
    let received = client.message().await;
    assert_eq!(file(&received.message).direct_path(), Some("//other/x"));
}

#[tokio::test]
async fn a_slow_download_arrives_and_one_that_breaks_off_fails() {
    let emulator = emulator().await;
    let (client, received, customer) = with_photo(&emulator).await;
    let slow = FaultRequest { delay_ms: Some(50), ..FaultRequest::new(FaultKind::MediaSlow) };
    emulator.fault(slow.on(&customer)).await.unwrap();
    downloads(&client, &received).await;

    // The library may make another attempt, which then breaks off as well.
    let broken = FaultRequest { count: Some(10), ..FaultRequest::new(FaultKind::MediaBroken) };
    emulator.fault(broken.on(&customer)).await.unwrap();
    assert_eq!(failure(&client, &received).await, None);
}

#[tokio::test]
async fn an_upload_may_be_slow_or_refused_and_resumed_after_it_broke_off() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    // Clients ask for the progress of an upload from 5 MiB on.
    let bytes = vec![7; 6 * 1024 * 1024];
    let upload = |bytes: Vec<u8>| {
        client.client.upload(
            bytes,
            MediaType::Document,
            UploadOptions::new().with_media_key([5; 32]),
        )
    };
    let slow = FaultRequest { delay_ms: Some(50), ..FaultRequest::new(FaultKind::UploadSlow) };
    emulator.fault(slow).await.unwrap();
    upload(vec![1; 100]).await.unwrap();

    let code = FaultRequest { code: Some(200), ..FaultRequest::new(FaultKind::UploadRefused) };
    assert!(emulator.fault(code).await.is_err(), "not an error");
    let refused = FaultRequest { count: Some(100), ..FaultRequest::new(FaultKind::UploadRefused) };
    emulator.fault(refused.on(&me.jid)).await.unwrap();
    assert!(upload(vec![2; 100]).await.is_err());

    let (other, _) = TestClient::linked(&emulator).await;
    emulator.fault(FaultRequest::new(FaultKind::UploadBroken)).await.unwrap();
    let options = || UploadOptions::new().with_media_key([5; 32]);
    let _ = other.client.upload(bytes.clone(), MediaType::Document, options()).await;
    let resumed = other.client.upload(bytes, MediaType::Document, options()).await.unwrap();
    let message = whatsapp_rust::media::document_message(resumed, Default::default());
    let chat: Jid = customer.jid.parse().unwrap();
    other.client.send_message(chat, message).await.unwrap();
    let arrived = emulator
        .until_phone(&customer.number, TIMEOUT, |phone| !phone.chats.is_empty())
        .await
        .unwrap();
    let with = &arrived.chats[0].with;
    let chat = emulator.messages(&customer.number, with).await.unwrap();
    assert_eq!(chat[0].media.as_ref().unwrap().problem, None);
}
