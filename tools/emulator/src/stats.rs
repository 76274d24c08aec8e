//! Counters of the traffic.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::lock::lock;

/// The answer of `GET /stats`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatsReport {
    /// Finished Noise handshakes.
    pub connections: u64,
    /// Those of them that resumed with Noise IK.
    pub resumed: u64,
    /// Logins that got a `<success>`.
    pub logins: u64,
    /// `<message>` stanzas from clients.
    pub messages_in: u64,
    /// `<message>` stanzas sent to connected clients or queued for them.
    pub messages_out: u64,
    /// Bytes received on WebSockets after decoding WebSocket frames.
    pub bytes_in: u64,
    /// Bytes sent in Noise frames.
    pub bytes_out: u64,
    /// Requests of clients that send a file or the rest of one to the media servers, also refused
    /// ones.
    pub upload_requests: u64,
    /// Files that clients have uploaded completely.
    pub uploads: u64,
    /// Bytes of files that the media servers received from clients. An upload that goes on where it
    /// broke off adds only the rest.
    pub upload_bytes: u64,
    /// Messages that phones refused because the sender is not signed by its account.
    pub refused_senders: u64,
    /// IQs left without an answer; only faults cause that.
    pub unanswered_iqs: u64,
    /// `namespace:child` of IQs that got an error because they are unknown.
    pub unknown_iqs: Vec<String>,
}

/// The live counters.
#[derive(Default)]
pub(crate) struct Stats {
    pub(crate) connections: Counter,
    pub(crate) resumed: Counter,
    pub(crate) logins: Counter,
    pub(crate) messages_in: Counter,
    pub(crate) messages_out: Counter,
    pub(crate) bytes_in: Counter,
    pub(crate) bytes_out: Counter,
    pub(crate) upload_requests: Counter,
    pub(crate) uploads: Counter,
    pub(crate) upload_bytes: Counter,
    pub(crate) refused_senders: Counter,
    pub(crate) unanswered_iqs: Counter,
    unknown_iqs: Mutex<BTreeSet<String>>,
}

impl Stats {
    pub(crate) fn unknown_iq(&self, what: String) {
        lock(&self.unknown_iqs).insert(what);
    }

    pub(crate) fn report(&self) -> StatsReport {
        StatsReport {
            connections: self.connections.get(),
            resumed: self.resumed.get(),
            logins: self.logins.get(),
            messages_in: self.messages_in.get(),
            messages_out: self.messages_out.get(),
            bytes_in: self.bytes_in.get(),
            bytes_out: self.bytes_out.get(),
            upload_requests: self.upload_requests.get(),
            uploads: self.uploads.get(),
            upload_bytes: self.upload_bytes.get(),
            refused_senders: self.refused_senders.get(),
            unanswered_iqs: self.unanswered_iqs.get(),
            unknown_iqs: lock(&self.unknown_iqs).iter().cloned().collect(),
        }
    }
}

/// A number that only grows.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
