//! Accepts connections and serves them, within bounds that keep slow or many clients from blocking
//! others.
//!
//! `axum::serve` has no limits of time or number. This is its loop over hyper's HTTP/1 connections,
//! with both: `progress` tracks the step of a connection and ends one that takes too long, `slots`
//! counts connections and makes room for new ones, `step_timeout` ends one whose client does not
//! read, `connection` puts the three around hyper, and `descriptors` raises the limit of open
//! files.

mod bodies;
mod connection;
mod descriptors;
mod progress;
mod refusal;
mod slots;
mod step_timeout;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use app::Site;
use axum::Router;
use service::client::network;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::slots::Slots;
use crate::config::Limits;

/// Pause after a connection could not be accepted. The system is out of some resource, and an
/// immediate retry would only use the processor.
const ACCEPT_RETRY: Duration = Duration::from_millis(200);
/// Connections that are closed to free resources after such a failure.
const CLOSED_FOR_RESOURCES: usize = 16;

/// Time that running responses may delay the end of the program. Service managers wait longer
/// before they kill it: systemd 90 s, Kubernetes 30 s.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(20);

/// Raises the limit of file descriptors to the allowed maximum and returns the limits with a number
/// of connections that leaves half of them for the database, numbers and files.
pub(crate) fn within_descriptors(limits: Limits) -> Limits {
    let Some(descriptors) = descriptors::raise() else { return limits };
    let connections = limits.connections.min((descriptors / 2).max(1));
    tracing::info!(descriptors, connections, "connections are bounded");
    Limits { connections, ..limits }
}

/// Serves until `stop`, and then until every running request is answered or [`SHUTDOWN_TIMEOUT`] is
/// over.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    site: Site,
    stop: CancellationToken,
) {
    let slots = Arc::new(Slots::new(limits));
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // The client disconnected before it was accepted.
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                tracing::error!(%error, "connections cannot be accepted");
                slots.make_room(CLOSED_FOR_RESOURCES);
                tokio::select! {
                    () = tokio::time::sleep(ACCEPT_RETRY) => continue,
                    () = stop.cancelled() => break,
                }
            }
        };
        let ip = peer.ip().to_canonical();
        let Some(slot) = slots.take((!site.trusts(ip)).then(|| network(ip))) else { continue };
        no_delay(&stream);
        connections.spawn(connection::run(
            stream,
            peer,
            router.clone(),
            slot,
            limits,
            stop.clone(),
        ));
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(SHUTDOWN_TIMEOUT, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "answers under way are not waited for");
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Head and body of a response are two packets. Without this option the second waits for the
/// browser's acknowledgement of the first, which takes 40 ms.
fn no_delay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its packets back");
    }
}
