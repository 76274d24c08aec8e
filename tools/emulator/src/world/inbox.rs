//! Events for the phones. A phone handles its inbox in order (`simulated_phone`).

use std::sync::Arc;

use wacore_binary::{Jid, Node};

use super::account::{Account, DeviceAddress};
use super::addressing::Addressing;
use crate::phone::{Bundle, Enc, MessageStatus};

/// An event for a phone.
pub(crate) enum Event {
    Message(InboundMessage),
    /// A receipt for messages of the phone's account.
    Receipt(Receipt),
    /// A device could not decrypt a message of this phone.
    Retry(Retry),
    /// A companion of the account could not download a file.
    Reupload(Reupload),
    /// A message of a group.
    GroupMessage(InboundGroupMessage),
    /// A member's receipt for messages of the phone's account in a group.
    GroupReceipt(GroupReceipt),
    /// A companion of the account logged in.
    DeviceOnline(u16),
    /// A companion of the account has a part of the history.
    HistoryReceipt {
        device: u16,
        id: String,
    },
    /// The user read the chat of this name on a companion.
    ReadElsewhere(String),
    /// This account has a new phone with a new identity.
    NewIdentity(Arc<Account>),
}

/// A message for device 0.
pub(crate) struct InboundMessage {
    pub(crate) id: String,
    pub(crate) from: DeviceAddress,
    /// The account the chat is with, seen from the sender.
    pub(crate) recipient: Arc<Account>,
    pub(crate) addressing: Addressing,
    pub(crate) timestamp: i64,
    pub(crate) peer: bool,
    pub(crate) enc: Enc,
    /// The message leaves no placeholder while it cannot be decrypted (`decrypt-fail="hide"`).
    pub(crate) hide: bool,
    /// The sending companion's `ADVSignedDeviceIdentity`, present with a message that starts a
    /// session.
    pub(crate) device_identity: Option<Vec<u8>>,
}

/// A message of a group for device 0.
pub(crate) struct InboundGroupMessage {
    pub(crate) id: String,
    /// The JID of the group.
    pub(crate) group: Jid,
    pub(crate) from: DeviceAddress,
    pub(crate) addressing: Addressing,
    pub(crate) timestamp: i64,
    /// The ciphertext for this device alone: the sender's key for the group, or the whole message.
    pub(crate) single: Option<Enc>,
    /// The ciphertext for all devices of the group.
    pub(crate) sealed: Option<Arc<[u8]>>,
    /// The message leaves no placeholder while it cannot be decrypted (`decrypt-fail="hide"`).
    pub(crate) hide: bool,
    /// The sending companion's `ADVSignedDeviceIdentity`, present with a message that starts a
    /// session.
    pub(crate) device_identity: Option<Vec<u8>>,
}

/// A member's receipt for messages of the phone's account.
pub(crate) struct GroupReceipt {
    pub(crate) from: Arc<Account>,
    /// The JID of the group.
    pub(crate) group: Jid,
    /// The new status of the messages for this member; `None` for receipts that are not shown.
    pub(crate) status: Option<MessageStatus>,
    pub(crate) ids: Vec<String>,
}

/// A receipt for messages of the phone's account.
pub(crate) struct Receipt {
    pub(crate) from: Arc<Account>,
    /// The new status of the messages; `None` for receipts that are not shown (`inactive`).
    pub(crate) status: Option<MessageStatus>,
    pub(crate) ids: Vec<String>,
}

/// A retry receipt.
pub(crate) struct Retry {
    pub(crate) from: DeviceAddress,
    pub(crate) addressing: Addressing,
    pub(crate) id: String,
    /// The device's new keys, if it sent any.
    pub(crate) bundle: Option<Bundle>,
}

/// A companion's request for a file that it did not find on the media servers.
pub(crate) struct Reupload {
    /// Device id of the companion.
    pub(crate) device: u16,
    /// Id of the message with the file.
    pub(crate) id: String,
    /// The request, encrypted with the file's key, and its nonce.
    pub(crate) sealed: Vec<u8>,
    pub(crate) iv: Vec<u8>,
    /// `<rmr>`: the chat of the message, and its author. It is absent for files outside of chats.
    pub(crate) about: Option<Node>,
}
