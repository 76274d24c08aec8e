//! Clients that are not linked yet: which QR refs and codes lead to which connection.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::{mpsc, oneshot};

use super::account::Account;
use super::lock;
use crate::phone::{CompanionHello, Linked, PrimaryHello};

/// What a phone asks of a connection that waits for pairing.
pub(crate) enum Request {
    /// Finish with `<pair-success>`: the phone scanned the QR.
    Link { account: Arc<Account>, linked: Linked, done: Done },
    /// Pass the phone's answer to a pair code on; the client comes back with its key bundle.
    PrimaryHello { account: Arc<Account>, hello: PrimaryHello, done: Done },
}

/// Tells the one who scanned how it went: the new device's id, or why not.
pub(crate) type Done = oneshot::Sender<Result<u16, String>>;

/// A connection that waits for pairing.
#[derive(Clone)]
pub(crate) struct Candidate {
    /// Name the client sent in its registration, used to find "its" phone.
    pub(crate) push_name: Option<String>,
    pub(crate) requests: mpsc::UnboundedSender<Request>,
}

/// A code shown by a client, as far as the server knows it: not the code itself.
#[derive(Clone)]
pub(crate) struct ShownCode {
    pub(crate) hello: CompanionHello,
    pub(crate) candidate: Candidate,
}

/// Refs and codes on offer.
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

    /// A newer code for the same number takes the place of the older.
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
