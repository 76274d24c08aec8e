//! Delivery of a message of a group to one device of a member.

use std::collections::HashMap;
use std::sync::Arc;

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node};

use crate::clock::Stamp;
use crate::node;
use crate::phone::{Enc, EncKind};
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;
use crate::world::groups::group::Group;
use crate::world::inbox::{Event, InboundGroupMessage};
use crate::world::queue::Class;

/// The type of an `<enc>` that all devices of a group can read with the sender's key.
pub(crate) const SENDER_KEY_MESSAGE: &str = "skmsg";

/// A message of a group as the server sees it.
pub(crate) struct GroupDispatch {
    pub(crate) id: String,
    pub(crate) from: DeviceAddress,
    pub(crate) group: Jid,
    /// The group's addressing, in which members see the sender.
    pub(crate) addressing: Addressing,
    pub(crate) stamp: Stamp,
    /// The stanza's `type`: `text`, `media`, `reaction`…
    pub(crate) kind: String,
    /// The `edit` attribute, set on edits and revocations.
    pub(crate) edit: Option<String>,
    /// Children to forward beside `<enc>`.
    pub(crate) extras: Vec<Node>,
}

/// The ciphertexts of a message.
pub(crate) struct Ciphertexts<'a> {
    /// `<enc>` for single devices, by number and device: the sender's key, or the whole message.
    pub(crate) single: HashMap<(String, u16), &'a Node>,
    /// `<enc>` for every device.
    pub(crate) shared: Option<&'a Node>,
}

impl GroupDispatch {
    /// Delivers to every device of the members but the sending one. The group is locked.
    pub(crate) fn deliver(&self, world: &World, group: &Group, ciphertexts: &Ciphertexts<'_>) {
        let sealed = ciphertexts.shared.and_then(node::bytes).map(Arc::<[u8]>::from);
        for number in group.members.numbers() {
            let Some(account) = world.account(number) else { continue };
            let ids = account.directory().device_ids();
            for id in ids {
                let to = DeviceAddress::new(&account, id);
                if self.is_sender(&to) {
                    continue;
                }
                let single = ciphertexts.single.get(&(number.to_owned(), id)).copied();
                self.deliver_to(world, &to, single, ciphertexts.shared, sealed.as_ref());
            }
        }
    }

    /// Delivers a ciphertext that is for one device alone.
    pub(crate) fn deliver_single(&self, world: &World, to: &DeviceAddress, enc: &Node) {
        self.deliver_to(world, to, Some(enc), None, None);
    }

    fn is_sender(&self, device: &DeviceAddress) -> bool {
        device.device == self.from.device && device.account.number() == self.from.account.number()
    }

    fn deliver_to(
        &self,
        world: &World,
        to: &DeviceAddress,
        single: Option<&Node>,
        shared: Option<&Node>,
        sealed: Option<&Arc<[u8]>>,
    ) {
        if single.is_none() && shared.is_none() {
            return;
        }
        if to.device == 0 {
            let hides = |enc: &Node| node::attr(enc, "decrypt-fail").as_deref() == Some("hide");
            to.account.send_to_phone(Event::GroupMessage(InboundGroupMessage {
                id: self.id.clone(),
                group: self.group.clone(),
                from: self.from.clone(),
                addressing: self.addressing,
                timestamp: self.stamp.seconds(),
                single: single.and_then(read_enc),
                sealed: sealed.cloned(),
                hide: shared.or(single).is_some_and(hides),
                device_identity: self.device_identity(),
            }));
            return;
        }
        let own = to.account.number() == self.from.account.number();
        let message = self.incoming(own, single, shared);
        let mut directory = to.account.directory();
        let Some(companion) = directory.companions.get_mut(&to.device) else { return };
        world.stats.messages_out.add(1);
        companion.deliver(&world.faults, to.account.number(), Class::Message, message);
    }

    fn device_identity(&self) -> Option<Vec<u8>> {
        let identity = self.extras.iter().find(|extra| extra.tag == "device-identity")?;
        Some(node::bytes(identity)?.to_vec())
    }

    /// The `<message>` as a device receives it: what is for it alone comes first, since it may hold
    /// the key of the other.
    fn incoming(&self, own: bool, single: Option<&Node>, shared: Option<&Node>) -> Node {
        let alternative = match self.addressing {
            Addressing::Pn => "participant_lid",
            Addressing::Lid => "participant_pn",
        };
        let mut message = NodeBuilder::new("message")
            .attr("from", self.group.clone())
            .attr("id", self.id.as_str())
            .attr("type", self.kind.as_str())
            .attr("participant", self.from.jid(self.addressing))
            .attr(alternative, self.from.account.jid(self.addressing.other()))
            .attr("addressing_mode", self.addressing.as_str())
            .attr("t", self.stamp.seconds())
            .attr("sts", self.stamp.micros);
        if let Some(edit) = &self.edit {
            message = message.attr("edit", edit.as_str());
        }
        if !own {
            let name = self.from.account.directory().name.clone();
            message = message.attr("notify", name);
        }
        let starts_session =
            single.is_some_and(|enc| node::attr(enc, "type").as_deref() == Some("pkmsg"));
        let extras = self
            .extras
            .iter()
            .filter(|extra| starts_session || extra.tag != "device-identity")
            .cloned();
        message.children(single.into_iter().chain(shared).cloned().chain(extras)).build()
    }
}

/// The hash over all devices of a group, the sending one among them. A client whose own hash
/// differs has an old list of members or devices.
pub(crate) fn participant_hash(world: &World, group: &Group) -> Option<String> {
    let mut devices = Vec::with_capacity(group.members.len());
    for number in group.members.numbers() {
        let Some(account) = world.account(number) else { continue };
        devices.extend(device_jids(&account, group.addressing));
    }
    wacore::messages::MessageUtils::participant_list_hash(&devices).ok()
}

fn device_jids(account: &Account, addressing: Addressing) -> impl Iterator<Item = Jid> {
    let ids = account.directory().device_ids();
    ids.into_iter().map(move |id| account.device_jid(addressing, id))
}

fn read_enc(enc: &Node) -> Option<Enc> {
    let kind = EncKind::parse(&node::attr(enc, "type")?)?;
    Some(Enc { kind, bytes: node::bytes(enc)?.to_vec() })
}
