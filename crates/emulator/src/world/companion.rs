//! A linked device as the server knows it, and how stanzas get to it.

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Node, NodeContent};

use super::accepted::Accepted;
use super::keys::CompanionKeys;
use super::lane::Hold;
use super::link::Link;
use super::queue::{Class, Pace, Phase, Queue};
use crate::faults::{Fate, Faults};

/// Stanzas sent before the client asks for its first batch (WhatsApp's servers send about five).
const PRIMER: usize = 5;

/// A linked device.
pub(crate) struct Companion {
    pub(crate) id: u16,
    pub(crate) key_index: u32,
    /// What the client calls itself, e.g. `CHROME`.
    pub(crate) platform: String,
    /// Static Noise key: a login must come with it.
    pub(crate) noise: [u8; 32],
    pub(crate) keys: CompanionKeys,
    /// `ADVSignedDeviceIdentity`, signed by phone and device, for `<device-identity>`.
    pub(crate) device_identity: Vec<u8>,
    pub(crate) queue: Queue,
    /// What it sent lately.
    pub(crate) accepted: Accepted,
    pub(crate) link: Option<Link>,
    /// The client said `<presence type="available">` on this connection.
    pub(crate) available: bool,
}

impl Companion {
    /// Queues a stanza that must arrive, and sends it at once where the client is ready for it.
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
        // The second of a pair that is swapped is spared: the fault struck with the first.
        let fate = match link.gives_way() {
            true => Fate::Deliver,
            false => faults.fate_of_message(number, self.id),
        };
        match fate {
            Fate::Deliver => link.send_message(node, Hold::No),
            Fate::Drop => {}
            Fate::Duplicate => {
                link.send_message(node.clone(), Hold::No);
                link.send_message(node, Hold::No);
            }
            Fate::Corrupt => link.send_message(corrupted(node), Hold::No),
            Fate::Delay(time) => link.send_message(node, Hold::For(time)),
            Fate::Overtaken => link.send_message(node, Hold::UntilOvertaken),
        }
    }

    /// Sends a stanza that is worth nothing later (presence, typing), if the client is there.
    pub(crate) fn mention(&self, node: Node) {
        if let Some(link) = &self.link
            && self.queue.phase() == Phase::Live
        {
            link.send(node);
        }
    }

    /// The client went active: announces the backlog and begins to deliver it.
    pub(crate) fn start_delivery(&mut self) {
        let Some(link) = self.link.clone() else {
            return;
        };
        if self.queue.phase() != Phase::Held {
            return;
        }
        let announced = self.queue.len();
        self.queue.set_phase(Phase::Draining { announced, pace: Pace::Unknown });
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
        self.deliver_backlog(PRIMER);
    }

    /// The client asks for a batch of the backlog.
    pub(crate) fn batch_requested(&mut self, limit: usize) {
        if let Phase::Draining { announced, pace } = self.queue.phase() {
            let before = match pace {
                Pace::Unknown => 0,
                Pace::Requested(before) => before,
            };
            self.queue.set_phase(Phase::Draining { announced, pace: Pace::Requested(before + 1) });
            self.deliver_backlog(limit);
        }
    }

    /// Whether the client has asked for a batch of the backlog that is being delivered.
    pub(crate) fn has_asked(&self) -> bool {
        matches!(self.queue.phase(), Phase::Draining { pace: Pace::Requested(_), .. })
    }

    /// How far the client is with its backlog: batches asked for, and stanzas confirmed. `None` once
    /// all of it went out.
    pub(crate) fn progress(&self) -> Option<(u32, u64)> {
        match self.queue.phase() {
            Phase::Draining { pace: Pace::Unknown, .. } => Some((0, self.queue.confirmed())),
            Phase::Draining { pace: Pace::Requested(n), .. } => Some((n, self.queue.confirmed())),
            Phase::Held | Phase::Live => None,
        }
    }

    /// Delivers the rest of the backlog to a client that does not ask for it.
    pub(crate) fn lose_patience(&mut self) {
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

    /// Forgets a connection that ended; tells whether it was still the current one.
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

/// How far from its end a `msg` or `pkmsg` is ciphertext in any case. The last 8 bytes of a `msg`
/// are its MAC; in a `pkmsg` up to 12 bytes with the registration and prekey ids may follow that.
const INSIDE: usize = 24;

/// The same message with one bit of its ciphertext flipped, so that it does not decrypt.
fn corrupted(mut node: Node) -> Node {
    if let Some(NodeContent::Nodes(children)) = &mut node.content {
        for child in children.iter_mut().filter(|child| child.tag == "enc") {
            if let Some(NodeContent::Bytes(bytes)) = &mut child.content {
                let position = bytes.len().saturating_sub(INSIDE);
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
    use crate::phone::{Enc, EncKind, Phone, PhoneError};
    use crate::stanza::bytes;

    /// What arrives of an `<enc>` that was corrupted on its way.
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
