//! One connection, from the first byte to the last.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::bodies::Tracked;
use super::patience::Patient;
use super::places::Place;
use super::progress::{Progress, Step};
use super::refused;
use crate::config::Limits;

/// The longest head of a request, and the most that is kept of an answer before it is sent. hyper's own
/// 400 KiB, times all connections, would be gigabytes.
const BUFFER: usize = 64 * 1024;

/// Serves a connection until it ends, takes too long, or has to make room.
pub(super) async fn run(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    place: Place,
    limits: Limits,
    stop: CancellationToken,
) {
    let progress = &place.progress;
    let socket = TokioIo::new(Patient::new(stream, progress.clone(), limits.read_within));
    let service = service_fn(|request: axum::http::Request<Incoming>| {
        answer(router.clone(), peer, progress.clone(), request)
    });
    let mut http = http1::Builder::new();
    // `Progress` has the time limits: hyper's would be one for a head and for the pause before it.
    http.header_read_timeout(None).max_buf_size(BUFFER);
    let mut connection = pin!(http.serve_connection(socket, service));
    let mut is_stopping = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, %peer, "a connection broke off");
                }
                return;
            }
            step = progress.overdue(&limits) => {
                match step {
                    Step::Head => refused("slow-head", Some(peer)),
                    Step::Body => refused("slow-body", Some(peer)),
                    Step::Idle | Step::Answering | Step::Unread => {}
                }
                return;
            }
            () = place.close.cancelled() => return,
            () = stop.cancelled(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
                // Half a request is nothing that could be answered.
                if progress.step() == Step::Head {
                    return;
                }
            }
        }
    }
}

async fn answer(
    router: Router,
    peer: SocketAddr,
    progress: Progress,
    request: axum::http::Request<Incoming>,
) -> Result<Response, Infallible> {
    let has_body = !request.body().is_end_stream();
    progress.headed(has_body);
    let mut request: Request = request.map(|body| match has_body {
        true => Body::new(Tracked::of_request(Body::new(body), progress.clone())),
        false => Body::empty(),
    });
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = router.oneshot(request).await?;
    Ok(response.map(|body| Body::new(Tracked::of_answer(body, progress))))
}
