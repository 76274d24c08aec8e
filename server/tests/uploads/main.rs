//! Files that browsers send, over HTTP: from the first request to the message that waits for WhatsApp.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod breaks;
mod contents;
mod limits;
mod people;
mod samples;
#[path = "../support/mod.rs"]
mod support;
mod whole;

use axum::body::Body;
use axum::http::{Method, Request};
use axum_test::{TestResponse, TestServer};
use model::{ChatId, ConnectionId, Message, MessageId, Role, User};
use serde_json::{Value, json};
use support::App;

/// The type of a part of a file.
pub(crate) const PART: &str = "application/offset+octet-stream";

/// Ana, who has a number with a conversation.
pub(crate) struct Scene {
    pub(crate) app: App,
    pub(crate) ana: User,
    pub(crate) browser: TestServer,
    /// The browser's cookies.
    pub(crate) cookie: String,
    pub(crate) number: ConnectionId,
    pub(crate) chat: ChatId,
}

impl Scene {
    pub(crate) async fn set() -> Self {
        Self::of(App::new().await).await
    }

    pub(crate) async fn with_flags(flags: &[&str]) -> Self {
        Self::of(App::with_flags(flags).await).await
    }

    /// The same with the files of messages in a bucket.
    pub(crate) async fn in_bucket() -> Self {
        Self::of(App::in_bucket().await).await
    }

    async fn of(app: App) -> Self {
        let ana = app.user("ana", Role::Atendente).await;
        let number = app.own_connection(&ana).await;
        app.customer_writes(number, "oi").await;
        let chat = app.chat_of(&ana).await;
        let (browser, cookie) = support::enter(&app, &ana).await;
        Self { app, ana, browser, cookie, number, chat }
    }

    /// The same after a restart of the server, on a disk of which so many bytes have to stay free.
    pub(crate) async fn restarted(self, media_reserve: u64) -> Self {
        let app = self.app.restarted(media_reserve).await;
        let (browser, cookie) = support::enter(&app, &self.ana).await;
        Self { app, browser, cookie, ..self }
    }

    /// A description of a file in the conversation.
    pub(crate) fn file(&self, kind: &str, mime: &str, size: usize) -> Value {
        json!({ "chat": self.chat, "kind": kind, "mime": mime, "size": size, "name": "arquivo" })
    }

    /// Begins a file, which has to be new.
    pub(crate) async fn begin(&self, description: &Value) -> MessageId {
        let answer = self.browser.post("/envios").json(description).await;
        assert_eq!(answer.status_code(), 201, "{}", answer.text());
        let begun: Value = answer.json();
        assert_eq!(begun["received"], 0);
        let message = MessageId(begun["message"].as_i64().unwrap());
        assert_eq!(answer.header("location"), format!("/envios/{message}").as_str());
        message
    }

    /// Sends bytes of a file.
    pub(crate) async fn send(&self, message: MessageId, offset: u64, bytes: &[u8]) -> TestResponse {
        self.browser
            .patch(&format!("/envios/{message}"))
            .add_header("upload-offset", offset.to_string())
            .bytes(bytes.to_vec().into())
            .content_type(PART)
            .await
    }

    /// Sends a whole file.
    pub(crate) async fn send_all(&self, description: &Value, bytes: &[u8]) -> MessageId {
        let message = self.begin(description).await;
        let answer = self.send(message, 0, bytes).await;
        assert_eq!(answer.status_code(), 204, "{}", answer.text());
        assert_eq!(answer.header("upload-offset"), bytes.len().to_string().as_str());
        message
    }

    /// Bytes that the server has of a file.
    pub(crate) async fn offset(&self, message: MessageId) -> u64 {
        let answer = self.progress(message).await;
        answer.assert_status_ok();
        assert_eq!(answer.header("cache-control"), "no-store");
        answer.header("upload-offset").to_str().unwrap().parse().unwrap()
    }

    pub(crate) async fn progress(&self, message: MessageId) -> TestResponse {
        self.browser.method(Method::HEAD, &format!("/envios/{message}")).await
    }

    /// A request with a body that the caller makes.
    pub(crate) fn request(&self, message: MessageId, offset: u64, body: Body) -> Request<Body> {
        Request::patch(format!("/envios/{message}"))
            .header("cookie", &self.cookie)
            .header("content-type", PART)
            .header("upload-offset", offset)
            .body(body)
            .unwrap()
    }

    /// A message of the conversation, as Ana reads it.
    pub(crate) async fn message(&self, id: MessageId) -> Message {
        let viewer = self.app.store.viewer(self.ana.id).await.unwrap();
        let messages = viewer.messages(self.chat, None, 50).await.unwrap();
        messages.into_iter().find(|message| message.id == id).unwrap()
    }

    /// The file itself, as a browser gets it.
    pub(crate) async fn stored(&self, message: MessageId) -> TestResponse {
        self.browser.get(&format!("/midia/{message}")).await
    }

    /// The names in the folder of the number's files.
    pub(crate) fn on_disk(&self) -> Vec<String> {
        let folder = self.app.media_dir.join(self.number.to_string());
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}
