//! A client that wants to be linked: refs for its QR, pair codes, `<pair-success>`.
//!
//! The connection waits for a phone. A scan arrives as a [`Request`] from the control side; the
//! phone has signed the companion by then, and `<pair-success>` carries that signature. The
//! client signs back in `<pair-device-sign>`; with that verified the device exists, and a
//! `<stream:error code="515">` sends the client off to log in.
//!
//! Pair codes are in [`pair_code`], the stanzas themselves in [`stanzas`].

mod pair_code;
mod stanzas;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;
use waproto::whatsapp::ClientPayload;
use waproto::whatsapp::client_payload::DevicePairingRegistrationData;

use super::Connection;
use crate::faults::FaultKind;
use crate::handset;
use crate::iq::{Iq, Reply};
use crate::notify;
use crate::phone::Linked;
use crate::world::accepted::Accepted;
use crate::world::account::Account;
use crate::world::companion::Companion;
use crate::world::keys::CompanionKeys;
use crate::world::link::Ending;
use crate::world::pairing::{Candidate, Done, Request};
use crate::world::queue::Queue;

/// A client gets six refs; it shows the first for 60 s and the others for 20 s each.
const REFS: usize = 6;
const REFS_LAST: Duration = Duration::from_secs(60 + 5 * 20);
/// A pair code lasts three minutes and may be asked for more than once; a client that is not
/// linked by then has to connect again.
const WAITS_AT_MOST: Duration = Duration::from_secs(15 * 60);

/// How far the pairing has come.
enum Stage {
    /// Refs are on offer, a code may be shown.
    Offered,
    /// A phone typed the code; the client's key bundle is due.
    CodeEntered { account: Arc<Account>, done: Done },
    /// `<pair-success>` is out; `<pair-device-sign>` is due.
    Signing { iq: String, account: Arc<Account>, linked: Box<Linked>, done: Done },
}

/// One registration.
struct Registration<'a> {
    connection: &'a mut Connection,
    client_static: [u8; 32],
    keys: CompanionKeys,
    platform: String,
    candidate: Candidate,
    stage: Stage,
}

/// What a phone that typed the code signed, and who waits for the outcome.
struct Signed {
    account: Arc<Account>,
    linked: Linked,
    done: Done,
}

/// What to do after a stanza or request.
enum Next {
    Wait,
    End,
}

/// Serves a registration until the device is linked or the client gives up.
pub(crate) async fn run(
    connection: &mut Connection,
    client_static: [u8; 32],
    payload: &ClientPayload,
    data: &DevicePairingRegistrationData,
) {
    let Some(keys) = CompanionKeys::from_registration(data) else {
        connection.link.send(NodeBuilder::new("failure").attr("reason", 400).build());
        return;
    };
    let (requests, mut inbox) = mpsc::unbounded_channel();
    let candidate = Candidate { push_name: payload.push_name.clone(), requests };
    let world = connection.world.clone();
    let count = match world.faults.strike_anybody(FaultKind::FewRefs) {
        Some(fault) => fault.code.map_or(1, |count| count as usize),
        None => REFS,
    };
    let refs: Vec<String> = (0..count).map(|_| stanzas::pairing_ref()).collect();
    world.pairings.offer(&refs, &candidate);
    connection.link.send(stanzas::pair_device(world.next_id().to_string(), &refs));

    let registration = Registration {
        connection,
        client_static,
        keys,
        platform: stanzas::platform(data),
        candidate,
        stage: Stage::Offered,
    };
    registration.wait(&mut inbox, &refs).await;
    world.pairings.withdraw(&refs);
}

impl Registration<'_> {
    async fn wait(mut self, inbox: &mut mpsc::UnboundedReceiver<Request>, refs: &[String]) {
        let started = Instant::now();
        let mut refs_valid = true;
        loop {
            let next = tokio::select! {
                Some(request) = inbox.recv() => self.request(request).await,
                node = self.connection.next() => match node {
                    Some(node) => self.stanza(&node).await,
                    None => Next::End,
                },
                () = tokio::time::sleep_until(started + REFS_LAST), if refs_valid => {
                    refs_valid = false;
                    self.connection.world.pairings.withdraw(refs);
                    Next::Wait
                }
                () = tokio::time::sleep_until(started + WAITS_AT_MOST) => Next::End,
            };
            if matches!(next, Next::End) {
                break;
            }
        }
        self.give_up("the client went away").await;
    }

    async fn request(&mut self, request: Request) -> Next {
        match request {
            // A ref is spent with the first scan.
            Request::Link { account, linked, done } if self.is_signing() => {
                refuse(&account, &linked, done, "the QR was scanned already").await;
            }
            Request::Link { account, linked, done } if !self.is_ours(&linked) => {
                refuse(&account, &linked, done, "the QR is not this connection's").await;
            }
            Request::Link { account, linked, done } => self.offer(account, linked, done).await,
            Request::PrimaryHello { account, hello, done } => {
                self.primary_hello(hello);
                self.stage = Stage::CodeEntered { account, done };
            }
        }
        Next::Wait
    }

    /// Sends `<pair-success>` with what the phone signed, unless the account wants a passkey first.
    async fn offer(&mut self, account: Arc<Account>, linked: Linked, done: Done) {
        let world = &self.connection.world;
        if world.faults.strike_anybody(FaultKind::Passkey).is_some() {
            self.connection.link.send(stanzas::passkey_request(world));
            return refuse(&account, &linked, done, "the account asks for a passkey").await;
        }
        let iq = world.next_id().to_string();
        let success = stanzas::pair_success(&iq, &account, &linked, world.clock.now());
        self.connection.link.send(success);
        self.stage = Stage::Signing { iq, account, linked: Box::new(linked), done };
    }

    /// Whether what a phone signed is the client of this connection: the key it shook hands with,
    /// and the identity it registered.
    fn is_ours(&self, linked: &Linked) -> bool {
        linked.noise_pub == self.client_static && linked.identity_pub == self.keys.identity
    }

    fn is_signing(&self) -> bool {
        matches!(self.stage, Stage::Signing { .. })
    }

    async fn stanza(&mut self, node: &Node) -> Next {
        let Some(iq) = Iq::read(node) else {
            return Next::Wait;
        };
        if let Stage::Signing { iq: expected, .. } = &self.stage
            && iq.id == *expected
        {
            return self.signed(&iq).await;
        }
        if !iq.is_request() {
            return Next::Wait;
        }
        let mut signed = None;
        let reply = match (iq.xmlns.as_ref(), iq.child.map(|child| child.tag.as_ref())) {
            ("md", Some("link_code_companion_reg")) => {
                let faults = &self.connection.world.faults;
                match faults.strike_anybody(FaultKind::CodeRefused) {
                    Some(_) => Reply::bad_request(),
                    None => self.pair_code(&iq, &mut signed).await,
                }
            }
            ("w:p" | "urn:xmpp:ping", _) => Reply::empty(),
            _ => Reply::Unknown,
        };
        iq.answer(&self.connection.world, &self.connection.link, reply);
        // After the answer: a client that was told of its success leaves with the next stanza.
        if let Some(Signed { account, linked, done }) = signed {
            self.offer(account, linked, done).await;
        }
        Next::Wait
    }

    /// The client's answer to `<pair-success>`.
    async fn signed(&mut self, iq: &Iq<'_>) -> Next {
        let Stage::Signing { account, linked, done, .. } =
            std::mem::replace(&mut self.stage, Stage::Offered)
        else {
            return Next::Wait;
        };
        let device = linked.device.id;
        let signature = iq
            .child
            .filter(|child| child.tag == "pair-device-sign")
            .and_then(|child| stanzas::bytes_of(child, "device-identity"));
        let accepted = match signature {
            None => Err("the client refused the pairing".to_owned()),
            Some(signature) => self.accept(&account, &linked, signature).await,
        };
        match accepted {
            Ok(()) => {
                let restart = NodeBuilder::new("stream:error").attr("code", "515").build();
                self.connection.link.send(restart);
                self.connection.link.end(Ending::Close);
                report(done, Ok(device));
            }
            Err(why) => refuse(&account, &linked, done, &why).await,
        }
        self.connection.world.changed();
        Next::End
    }

    async fn accept(
        &self,
        account: &Arc<Account>,
        linked: &Linked,
        signature: &[u8],
    ) -> Result<(), String> {
        let device = linked.device.id;
        let device_identity = {
            let mut phone = account.phone.lock().await;
            phone.accept_device_signature(device, signature).map_err(|error| error.to_string())?;
            phone.set_device_platform(device, &self.platform);
            let linked = phone
                .device(device)
                .and_then(|linked| linked.device_identity().map(<[u8]>::to_vec));
            linked.ok_or_else(|| "the device vanished while it was linked".to_owned())?
        };
        let companion = Companion {
            id: device,
            key_index: linked.device.key_index,
            platform: self.platform.clone(),
            noise: self.client_static,
            keys: self.keys.clone(),
            device_identity,
            queue: Queue::default(),
            accepted: Accepted::default(),
            link: None,
            available: false,
        };
        account.directory().companions.insert(device, companion);
        let world = &self.connection.world;
        notify::devices_changed(world, account, notify::Change::Added(device)).await;
        handset::welcome(world, account, device).await;
        Ok(())
    }

    /// Tells whoever waits that nothing came of it.
    async fn give_up(self, why: &str) {
        match self.stage {
            Stage::Offered => {}
            Stage::CodeEntered { done, .. } => report(done, Err(why.to_owned())),
            Stage::Signing { account, linked, done, .. } => {
                refuse(&account, &linked, done, why).await;
            }
        }
    }
}

/// The phone takes its signature back, and whoever scanned learns why.
async fn refuse(account: &Account, linked: &Linked, done: Done, why: &str) {
    account.phone.lock().await.unlink(linked.device.id);
    report(done, Err(why.to_owned()));
}

fn report(done: Done, result: Result<u16, String>) {
    // Whoever scanned may have stopped waiting.
    let _ = done.send(result);
}
