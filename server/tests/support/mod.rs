//! The whole server on a database of its own, without a socket, and browsers with cookies.
#![allow(dead_code, reason = "every test file uses its own part")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Extension;
use axum::body::{Body, BodyDataStream};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use axum_test::TestServer;
use clap::Parser as _;
use fixtures::CUSTOMER;
use futures::StreamExt as _;
use gateway::{Bucket, BucketAddress, BucketCredentials, MediaLimits, MediaStore, Pool};
use metrics_exporter_prometheus::PrometheusBuilder;
use model::content::FileKind;
use model::{
    Change, ChatFilter, ChatId, ConnectionId, ContactId, FailReason, LiveEvent, MemberRole,
    MessageId, MessageKind, OperationId, Role, Sequenced, User, WaMessageId,
};
use s3server::S3Server;
use server::config::Cli;
use store::{
    FetchedGroup, FetchedMember, Grant, Inbound, InboundMedia, MediaQuotas, NewUpload, NewUser,
    PictureOf, SecretKeys, Store, Write,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

pub(crate) const PASSWORD: &str = fixtures::PASSWORD;

pub(crate) struct App {
    pub(crate) store: Store,
    pool: Pool,
    router: axum::Router,
    /// The number of messages and changes that were written.
    written: AtomicU64,
    /// The folder of the files of messages.
    pub(crate) media_dir: PathBuf,
    /// The server of the bucket of the files, if they are in one.
    pub(crate) s3: Option<S3Server>,
    /// The address of the database.
    url: String,
    keys: SecretKeys,
    folder: tempfile::TempDir,
}

impl App {
    pub(crate) async fn new() -> Self {
        Self::with_flags(&[]).await
    }

    pub(crate) async fn with_flags(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("inbox.db").display());
        let keys = SecretKeys::generate().expect("keys");
        Self::build(url, keys, folder, flags, MediaLimits::default(), None).await
    }

    /// The same with the files of messages in a bucket.
    pub(crate) async fn in_bucket() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("inbox.db").display());
        let keys = SecretKeys::generate().expect("keys");
        let s3 = S3Server::start(&folder.path().join("s3")).await.expect("an S3 server");
        Self::build(url, keys, folder, &[], MediaLimits::default(), Some(s3)).await
    }

    /// The same on another database.
    pub(crate) async fn on(url: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = SecretKeys::generate().expect("keys");
        Self::build(url.to_owned(), keys, folder, &[], MediaLimits::default(), None).await
    }

    /// The same data after a restart, on a disk of which so many bytes have to stay free.
    pub(crate) async fn restarted(self, media_reserve: u64) -> Self {
        let Self { url, keys, folder, .. } = self;
        let limits = MediaLimits { reserve: media_reserve, ..MediaLimits::default() };
        Self::build(url, keys, folder, &[], limits, None).await
    }

    async fn build(
        url: String,
        keys: SecretKeys,
        folder: tempfile::TempDir,
        flags: &[&str],
        media: MediaLimits,
        s3: Option<S3Server>,
    ) -> Self {
        let store = Store::open(&url).await.expect("a store");
        let store = store.with_secrets(keys.clone()).await.expect("a store with keys");
        let sessions_dir = folder.path().join("sessions");
        let media_dir = folder.path().join("media");
        let media_store = match &s3 {
            None => MediaStore::in_folder(media_dir.clone()).expect("a folder"),
            Some(s3) => MediaStore::in_bucket(media_dir.clone(), bucket(s3)),
        };
        // Nothing listens at this address: the tests do not need WhatsApp.
        let ws_url = Some("ws://127.0.0.1:9/ws/chat".to_owned());
        let pool = Pool::new(
            store.clone(),
            gateway::Config {
                sessions_dir,
                media_store,
                ws_url,
                disk_reserve: 0,
                media,
                queue_for: std::time::Duration::from_secs(3600),
                pairing_pace: 1,
                pauses: gateway::Pauses::default(),
                version: None,
            },
        );
        let config = Cli::parse_from(std::iter::once(&"inbox-pirata").chain(flags)).config;
        let setup = config.setup().expect("a code");
        let services = config.services(store.clone(), pool.clone(), setup);
        let (assets, site) = (app::Assets::default(), config.site());
        let state = app::AppState { services, assets, site };
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let router = server::router::build(state, &config, metrics, CancellationToken::new());
        Self { store, pool, router, written: AtomicU64::new(0), media_dir, s3, url, keys, folder }
    }

    /// The router, to be served on a socket.
    pub(crate) fn router(&self) -> axum::Router {
        self.router.clone()
    }

    /// A browser that keeps its cookies.
    pub(crate) fn browser(&self) -> TestServer {
        TestServer::builder().save_cookies().build(self.router.clone())
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.expect("an answer")
    }

    /// A browser at an address, which keeps its cookies.
    pub(crate) fn browser_at(&self, ip: &str) -> TestServer {
        let address = SocketAddr::new(ip.parse().expect("an address"), 4711);
        let somewhere = self.router.clone().layer(Extension(ConnectInfo(address)));
        TestServer::builder().save_cookies().build(somewhere)
    }

    pub(crate) async fn user(&self, name: &str, role: Role) -> User {
        let new = NewUser { role, ..fixtures::new_user(name) };
        self.store.operator().create(new).await.expect("a user")
    }

    /// A logged-in browser of a new user.
    pub(crate) async fn logged_in(&self, name: &str, role: Role) -> (TestServer, User) {
        let user = self.user(name, role).await;
        let browser = self.browser();
        log_in(&browser, &user.email, PASSWORD).await.assert_status_ok();
        (browser, user)
    }

    pub(crate) async fn own_connection(&self, user: &User) -> ConnectionId {
        self.store
            .viewer(user.id)
            .await
            .expect("a viewer")
            .own_connection()
            .await
            .expect("a number")
    }

    /// The chat with the latest activity among those this user reads.
    pub(crate) async fn chat_of(&self, user: &User) -> model::ChatId {
        let viewer = self.store.viewer(user.id).await.expect("a viewer");
        let page = store::ChatsPage { connection: None, before: None, limit: 1 };
        viewer.chats(page).await.expect("chats")[0].id
    }

    /// The live stream for a browser with this cookie, from an event on.
    pub(crate) async fn live(&self, cookie: &str, after: i64) -> Live {
        let ask = Request::get(format!("/live?after={after}")).header("cookie", cookie);
        let ask = ask.body(Body::empty()).expect("a request");
        let answer = self.router.clone().oneshot(ask).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        Live { chunks: answer.into_body().into_data_stream(), text: String::new() }
    }

    /// The stream for a browser that reconnects after an event.
    pub(crate) async fn live_again(&self, cookie: &str, last_event: i64) -> Live {
        let ask = Request::get("/live?after=0").header("cookie", cookie);
        let ask = ask.header("last-event-id", last_event).body(Body::empty()).expect("a request");
        let answer = self.router.clone().oneshot(ask).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        Live { chunks: answer.into_body().into_data_stream(), text: String::new() }
    }

    /// A customer sends a new text to a number. Returns the text.
    pub(crate) async fn customer_writes_once(&self, connection: ConnectionId) -> String {
        let text = format!("n.º {}", self.written.load(Ordering::Relaxed));
        self.customer_writes(connection, &text).await;
        text
    }

    /// A customer sends a text to a number.
    pub(crate) async fn customer_writes(&self, connection: ConnectionId, text: &str) {
        self.customer_sends(CUSTOMER, connection, text, None).await;
    }

    /// A person with this phone sends a text to a number.
    pub(crate) async fn writes_from(&self, phone: &str, connection: ConnectionId) {
        self.customer_sends(phone, connection, "oi", None).await;
    }

    /// A customer sends a poll. `owner` is a user who may read the number.
    pub(crate) async fn customer_asks(&self, owner: &User, connection: ConnectionId) -> MessageId {
        let text = fixtures::text(self.new_id().to_string(), "");
        let poll = Inbound { timestamp: chrono::Utc::now(), ..text };
        let poll = fixtures::with_content(poll, fixtures::poll());
        let wa_id = poll.wa_id.clone();
        self.store.ingest(connection).messages(&[poll]).await.expect("it is stored");
        let viewer = self.store.viewer(owner.id).await.expect("a viewer");
        let chat = self.chat_of(owner).await;
        let messages = viewer.messages(chat, None, 10).await.expect("messages");
        let is_poll = |message: &&model::Message| message.wa_id.as_str() == wa_id;
        messages.iter().find(is_poll).expect("the poll").id
    }

    /// A customer sends a file of this type, which is in its place when this returns.
    pub(crate) async fn customer_sends_file(
        &self,
        connection: ConnectionId,
        mime: &str,
        content: &[u8],
    ) -> MessageId {
        let media = InboundMedia {
            size: content.len() as u64,
            preview: Some(b"preview".to_vec()),
            ..fixtures::file(mime)
        };
        self.customer_sends(CUSTOMER, connection, "", Some(media)).await;
        let queue = self.store.media(connection);
        let message = queue.due(1).await.expect("files to fetch")[0].message;
        let part = self.pool.upload_path(connection, message).await.expect("a folder");
        std::fs::write(part, content).expect("a file");
        self.pool.publish_upload(connection, message, None).await.expect("it is published");
        self.pool.forget_upload(connection, message).await.expect("its first name is gone");
        let (bytes, quotas) = (content.len() as u64, MediaQuotas::default());
        queue.stored_within(message, bytes, quotas).await.expect("it is noted");
        message
    }

    /// The customer of a chat has a picture, which is on the disk in both sizes when this returns. `owner`
    /// is a user who may read the chat.
    pub(crate) async fn customer_has_a_picture(
        &self,
        owner: &User,
        chat: ChatId,
        jpeg: &[u8],
    ) -> ContactId {
        let viewer = self.store.viewer(owner.id).await.expect("a viewer");
        let picture = viewer.chat_picture(chat).await.expect("a chat");
        let PictureOf::Person(contact) = picture.of() else { panic!("a group") };
        let version = 1 + picture.version().unwrap_or(0);
        let number = picture.connection();
        let folder = self.media_dir.join(number.to_string()).join("fotos");
        std::fs::create_dir_all(&folder).expect("a folder");
        for size in ["", "-grande"] {
            let name = format!("p{contact}-{version}{size}.jpg");
            std::fs::write(folder.join(name), jpeg).expect("a file");
        }
        let stored = self.store.ingest(number).picture_stored(picture.of(), version, None).await;
        stored.expect("it is noted");
        contact
    }

    /// A user sends a text in a chat, and WhatsApp confirms it.
    pub(crate) async fn user_writes(&self, user: &User, chat: ChatId, text: &str) -> MessageId {
        let (grant, wa_id) = (self.grant(user, chat).await, self.new_id());
        let queued = self.store.enqueue_text(&grant, chat, wa_id.clone(), text, None).await;
        let message = queued.expect("it is queued").id;
        let outbox = self.store.outbox(grant.connection());
        outbox.confirmed(&wa_id, None).await.expect("it is confirmed");
        message
    }

    /// A group that the number is a member of, with one other member, who has written nothing. `owner`
    /// is a user who may read the number.
    pub(crate) async fn group(&self, owner: &User, connection: ConnectionId) -> ChatId {
        self.group_of(owner, connection, false).await
    }

    /// The same, in which only administrators write.
    pub(crate) async fn closed_group(&self, owner: &User, connection: ConnectionId) -> ChatId {
        self.group_of(owner, connection, true).await
    }

    async fn group_of(&self, owner: &User, connection: ConnectionId, announce: bool) -> ChatId {
        let nth = self.written.fetch_add(1, Ordering::Relaxed);
        let group = FetchedGroup {
            jid: format!("12036300000000{nth:04}@g.us"),
            subject: "Fornecedores".to_owned(),
            description: None,
            created_at: None,
            creator: None,
            announce,
            locked: false,
            lid: false,
            timer: 0,
            own_role: Some(MemberRole::Member),
            members: vec![FetchedMember {
                peer: fixtures::person("5561999990001"),
                role: MemberRole::Member,
            }],
            asked_at: chrono::Utc::now(),
        };
        self.store.ingest(connection).group_fetched(&group).await.expect("it is stored");
        let viewer = self.store.viewer(owner.id).await.expect("a viewer");
        let page = store::ChatsPage { connection: Some(connection), before: None, limit: 1 };
        viewer.filtered_chats(page, ChatFilter::Groups).await.expect("groups")[0].id
    }

    /// A user begins to send a picture of nine bytes, none of which has arrived.
    pub(crate) async fn user_begins_a_file(&self, user: &User, chat: ChatId) -> MessageId {
        let (grant, wa_id) = (self.grant(user, chat).await, self.new_id());
        let new = NewUpload {
            kind: FileKind::Image,
            caption: String::new(),
            mime: "image/jpeg".to_owned(),
            name: Some("foto.jpg".to_owned()),
            size: 9,
            shape: None,
            seconds: None,
            voice: None,
            preview: None,
            reply_to: None,
            view_once: false,
            album: None,
        };
        self.store.begin_upload(&grant, chat, wa_id, new).await.expect("it has begun").id
    }

    /// A user changes a message, and WhatsApp refuses the change.
    pub(crate) async fn refused_change(
        &self,
        user: &User,
        chat: ChatId,
        message: MessageId,
        change: Change,
    ) -> OperationId {
        let (grant, wa_id) = (self.grant(user, chat).await, self.new_id());
        let queued = self.store.enqueue_change(&grant, message, wa_id.clone(), change).await;
        let pending = queued.expect("it is queued").pending;
        let outbox = self.store.outbox(grant.connection());
        outbox.failed(&wa_id, FailReason::Refused).await.expect("it is refused");
        pending.last().expect("a pending change").id
    }

    /// The right of a user to write in a chat.
    pub(crate) async fn grant(&self, user: &User, chat: ChatId) -> Grant<Write> {
        let viewer = self.store.viewer(user.id).await.expect("a viewer");
        viewer.write_chat(chat).await.expect("they may write").0
    }

    /// A new WhatsApp id of something to send.
    pub(crate) fn new_id(&self) -> WaMessageId {
        let nth = self.written.fetch_add(1, Ordering::Relaxed);
        WaMessageId::parse(&format!("3EB1{nth:018}")).expect("an id")
    }

    async fn customer_sends(
        &self,
        phone: &str,
        connection: ConnectionId,
        text: &str,
        media: Option<InboundMedia>,
    ) {
        let nth = self.written.fetch_add(1, Ordering::Relaxed);
        let message = Inbound {
            peer: fixtures::person(phone),
            kind: match &media {
                Some(file) if file.mime == "image/webp" => MessageKind::Sticker,
                Some(_) => MessageKind::Image,
                None => MessageKind::Text,
            },
            timestamp: chrono::Utc::now(),
            media,
            ..fixtures::text(format!("3EB0{nth:018}"), text)
        };
        self.store.ingest(connection).messages(&[message]).await.expect("it is stored");
    }
}

/// The bucket of a server.
fn bucket(s3: &S3Server) -> Bucket {
    let address = BucketAddress {
        bucket: s3server::BUCKET.to_owned(),
        prefix: s3server::PREFIX.to_owned(),
        endpoint: Some(s3.endpoint()),
        region: "us-east-1".to_owned(),
    };
    let credentials = BucketCredentials {
        key_id: s3server::KEY_ID.to_owned(),
        secret: s3server::SECRET.to_owned(),
        session_token: None,
    };
    Bucket::new(address, credentials).expect("a bucket")
}

/// An open live stream.
pub(crate) struct Live {
    chunks: BodyDataStream,
    text: String,
}

impl Live {
    /// Waits until the server ends the stream.
    pub(crate) async fn end(&mut self) {
        while let Some(chunk) = self.chunks.next().await {
            chunk.expect("a chunk");
        }
    }

    /// The raw text of the stream until the server ends it.
    pub(crate) async fn rest(mut self) -> String {
        while let Some(chunk) = self.chunks.next().await {
            self.text += std::str::from_utf8(&chunk.expect("a chunk")).expect("text");
        }
        self.text
    }

    /// The next event.
    pub(crate) async fn next(&mut self) -> LiveEvent {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                let event = data.map(|data| serde_json::from_str(data).expect("an event"));
                self.text = rest.to_owned();
                match event {
                    Some(Sequenced { event, .. }) => return event,
                    // A comment keeps the connection alive.
                    None => continue,
                }
            }
            let chunk = self.chunks.next().await.expect("the stream goes on").expect("a chunk");
            self.text += std::str::from_utf8(&chunk).expect("text");
        }
    }
}

/// Logs a user in. Returns their browser and its cookies.
pub(crate) async fn enter(app: &App, user: &User) -> (TestServer, String) {
    let browser = app.browser();
    let answer = log_in(&browser, &user.email, PASSWORD).await;
    answer.assert_status_ok();
    let cookies = answer.iter_cookies().map(|cookie| cookie.stripped().to_string());
    let cookies = cookies.collect::<Vec<_>>().join("; ");
    (browser, cookies)
}

/// Logs a user in. Returns the cookies of their browser.
pub(crate) async fn cookie_of(app: &App, user: &User) -> String {
    enter(app, user).await.1
}

/// Calls the login function as a script does.
pub(crate) async fn log_in(
    browser: &TestServer,
    email: &str,
    password: &str,
) -> axum_test::TestResponse {
    browser
        .post("/api/login")
        .form(&[("email", email), ("password", password), ("remember", "false"), ("next", "")])
        .await
}
