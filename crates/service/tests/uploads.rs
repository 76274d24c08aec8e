//! Files that browsers send, without a server: what becomes of those that nobody continues.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::time::Duration;

use model::content::FileKind;
use model::{ChatId, ConnectionId, Delivery, FailReason, MediaState, Role};
use service::uploads::{self, UploadError};
use store::{ChatsPage, NewUpload, Viewer};
use support::Office;

fn file() -> NewUpload {
    NewUpload {
        kind: FileKind::Document,
        caption: String::new(),
        mime: "text/plain".to_owned(),
        name: Some("nota.txt".to_owned()),
        size: 9,
        shape: None,
        seconds: None,
        voice: None,
        preview: None,
        reply_to: None,
        view_once: false,
        album: None,
    }
}

/// Ana's conversation with somebody who asked something.
async fn conversation(office: &Office, ana: &Viewer) -> (ConnectionId, ChatId) {
    let number = ana.own_connection().await.unwrap();
    let question = fixtures::text("3EB0C431C26A1916E07A01", "Tem no tamanho M?");
    office.services.store.ingest(number).messages(&[question]).await.unwrap();
    let page = ChatsPage { connection: None, before: None, limit: 1 };
    (number, ana.chats(page).await.unwrap()[0].id)
}

#[tokio::test]
async fn a_file_that_is_cancelled_leaves_no_bytes_when_nobody_waits_for_it() {
    let office = Office::new().await;
    let services = &office.services;
    let ana = office.user("Ana", Role::Atendente).await;
    let ana = office.viewer(&ana).await;
    let (number, chat) = conversation(&office, &ana).await;
    let (begun, _) = uploads::begin(services, &ana, chat, None, file()).await.unwrap();
    let path = services.pool.upload_path(number, begun.message).await.unwrap();
    assert!(path.exists());
    let failed = async {
        while ana.upload(begun.message).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = failed => {}
        cancelled = uploads::cancel(services, &ana, begun.message) => cancelled.unwrap(),
    }
    let gone = async {
        while path.exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("its bytes are deleted");
}

#[tokio::test]
async fn a_file_that_nobody_continues_is_given_up_with_its_bytes() {
    let office = Office::new().await;
    let services = &office.services;
    let ana = office.user("Ana", Role::Atendente).await;
    let ana = office.viewer(&ana).await;
    let (number, chat) = conversation(&office, &ana).await;
    let (begun, is_new) = uploads::begin(services, &ana, chat, None, file()).await.unwrap();
    assert!(is_new && begun.received == 0);
    let part = uploads::append(services, &ana, begun.message, 0).await.unwrap();
    let part = part.write(b"half").await.unwrap();
    assert_eq!(part.left(), 5);
    assert_eq!(part.end().await.unwrap().received, 4);
    let path = services.pool.upload_path(number, begun.message).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"half");

    assert_eq!(uploads::expire(services, uploads::IDLE).await.unwrap(), 0);
    assert!(path.exists());
    assert_eq!(uploads::expire(services, Duration::ZERO).await.unwrap(), 1);
    assert!(!path.exists());
    let late = uploads::append(services, &ana, begun.message, 4).await;
    assert!(matches!(late, Err(UploadError::Store(store::Error::NotFound))));
    let message = ana.messages(chat, None, 1).await.unwrap().remove(0);
    assert_eq!(message.delivery, Some(Delivery::Failed { reason: FailReason::Expired }));
    assert_eq!(message.media.unwrap().state, MediaState::Uploading);
}
