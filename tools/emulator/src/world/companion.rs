//! A linked device as the server knows it, and delivery of stanzas to it.

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Node, NodeContent};

use super::accepted::Accepted;
use super::keys::CompanionKeys;
use super::link::Link;
use super::queue::{BatchRequests, Class, Phase, Queue};
use super::send_queue::Hold;
use crate::faults::{Faults, MessageEffect};

/// Stanzas sent before the client requests its first batch (WhatsApp's servers send about five).
const INITIAL_BATCH: usize = 5;

/// A linked device.
pub(crate) struct Companion {
    pub(crate) id: u16,
    pub(crate) key_index: u32,
    /// The platform name the client registered with, e.g. `CHROME`.
    pub(crate) platform: String,
    /// Static Noise key, which a login must present.
    pub(crate) noise: [u8; 32],
    pub(crate) keys: CompanionKeys,
    /// `ADVSignedDeviceIdentity`, signed by phone and device, for `<device-identity>`.
    pub(crate) device_identity: Vec<u8>,
    pub(crate) queue: Queue,
    /// Messages recently accepted from it.
    pub(crate) accepted: Accepted,
    pub(crate) link: Option<Link>,
    /// The client sent `<presence type="available">` on this connection.
    pub(crate) available: bool,
}

impl Companion {
    /// Queues a stanza that must arrive, and sends it at once if the client is ready for it.
    pub(crate) fn deliver(&mut self, faults: &Faults, number: &str, class: Class, node: Node) {
        let live = self.link.clone().filter(|_| self.queue.phase() == Phase::Live);
        let Some(link) = live else {
            self.queue.push(class, node, None);
            return;
        };
        self.queue.push(class, node.clone(), Some(link.id()));
        if class != Class::Message {
            link.send(node);
            return;
        }
        // The second message of a swapped pair gets no fault; the first has used the fault up.
        let effect = match link.swaps_with_next() {
            true => MessageEffect::Deliver,
            false => faults.message_effect(number, self.id),
        };
        match effect {
            MessageEffect::Deliver => link.send_message(node, Hold::No),
            MessageEffect::Drop => {}
            MessageEffect::Duplicate => {
                link.send_message(node.clone(), Hold::No);
                link.send_message(node, Hold::No);
            }
            MessageEffect::Corrupt => link.send_message(corrupted(node), Hold::No),
            MessageEffect::Delay(time) => link.send_message(node, Hold::For(time)),
            MessageEffect::Overtaken => link.send_message(node, Hold::UntilOvertaken),
        }
    }

    /// Sends a stanza that is not worth queueing (presence, typing), if the client is connected
    /// and active.
    pub(crate) fn send_if_live(&self, node: Node) {
        if let Some(link) = &self.link
            && self.queue.phase() == Phase::Live
        {
            link.send(node);
        }
    }

    /// Announces the backlog to a client that went active, and begins to deliver it.
    pub(crate) fn start_delivery(&mut self) {
        let Some(link) = self.link.clone() else {
            return;
        };
        if self.queue.phase() != Phase::Held {
            return;
        }
        let announced = self.queue.len();
        self.queue.set_phase(Phase::Draining { announced, requests: BatchRequests::NoneYet });
        if announced > 0 {
            let preview = NodeBuilder::new("offline_preview")
                .attr("count", announced)
                .attr("message", self.queue.count(Class::Message))
                .attr("receipt", self.queue.count(Class::Receipt))
                .attr("notification", self.queue.count(Class::Notification))
                .attr("appdata", 0)
                .attr("call", 0);
            link.send(ib(preview.build()));
        }
        self.deliver_backlog(INITIAL_BATCH);
    }

    /// Handles a client's request for a batch of the backlog.
    pub(crate) fn batch_requested(&mut self, limit: usize) {
        if let Phase::Draining { announced, requests } = self.queue.phase() {
            let before = match requests {
                BatchRequests::NoneYet => 0,
                BatchRequests::Count(before) => before,
            };
            self.queue.set_phase(Phase::Draining {
                announced,
                requests: BatchRequests::Count(before + 1),
            });
            self.deliver_backlog(limit);
        }
    }

    /// Returns `true` if the client has requested a batch of the backlog that is being delivered.
    pub(crate) fn has_asked(&self) -> bool {
        matches!(self.queue.phase(), Phase::Draining { requests: BatchRequests::Count(_), .. })
    }

    /// The client's progress with its backlog: batches requested, and stanzas confirmed. `None`
    /// once all of it was sent.
    pub(crate) fn progress(&self) -> Option<(u32, u64)> {
        match self.queue.phase() {
            Phase::Draining { requests: BatchRequests::NoneYet, .. } => {
                Some((0, self.queue.confirmed()))
            }
            Phase::Draining { requests: BatchRequests::Count(n), .. } => {
                Some((n, self.queue.confirmed()))
            }
            Phase::Held | Phase::Live => None,
        }
    }

    /// Delivers the rest of the backlog to a client that does not ask for it.
    pub(crate) fn deliver_rest(&mut self) {
        self.deliver_backlog(usize::MAX);
    }

    /// Delivers up to `limit` more stanzas of the backlog, and its end marker after the last.
    fn deliver_backlog(&mut self, limit: usize) {
        let Some(link) = self.link.clone() else {
            return;
        };
        let Phase::Draining { announced, .. } = self.queue.phase() else {
            return;
        };
        for node in self.queue.next_batch(link.id(), limit) {
            link.send(node);
        }
        if !self.queue.has_unsent(link.id()) {
            let marker = NodeBuilder::new("offline").attr("count", announced).build();
            link.send(ib(marker));
            self.queue.set_phase(Phase::Live);
        }
    }

    /// Removes a connection that ended. Returns `true` if it was the current one.
    pub(crate) fn disconnected(&mut self, connection: u64) -> bool {
        let current = self.link.as_ref().is_some_and(|link| link.id() == connection);
        if current {
            self.link = None;
            self.available = false;
            self.queue.set_phase(Phase::Held);
        }
        current
    }
}

fn ib(child: Node) -> Node {
    NodeBuilder::new("ib").attr("from", wacore_binary::SERVER_JID).children([child]).build()
}

/// At this distance from its end a `msg` or `pkmsg` is always ciphertext. The last 8 bytes of a
/// `msg` are its MAC; in a `pkmsg` up to 12 bytes with the registration and prekey ids may follow
/// that.
const BYTES_FROM_END: usize = 24;

/// The same message with one flipped bit in its ciphertext, so that it does not decrypt.
fn corrupted(mut node: Node) -> Node {
    if let Some(NodeContent::Nodes(children)) = &mut node.content {
        for child in children.iter_mut().filter(|child| child.tag == "enc") {
            if let Some(NodeContent::Bytes(bytes)) = &mut child.content {
                let position = bytes.len().saturating_sub(BYTES_FROM_END);
                if let Some(byte) = bytes.get_mut(position) {
                    *byte ^= 1;
                }
            }
        }
    }
    node
}

#[cfg(test)]
mod tests {
    use waproto::whatsapp::Message;

    use super::*;
    use crate::delivery::enc_node;
    use crate::node::bytes;
    use crate::phone::{Enc, EncKind, Phone, PhoneError};

    /// An `<enc>` after its corruption in transit.
    fn after(enc: Enc) -> Enc {
        let kind = enc.kind;
        let enc = enc_node(enc, &Message::default());
        let node = corrupted(NodeBuilder::new("message").children([enc]).build());
        let enc = node.get_optional_child("enc").and_then(bytes).expect("still there");
        Enc { kind, bytes: enc.to_vec() }
    }

    #[tokio::test]
    async fn what_is_corrupted_parses_and_does_not_decrypt() {
        let mut ana = Phone::new("5561999990001", "100000000000001", "Ana");
        let mut bia = Phone::new("5561999990002", "100000000000002", "Bia");
        let text = Message { conversation: Some("oi".to_owned()), ..Default::default() };
        let bundle = bia.take_bundle();
        let first = ana.encrypt(&bia.lid(), Some(&bundle), &text).await.expect("seals");
        assert_eq!(first.kind, EncKind::PreKey);
        let refused = bia.decrypt(&ana.lid(), first.kind, &after(first.clone()).bytes).await;
        assert!(matches!(refused, Err(PhoneError::Undecryptable(_))), "{refused:?}");
        bia.decrypt(&ana.lid(), first.kind, &first.bytes).await.expect("opens");

        let answer = bia.encrypt(&ana.lid(), None, &text).await.expect("seals");
        ana.decrypt(&bia.lid(), answer.kind, &answer.bytes).await.expect("opens");
        let next = ana.encrypt(&bia.lid(), None, &text).await.expect("seals");
        assert_eq!(next.kind, EncKind::Msg);
        let refused = bia.decrypt(&ana.lid(), next.kind, &after(next).bytes).await;
        assert!(matches!(refused, Err(PhoneError::Undecryptable(_))), "{refused:?}");
    }
}
