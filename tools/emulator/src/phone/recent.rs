use std::collections::VecDeque;

use wacore_binary::{Jid, JidExt as _};
use waproto::buffa::Message as _;
use waproto::whatsapp as wa;

use super::{Envelope, Phone};

/// Number of messages a phone can give to its companions. A real phone keeps them all; the bench
/// sends millions, and a companion asks within seconds.
const CAPACITY: usize = 2_000;

/// Recently sent and received messages, for companions that could not read them. A restarted phone
/// has none.
#[derive(Default)]
pub(super) struct RecentMessages(VecDeque<RecentMessage>);

struct RecentMessage {
    id: String,
    /// A `WebMessageInfo`.
    bytes: Vec<u8>,
}

impl Phone {
    /// Keeps a message of the conversation `chat` (`AddressBook::chat_name`) for companions.
    pub(super) fn keep_recent(&mut self, chat: &str, envelope: &Envelope, message: &wa::Message) {
        // Phones name the chat by its number. Otherwise the name is the JID.
        let chat = if chat.contains('@') { chat.to_owned() } else { Jid::pn(chat).to_string() };
        let participant = envelope.chat.is_group().then(|| {
            let [lid, pn] = self.addresses.forms(&envelope.sender);
            let author = if self.addresses_by_lid(&envelope.chat) { lid } else { pn };
            author.to_non_ad_string()
        });
        let key = wa::MessageKey {
            remote_jid: Some(chat),
            from_me: Some(self.owns(&envelope.sender)),
            id: Some(envelope.id.clone()),
            participant: participant.clone(),
        };
        let info = wa::WebMessageInfo {
            key: key.into(),
            message: message.clone().into(),
            message_timestamp: u64::try_from(envelope.timestamp).ok(),
            participant,
            ..Default::default()
        };
        let RecentMessages(messages) = &mut self.recent;
        if messages.len() == CAPACITY {
            messages.pop_front();
        }
        messages.push_back(RecentMessage { id: envelope.id.clone(), bytes: info.encode_to_vec() });
    }

    /// The content of a recent message, if the phone has it.
    pub(super) fn recent_content(&self, id: &str) -> Option<wa::Message> {
        let bytes = self.recent_message(id)?;
        wa::WebMessageInfo::decode_from_slice(&bytes).ok()?.message.into_option()
    }

    /// Returns a recent message as a `WebMessageInfo` in protobuf, if the phone has it.
    pub fn recent_message(&self, id: &str) -> Option<Vec<u8>> {
        let recent = self.recent.0.iter().rev().find(|recent| recent.id == id)?;
        Some(recent.bytes.clone())
    }
}
