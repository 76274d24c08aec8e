//! Serves one connection, from the first byte to the last.

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
use super::progress::{Progress, Step};
use super::refusal::refused;
use super::slots::Slot;
use super::step_timeout::StepTimeout;
use crate::config::Limits;

/// Largest head of a request, and the most bytes of a response that are buffered before they are
/// sent. hyper's own 400 KiB, times all connections, would be gigabytes.
const BUFFER: usize = 64 * 1024;

/// Serves a connection until it ends, takes too long, or its slot is needed for another one.
pub(super) async fn run(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    slot: Slot,
    limits: Limits,
    stop: CancellationToken,
) {
    let progress = &slot.progress;
    let socket = TokioIo::new(StepTimeout::new(stream, progress.clone(), limits.read_within));
    let service = service_fn(|request: axum::http::Request<Incoming>| {
        respond(router.clone(), peer, progress.clone(), request)
    });
    let mut http = http1::Builder::new();
    // `Progress` has the time limits: hyper has one limit for both a head and the pause before it.
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
                    Step::Idle | Step::Responding | Step::Unread => {}
                }
                return;
            }
            () = slot.close.cancelled() => return,
            () = stop.cancelled(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
                // An incomplete request cannot be answered.
                if progress.step() == Step::Head {
                    return;
                }
            }
        }
    }
}

async fn respond(
    router: Router,
    peer: SocketAddr,
    progress: Progress,
    request: axum::http::Request<Incoming>,
) -> Result<Response, Infallible> {
    let has_body = !request.body().is_end_stream();
    progress.head_complete(has_body);
    let mut request: Request = request.map(|body| match has_body {
        true => Body::new(Tracked::of_request(Body::new(body), progress.clone())),
        false => Body::empty(),
    });
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = router.oneshot(request).await?;
    Ok(response.map(|body| Body::new(Tracked::of_response(body, progress))))
}
