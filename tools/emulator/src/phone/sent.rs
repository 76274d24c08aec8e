use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use wacore_binary::Jid;
use waproto::{codec, whatsapp as wa};

use super::Phone;

/// Number of messages a phone can send again. A real phone keeps them all; the bench sends
/// millions, and a retry comes within seconds.
const CAPACITY: usize = 2_000;

/// Recently sent messages, for retry receipts.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct SentMessages(VecDeque<SentMessage>);

#[derive(Serialize, Deserialize)]
struct SentMessage {
    id: String,
    to: String,
    content: Vec<u8>,
    /// It is for a device of the account itself and of no chat.
    #[serde(default)]
    peer: bool,
}

impl SentMessages {
    pub(super) fn keep(&mut self, id: &str, to: &Jid, message: &wa::Message) {
        self.push(id, to, message, false);
    }

    fn push(&mut self, id: &str, to: &Jid, message: &wa::Message, peer: bool) {
        if self.0.len() == CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back(SentMessage {
            id: id.to_owned(),
            to: to.to_string(),
            content: codec::message_to_vec(message),
            peer,
        });
    }

    fn find(&self, id: &str) -> Option<&SentMessage> {
        self.0.iter().rev().find(|sent| sent.id == id)
    }
}

impl Phone {
    /// Keeps a message to a companion of the account, such as a shared key, for retry receipts.
    pub fn keep_peer_message(&mut self, id: &str, message: &wa::Message) {
        let own = self.jid();
        self.sent.push(id, &own, message, true);
    }

    /// Returns `true` for a kept message that is of no chat.
    pub fn is_peer_message(&self, id: &str) -> bool {
        self.sent.find(id).is_some_and(|sent| sent.peer)
    }

    /// The recipient and content of a message this phone composed, for answering a retry receipt.
    pub fn sent_message(&self, id: &str) -> Option<(Jid, wa::Message)> {
        let sent = self.sent.find(id)?;
        Some((sent.to.parse().ok()?, codec::message_decode(&sent.content).ok()?))
    }
}
