//! The count of connections that were ended or refused.

use std::net::SocketAddr;

/// Counts a connection that was ended or refused.
pub(super) fn refused(what: &'static str, peer: Option<SocketAddr>) {
    metrics::counter!("inbox_refused", "what" => what).increment(1);
    tracing::debug!(what, ?peer, "a connection was refused");
}
