//! Delivery of one message to one device: as a stanza to a companion, as an [`InboundMessage`] to
//! a phone.

use std::sync::Arc;

use wacore::send::{media_type_from_message, should_hide_decrypt_fail};
use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Node, NodeContent};
use waproto::whatsapp::Message;

use crate::clock::Stamp;
use crate::node;
use crate::phone::{Enc, EncKind};
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;
use crate::world::inbox::{Event, InboundMessage};
use crate::world::presentation::Presentation;
use crate::world::queue::Class;

/// A message as the server sees it: sender, recipient and metadata, without the content.
pub(crate) struct Dispatch {
    pub(crate) id: String,
    pub(crate) from: DeviceAddress,
    /// The account the chat is with.
    pub(crate) recipient: Arc<Account>,
    /// The addressing the sender used for the recipient; the recipient sees the sender in the same
    /// one.
    pub(crate) addressing: Addressing,
    pub(crate) stamp: Stamp,
    /// The message goes between devices of one account and is not part of a chat
    /// (`category="peer"`).
    pub(crate) peer: bool,
    /// The stanza's `type`: `text`, `media`, `reaction`…
    pub(crate) kind: String,
    /// The `edit` attribute, set on edits and revocations.
    pub(crate) edit: Option<String>,
    /// Children to forward beside `<enc>`.
    pub(crate) extras: Vec<Node>,
    /// The presentation of the message to its recipients.
    pub(crate) presentation: Presentation,
}

impl Dispatch {
    /// Delivers one device its ciphertext. An unknown device gets nothing, as on the real server.
    pub(crate) fn deliver_to(&self, world: &World, to: &DeviceAddress, enc: &Node) {
        if to.device == 0 {
            self.deliver_to_phone(to, enc);
            return;
        }
        let node = self.incoming(to, enc.clone());
        let mut directory = to.account.directory();
        let Some(companion) = directory.companions.get_mut(&to.device) else {
            return;
        };
        world.stats.messages_out.add(1);
        companion.deliver(&world.faults, to.account.number(), Class::Message, node);
    }

    fn deliver_to_phone(&self, to: &DeviceAddress, enc: &Node) {
        let kind = node::attr(enc, "type").and_then(|kind| EncKind::parse(&kind));
        let (Some(kind), Some(bytes)) = (kind, node::bytes(enc)) else {
            return;
        };
        to.account.send_to_phone(Event::Message(InboundMessage {
            id: self.id.clone(),
            from: self.from.clone(),
            recipient: self.recipient.clone(),
            addressing: self.addressing,
            timestamp: self.stamp.seconds(),
            peer: self.peer,
            enc: Enc { kind, bytes: bytes.to_vec() },
            hide: node::attr(enc, "decrypt-fail").as_deref() == Some("hide"),
            device_identity: self
                .extras
                .iter()
                .find(|extra| extra.tag == "device-identity")
                .and_then(node::bytes)
                .map(<[u8]>::to_vec),
        }));
    }

    /// The `<message>` as `to` receives it.
    fn incoming(&self, to: &DeviceAddress, enc: Node) -> Node {
        let sender = &self.from.account;
        let own = sender.number() == to.account.number();
        let other = match self.addressing {
            Addressing::Pn => Addressing::Lid,
            Addressing::Lid => Addressing::Pn,
        };
        let mut message = NodeBuilder::new("message")
            .attr("from", self.presentation.sender(&self.from, self.addressing))
            .attr("id", self.id.as_str())
            .attr("type", self.kind.as_str())
            .attr("t", self.stamp.seconds())
            .attr("sts", self.stamp.micros);
        if let Some(edit) = &self.edit {
            message = message.attr("edit", edit.as_str());
        }
        let mut listed = None;
        if self.peer {
            // Devices of one account address each other in the account's own way, whatever the
            // sender wrote.
            let addressing = sender.directory().addressing;
            message = message.attr("from", self.from.jid(addressing)).attr("category", "peer");
        } else if let Some(list) = self.presentation.broadcast() {
            let alternative = match self.addressing {
                Addressing::Pn => "participant_lid",
                Addressing::Lid => "participant_pn",
            };
            message = message
                .attr("from", list)
                .attr("participant", self.from.jid(self.addressing))
                .attr(alternative, self.from.jid(other))
                .attr("notify", sender.directory().name.as_str());
            // The sender's own devices learn the recipient.
            listed = own.then(|| {
                let to = self.recipient.jid(self.addressing);
                let to = NodeBuilder::new("to").attr("jid", to).build();
                NodeBuilder::new("participants").children([to]).build()
            });
        } else if own {
            let alternative = match self.addressing {
                Addressing::Pn => "peer_recipient_lid",
                Addressing::Lid => "peer_recipient_pn",
            };
            message = message
                .attr("recipient", self.recipient.jid(self.addressing))
                .attr(alternative, self.recipient.jid(other));
        } else {
            let alternative = match self.addressing {
                Addressing::Pn => "sender_lid",
                Addressing::Lid => "sender_pn",
            };
            if self.presentation != Presentation::NumberWithheld {
                message = message.attr(alternative, self.from.jid(other));
            }
            message = message.attr("notify", sender.directory().name.as_str());
        }
        let starts_session = node::attr(&enc, "type").as_deref() == Some("pkmsg");
        let extras = self
            .extras
            .iter()
            .filter(|extra| starts_session || extra.tag != "device-identity")
            .cloned();
        message.children(std::iter::once(enc).chain(extras).chain(listed)).build()
    }
}

/// `<enc>` around a phone's ciphertext, with the metadata that everybody may see: the media type,
/// and that an unreadable reaction or edit leaves no placeholder.
pub(crate) fn enc_node(enc: Enc, content: &Message) -> Node {
    sealed_node(enc.kind.as_str(), enc.bytes, content)
}

/// The same around a ciphertext of any type.
pub(crate) fn sealed_node(kind: &'static str, bytes: Vec<u8>, content: &Message) -> Node {
    let mut node = NodeBuilder::new("enc").attr("v", "2").attr("type", kind);
    if let Some(media) = media_type_from_message(content) {
        node = node.attr("mediatype", media);
    }
    if should_hide_decrypt_fail(content) {
        node = node.attr("decrypt-fail", "hide");
    }
    node.apply_content(Some(NodeContent::Bytes(bytes))).build()
}
