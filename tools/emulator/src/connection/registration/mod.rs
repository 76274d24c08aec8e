//! Registration of a client that is not linked yet: refs for its QR, pair codes, `<pair-success>`.
//!
//! The connection waits for a phone. A scan arrives as a [`Request`] from the control API; the
//! phone has signed the companion by then, and `<pair-success>` carries that signature. The client
//! signs back in `<pair-device-sign>`; once that is verified the device exists, and a
//! `<stream:error code="515">` makes the client reconnect and log in.
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

use crate::client::connection::Connection;
use crate::faults::FaultKind;
use crate::iq::{Iq, Reply};
use crate::notify;
use crate::phone::{HistoryWishes, Linked};
use crate::simulated_phone;
use crate::stream_error;
use crate::world::accepted::Accepted;
use crate::world::account::Account;
use crate::world::companion::Companion;
use crate::world::history::Transfer;
use crate::world::keys::CompanionKeys;
use crate::world::link::Ending;
use crate::world::pairing::{Candidate, Request, ResultSender};
use crate::world::queue::Queue;

/// A client gets six refs. It shows the first for 60 s and the others for 20 s each.
const REFS: usize = 6;
const REFS_LIFETIME: Duration = Duration::from_secs(60 + 5 * 20);
/// A pair code lasts three minutes and may be requested more than once. A client that is not
/// linked within this time has to connect again.
const MAX_WAIT: Duration = Duration::from_secs(15 * 60);

/// Stage of the pairing.
enum Stage {
    /// Refs are offered, and a code may be shown.
    Offered,
    /// A phone user typed the code; the client's key bundle is due.
    CodeEntered { account: Arc<Account>, done: ResultSender },
    /// `<pair-success>` was sent; `<pair-device-sign>` is due.
    Signing { iq: String, account: Arc<Account>, linked: Box<Linked>, done: ResultSender },
}

/// One registration.
struct Registration<'a> {
    connection: &'a mut Connection,
    client_static: [u8; 32],
    keys: CompanionKeys,
    platform: String,
    history: HistoryWishes,
    candidate: Candidate,
    stage: Stage,
}

/// A companion signed by the phone that typed the code, and the sender for the result.
struct Signed {
    account: Arc<Account>,
    linked: Linked,
    done: ResultSender,
}

/// The next step after a stanza or request.
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
    let count = match world.faults.trigger_for_anybody(FaultKind::FewRefs) {
        Some(fault) => fault.code.map_or(1, |count| count as usize).min(REFS),
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
        history: stanzas::history_wishes(data),
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
                () = tokio::time::sleep_until(started + REFS_LIFETIME), if refs_valid => {
                    refs_valid = false;
                    self.connection.world.pairings.withdraw(refs);
                    Next::Wait
                }
                () = tokio::time::sleep_until(started + MAX_WAIT) => Next::End,
            };
            if matches!(next, Next::End) {
                break;
            }
        }
        self.give_up("the client went away").await;
    }

    async fn request(&mut self, request: Request) -> Next {
        match request {
            // The first scan uses up a ref.
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

    /// Sends `<pair-success>` with the phone's signature, unless the account asks for a passkey
    /// first.
    async fn offer(&mut self, account: Arc<Account>, linked: Linked, done: ResultSender) {
        let world = &self.connection.world;
        if world.faults.trigger_for_anybody(FaultKind::Passkey).is_some() {
            self.connection.link.send(stanzas::passkey_request(world));
            return refuse(&account, &linked, done, "the account asks for a passkey").await;
        }
        let iq = world.next_id().to_string();
        let success = stanzas::pair_success(&iq, &account, &linked, world.clock.now());
        self.connection.link.send(success);
        self.stage = Stage::Signing { iq, account, linked: Box::new(linked), done };
    }

    /// Returns `true` if the phone signed the client of this connection: the Noise key of its
    /// handshake, and the identity it registered.
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
                match faults.trigger_for_anybody(FaultKind::CodeRefused) {
                    Some(_) => Reply::bad_request(),
                    None => self.pair_code(&iq, &mut signed).await,
                }
            }
            ("w:p" | "urn:xmpp:ping", _) => Reply::empty(),
            _ => Reply::Unknown,
        };
        iq.answer(&self.connection.world, &self.connection.link, reply);
        // The link follows the answer, since a client that has seen its success disconnects at the
        // next stanza.
        if let Some(Signed { account, linked, done }) = signed {
            self.offer(account, linked, done).await;
        }
        Next::Wait
    }

    /// Handles the client's answer to `<pair-success>`.
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
                let restart = stream_error::with_code("515");
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
        {
            let mut directory = account.directory();
            directory.companions.insert(device, companion);
            directory.history.insert(device, Transfer::Due(self.history));
        }
        let world = &self.connection.world;
        notify::devices_changed(world, account, notify::Change::Added(device)).await;
        simulated_phone::send_key_share(world, account, device).await;
        Ok(())
    }

    /// Reports to the waiting caller that the pairing failed.
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

/// Removes the phone's signature of the companion and reports the reason to the caller.
async fn refuse(account: &Account, linked: &Linked, done: ResultSender, why: &str) {
    account.phone.lock().await.unlink(linked.device.id);
    report(done, Err(why.to_owned()));
}

fn report(done: ResultSender, result: Result<u16, String>) {
    // The caller may have stopped waiting.
    let _ = done.send(result);
}
