//! Accepts connections and serves them, within bounds that keep slow or many clients from silencing others.
//!
//! `axum::serve` has no limits of time or number. This is its loop over hyper's HTTP/1 connections, with
//! both: `progress` knows which step a connection is at and ends one that takes too long, `places` counts
//! connections and makes room for new ones, `patience` ends one that does not read its answers,
//! `connection` puts the three around hyper, `descriptors` raises what the system allows.

mod bodies;
mod connection;
mod descriptors;
mod patience;
mod places;
mod progress;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use app::Site;
use app::auth::forwarded::network;
use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::places::Places;
use crate::config::Limits;

/// The pause after a connection could not be accepted. The system is out of something, and asking at once
/// would only use up a processor.
const PAUSE: Duration = Duration::from_millis(200);
/// Connections that are closed to make room after such a failure.
const MADE_ROOM: usize = 16;

/// How long answers under way may hold up the end of the program. Service managers wait longer before they
/// kill it: systemd 90 s, Kubernetes 30 s.
const FAREWELL: Duration = Duration::from_secs(20);

/// Raises the number of descriptors to what the system allows and returns the limits with a number of
/// connections that leaves half of them for the database, numbers and files.
pub(crate) fn within_descriptors(limits: Limits) -> Limits {
    let Some(descriptors) = descriptors::raise() else { return limits };
    let connections = limits.connections.min((descriptors / 2).max(1));
    tracing::info!(descriptors, connections, "connections are bounded");
    Limits { connections, ..limits }
}

/// Serves until `stop`, and then until every request under way is answered, or [`FAREWELL`] is over.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    site: Site,
    stop: CancellationToken,
) {
    let places = Arc::new(Places::new(limits));
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // Whoever connected has gone again.
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                tracing::error!(%error, "connections cannot be accepted");
                places.make_room(MADE_ROOM);
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => continue,
                    () = stop.cancelled() => break,
                }
            }
        };
        let ip = peer.ip().to_canonical();
        let Some(place) = places.take((!site.trusts(ip)).then(|| network(ip))) else { continue };
        no_delay(&stream);
        connections.spawn(connection::run(
            stream,
            peer,
            router.clone(),
            place,
            limits,
            stop.clone(),
        ));
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(FAREWELL, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "answers under way are not waited for");
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Head and content of an answer are two packets. Without this the second waits until the browser has
/// confirmed the first, which it does after 40 ms.
fn no_delay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its packets back");
    }
}

/// Counts a connection that was ended or not begun.
fn refused(what: &'static str, peer: Option<SocketAddr>) {
    metrics::counter!("inbox_refused", "what" => what).increment(1);
    tracing::debug!(what, ?peer, "a connection was refused");
}
