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
}

impl SentMessages {
    pub(super) fn keep(&mut self, id: &str, to: &Jid, message: &wa::Message) {
        if self.0.len() == CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back(SentMessage {
            id: id.to_owned(),
            to: to.to_string(),
            content: codec::message_to_vec(message),
        });
    }

    fn find(&self, id: &str) -> Option<&SentMessage> {
        self.0.iter().rev().find(|sent| sent.id == id)
    }
}

impl Phone {
    /// The recipient and content of a message this phone composed, for answering a retry receipt.
    pub fn sent_message(&self, id: &str) -> Option<(Jid, wa::Message)> {
        let sent = self.sent.find(id)?;
        Some((sent.to.parse().ok()?, codec::message_decode(&sent.content).ok()?))
    }
}
