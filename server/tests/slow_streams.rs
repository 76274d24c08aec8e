//! Streams that browsers do not read, over real connections: their queues are bounded, and they
//! end.

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use model::{ConnectionId, LiveEvent, Role};
use support::{App, cookie_of};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// Number of unread streams of one browser.
const UNREAD: usize = 20;
/// Most bytes in the queue of one of them (`server::routes::live::queue`).
const QUEUE: f64 = 128.0 * 1024.0;
/// Timeout, longer than any step here takes.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Installs the recorder of this process. A process has one, so this file has one test.
fn metrics_handle() -> PrometheusHandle {
    PrometheusBuilder::new().install_recorder().expect("the only recorder")
}

fn metric(handle: &PrometheusHandle, name: &str) -> f64 {
    let text = handle.render();
    let line = text.lines().find(|line| line.starts_with(name) && !line.starts_with('#'));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0.0)
}

async fn listen(app: &App) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let site = app.router().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, site).await });
    address
}

/// Requests the stream, reads the head of the response, and nothing after it.
async fn open(address: SocketAddr, cookie: &str, after: i64) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    // The system's buffer is small, so that unread data takes effect soon.
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    let mut stream = socket.connect(address).await.expect("the server");
    let ask =
        format!("GET /live?after={after} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.expect("it is asked");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("the head"));
    }
    assert!(head.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&head));
    stream
}

/// Writes texts that fill a stream's queue, until `enough`.
async fn flood(app: &App, number: ConnectionId, enough: impl Fn() -> bool) {
    let flooding = async {
        while !enough() {
            app.customer_writes(number, &"bom dia ".repeat(1_000)).await;
        }
    };
    tokio::time::timeout(TIMEOUT, flooding).await.expect("it is enough some day");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_nobody_reads_holds_little_ends_and_is_told_later_what_it_missed() {
    let metrics_handle = metrics_handle();
    let app = App::with_flags(&["--live-stall", "1s"]).await;
    let ana = app.user("ana", Role::Atendente).await;
    let number = app.own_connection(&ana).await;
    app.customer_writes(number, "oi").await;
    let cookie = cookie_of(&app, &ana).await;
    let begin = app.store.viewer(ana.id).await.expect("ana").last_seq().await.expect("a place");
    let address = listen(&app).await;
    let mut unread = Vec::new();
    for _ in 0..UNREAD {
        unread.push(open(address, &cookie, begin).await);
    }
    assert_eq!(metric(&metrics_handle, "inbox_live_streams") as usize, UNREAD);

    let most = std::cell::Cell::new(0.0_f64);
    flood(&app, number, || {
        most.set(most.get().max(metric(&metrics_handle, "inbox_live_queued_bytes")));
        metric(&metrics_handle, "inbox_live_streams") == 0.0
    })
    .await;
    let most = most.get();
    assert!(most > QUEUE, "something waited: {most} bytes");
    assert!(most <= QUEUE * UNREAD as f64, "{most} bytes waited");
    assert_eq!(metric(&metrics_handle, "inbox_live_queued_bytes"), 0.0, "nothing is kept for them");
    let refused = metric(&metrics_handle, "inbox_refused{what=\"live-stalled\"}");
    assert_eq!(refused as usize, UNREAD);

    // A late reader finds the end of the response, an empty chunk.
    let mut late = unread.pop().expect("one");
    let end = async {
        let mut last = Vec::new();
        while !last.ends_with(b"\r\n0\r\n\r\n") {
            last.drain(..last.len().saturating_sub(8));
            let mut part = [0; 65_536];
            let read = late.read(&mut part).await.expect("the rest");
            assert!(read > 0, "the answer is whole");
            last.extend_from_slice(&part[..read]);
        }
    };
    tokio::time::timeout(TIMEOUT, end).await.expect("it ends");

    // A browser that reconnects gets the rest, or a resync.
    let mut back = app.live(&cookie, begin).await;
    let received = tokio::time::timeout(TIMEOUT, async {
        loop {
            if let LiveEvent::Resync | LiveEvent::Message { .. } = back.next().await {
                break;
            }
        }
    });
    received.await.expect("it is received");
}
