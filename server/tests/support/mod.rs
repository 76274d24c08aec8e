//! The whole server on a database of its own, without a socket, and browsers with cookies.
#![allow(dead_code, reason = "every test file uses its own part")]

use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use axum_test::TestServer;
use clap::Parser as _;
use futures::StreamExt as _;
use gateway::Pool;
use metrics_exporter_prometheus::PrometheusBuilder;
use model::{ConnectionId, LiveEvent, MessageKind, Role, Sequenced, User};
use server::config::Cli;
use store::{Inbound, NewUser, Peer, Store};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

pub(crate) const PASSWORD: &str = "uma senha comprida";

pub(crate) struct App {
    pub(crate) store: Store,
    router: axum::Router,
    /// Messages that customers wrote.
    written: AtomicU64,
    _folder: tempfile::TempDir,
}

impl App {
    pub(crate) async fn new() -> Self {
        Self::with_flags(&[]).await
    }

    pub(crate) async fn with_flags(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("inbox.db").display());
        Self::build(&url, folder, flags).await
    }

    /// The same on another database.
    pub(crate) async fn on(url: &str) -> Self {
        Self::build(url, tempfile::tempdir().expect("a folder"), &[]).await
    }

    async fn build(url: &str, folder: tempfile::TempDir, flags: &[&str]) -> Self {
        let store = Store::open(url).await.expect("a store");
        let sessions_dir = folder.path().join("sessions");
        // Nothing listens there: these tests are about the server, not about WhatsApp.
        let ws_url = Some("ws://127.0.0.1:9/ws/chat".to_owned());
        let pool = Pool::new(
            store.clone(),
            gateway::Config {
                sessions_dir,
                ws_url,
                disk_reserve: 0,
                queue_for: std::time::Duration::from_secs(3600),
                version: None,
            },
        );
        let state = app::AppState { store: store.clone(), pool, assets: app::Assets::default() };
        let config = Cli::parse_from(std::iter::once(&"inbox-pirata").chain(flags)).config;
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let router = server::router::build(state, &config, metrics, CancellationToken::new());
        Self { store, router, written: AtomicU64::new(0), _folder: folder }
    }

    /// A browser that keeps its cookies.
    pub(crate) fn browser(&self) -> TestServer {
        TestServer::builder().save_cookies().build(self.router.clone())
    }

    pub(crate) async fn user(&self, name: &str, role: Role) -> User {
        let new = NewUser {
            name: name.into(),
            email: format!("{name}@loja.example"),
            password: PASSWORD.into(),
            role,
        };
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

    /// The live stream as a browser with this cookie gets it, from a place on.
    pub(crate) async fn live(&self, cookie: &str, after: i64) -> Live {
        let ask = Request::get(format!("/live?after={after}")).header("cookie", cookie);
        let ask = ask.body(Body::empty()).expect("a request");
        let answer = self.router.clone().oneshot(ask).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        Live { chunks: answer.into_body().into_data_stream(), text: String::new() }
    }

    /// A customer writes to a number what nobody wrote before. Answers it.
    pub(crate) async fn customer_writes_once(&self, connection: ConnectionId) -> String {
        let text = format!("n.º {}", self.written.load(Ordering::Relaxed));
        self.customer_writes(connection, &text).await;
        text
    }

    /// A customer writes to a number.
    pub(crate) async fn customer_writes(&self, connection: ConnectionId, text: &str) {
        let nth = self.written.fetch_add(1, Ordering::Relaxed);
        let message = Inbound {
            peer: Peer { lid: None, pn: Some("5561998124471@s.whatsapp.net".into()) },
            group: None,
            from_me: false,
            sender: None,
            wa_id: format!("3EB0{nth:018}"),
            kind: MessageKind::Text,
            text: text.into(),
            timestamp: chrono::Utc::now(),
            push_name: Some("Cláudia Menezes".into()),
            offline: false,
        };
        self.store.ingest(connection).messages(&[message]).await.expect("it is stored");
    }
}

/// An open live stream.
pub(crate) struct Live {
    chunks: BodyDataStream,
    text: String,
}

impl Live {
    /// The next event.
    pub(crate) async fn next(&mut self) -> LiveEvent {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                let event = data.map(|data| serde_json::from_str(data).expect("an event"));
                self.text = rest.to_owned();
                match event {
                    Some(Sequenced { event, .. }) => return event,
                    // It keeps the connection alive.
                    None => continue,
                }
            }
            let chunk = self.chunks.next().await.expect("the stream goes on").expect("a chunk");
            self.text += std::str::from_utf8(&chunk).expect("text");
        }
    }
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
