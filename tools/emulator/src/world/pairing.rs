//! Clients that are not linked yet: the connections of QR refs and codes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::{mpsc, oneshot};

use super::account::Account;
use crate::lock::lock;
use crate::phone::{CompanionHello, Linked, PrimaryHello};

/// A phone's request to a connection that waits for pairing.
pub(crate) enum Request {
    /// The phone scanned the QR: finish with `<pair-success>`.
    Link { account: Arc<Account>, linked: Linked, done: ResultSender },
    /// Forward the phone's answer to a pair code; the client answers with its key bundle.
    PrimaryHello { account: Arc<Account>, hello: PrimaryHello, done: ResultSender },
}

/// Returns the result to the scanning caller: the new device's id, or the reason of the failure.
pub(crate) type ResultSender = oneshot::Sender<Result<u16, String>>;

/// A connection that waits for pairing.
#[derive(Clone)]
pub(crate) struct Candidate {
    /// Name the client sent in its registration, used to find the phone with that name.
    pub(crate) push_name: Option<String>,
    pub(crate) requests: mpsc::UnboundedSender<Request>,
}

/// A code shown by a client. The server knows its hello, not the code itself.
#[derive(Clone)]
pub(crate) struct ShownCode {
    pub(crate) hello: CompanionHello,
    pub(crate) candidate: Candidate,
}

/// Offered refs and codes.
#[derive(Default)]
pub(crate) struct Pairings {
    by_ref: Mutex<HashMap<String, Candidate>>,
    by_number: Mutex<HashMap<String, ShownCode>>,
}

impl Pairings {
    pub(crate) fn offer(&self, refs: &[String], candidate: &Candidate) {
        let mut by_ref = lock(&self.by_ref);
        for pairing_ref in refs {
            by_ref.insert(pairing_ref.clone(), candidate.clone());
        }
    }

    pub(crate) fn withdraw(&self, refs: &[String]) {
        let mut by_ref = lock(&self.by_ref);
        for pairing_ref in refs {
            by_ref.remove(pairing_ref);
        }
    }

    pub(crate) fn candidate(&self, pairing_ref: &str) -> Option<Candidate> {
        lock(&self.by_ref).get(pairing_ref).cloned()
    }

    /// Adds a shown code. It replaces an older code for the same number.
    pub(crate) fn show_code(&self, number: &str, code: ShownCode) {
        lock(&self.by_number).insert(number.to_owned(), code);
    }

    pub(crate) fn shown_code(&self, number: &str) -> Option<ShownCode> {
        lock(&self.by_number).get(number).cloned()
    }

    pub(crate) fn hide_code(&self, pairing_ref: &[u8]) {
        lock(&self.by_number).retain(|_, code| code.hello.pairing_ref != pairing_ref);
    }
}
