//! One WhatsApp user.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::{mpsc, watch};
use wacore_binary::Jid;

use super::addressing::Addressing;
use super::calls::PlacedCalls;
use super::companion::Companion;
use super::history::Transfer;
use super::inbox::Event;
use super::phone_media::PhoneMedia;
use super::presence::Presence;
use super::profile::Profile;
use super::typing::TypingStates;
use crate::lock::lock;
use crate::phone::{HistoryFiles, Phone};

/// One WhatsApp user: the simulated phone, and the server's records about the account.
pub(crate) struct Account {
    number: String,
    lid_user: String,
    pub(crate) phone: tokio::sync::Mutex<Phone>,
    directory: Mutex<Directory>,
    phone_media: Mutex<PhoneMedia>,
    inbox: mpsc::UnboundedSender<Event>,
    /// The phone has a network.
    online: watch::Sender<bool>,
}

/// A delivery receipt of a phone that was not sent yet.
pub(crate) struct WithheldReceipt {
    /// The number of the message's author.
    pub(crate) author: String,
    /// The JID of the group that the message is of.
    pub(crate) group: Option<Jid>,
    pub(crate) addressing: Addressing,
    /// The id of the message.
    pub(crate) id: String,
}

/// The server's records of an account.
pub(crate) struct Directory {
    /// Push name, as a device of the account last reported it; it is sent as `notify` with every
    /// message.
    pub(crate) name: String,
    pub(crate) addressing: Addressing,
    /// The phone sends delivery receipts only while a companion is connected.
    pub(crate) follows_companions: bool,
    /// Delivery receipts to send when a companion is connected again.
    pub(crate) withheld_receipts: Vec<WithheldReceipt>,
    /// Others need a token of this account to write to it.
    pub(crate) restricted: bool,
    /// Tokens this account issued, by the number of the person.
    pub(crate) issued_tokens: HashMap<String, Vec<u8>>,
    /// The phone's own presence; companions have theirs.
    pub(crate) presence: Presence,
    /// Linked devices by device id (the phone is device 0 and not in here).
    pub(crate) companions: BTreeMap<u16, Companion>,
    /// `ADVSignedKeyIndexList` as the phone last signed it, and when (Unix seconds).
    pub(crate) key_index: Option<(i64, Vec<u8>)>,
    /// Subscribers to this account's presence: number, device, and the addressing they use for
    /// this account.
    pub(crate) watchers: HashSet<(String, u16, Addressing)>,
    /// Typing states of others in their chat with this account.
    pub(crate) typing: TypingStates,
    /// The calls that the phone has placed.
    pub(crate) calls: PlacedCalls,
    /// The addressing last used in a chat, by the number of the other side.
    pub(crate) chat_addressing: HashMap<String, Addressing>,
    /// Number of retry requests of the phone for a message, by its id.
    pub(crate) retries: HashMap<String, u8>,
    /// Text under the name ("recado").
    pub(crate) about: String,
    pub(crate) profile: Profile,
    /// What each linked device was sent of the phone's history, by device id.
    pub(crate) history: BTreeMap<u16, Transfer>,
    /// The files of the phone's generated messages, once they are uploaded.
    pub(crate) history_files: Option<HistoryFiles>,
}

impl Account {
    pub(super) fn new(
        phone: Phone,
        addressing: Addressing,
        inbox: mpsc::UnboundedSender<Event>,
    ) -> Self {
        Self {
            number: phone.number().to_owned(),
            lid_user: phone.lid().user.to_string(),
            directory: Mutex::new(Directory {
                name: phone.name().to_owned(),
                addressing,
                follows_companions: false,
                withheld_receipts: Vec::new(),
                restricted: false,
                issued_tokens: HashMap::new(),
                presence: Presence::Unavailable { last: None },
                companions: BTreeMap::new(),
                key_index: None,
                watchers: HashSet::new(),
                typing: TypingStates::default(),
                calls: PlacedCalls::default(),
                chat_addressing: HashMap::new(),
                retries: HashMap::new(),
                about: "Disponível".to_owned(),
                profile: Profile::default(),
                history: BTreeMap::new(),
                history_files: None,
            }),
            phone_media: Mutex::default(),
            phone: tokio::sync::Mutex::new(phone),
            inbox,
            online: watch::Sender::new(true),
        }
    }

    /// Digits of the phone number, country code first.
    pub(crate) fn number(&self) -> &str {
        &self.number
    }

    pub(crate) fn lid_user(&self) -> &str {
        &self.lid_user
    }

    /// Returns `true` if a user's or device's JID is this account's, in either addressing.
    pub(crate) fn owns(&self, jid: &Jid) -> bool {
        let user = if jid.server.is_lid_family() { &self.lid_user } else { &self.number };
        jid.user == user.as_str()
    }

    pub(crate) fn jid(&self, addressing: Addressing) -> Jid {
        match addressing {
            Addressing::Pn => Jid::pn(self.number.as_str()),
            Addressing::Lid => Jid::lid(self.lid_user.as_str()),
        }
    }

    pub(crate) fn device_jid(&self, addressing: Addressing, device: u16) -> Jid {
        self.jid(addressing).with_device(device)
    }

    pub(crate) fn directory(&self) -> MutexGuard<'_, Directory> {
        lock(&self.directory)
    }

    /// The files on the phone.
    pub(crate) fn phone_media(&self) -> MutexGuard<'_, PhoneMedia> {
        lock(&self.phone_media)
    }

    /// Takes the phone's network away, or gives it back.
    pub(crate) fn set_online(&self, online: bool) {
        self.online.send_replace(online);
    }

    pub(crate) fn is_online(&self) -> bool {
        *self.online.borrow()
    }

    /// Waits until the phone has a network.
    pub(crate) async fn phone_online(&self) {
        let mut online = self.online.subscribe();
        while !*online.borrow_and_update() {
            // The sender lives as long as the account.
            if online.changed().await.is_err() {
                return;
            }
        }
    }

    /// Sends an event to the phone, which handles its inbox in order.
    pub(crate) fn send_to_phone(&self, event: Event) {
        // A closed inbox means that the emulator is stopping.
        let _ = self.inbox.send(event);
    }
}

impl Directory {
    /// Ids of all devices, the phone first.
    pub(crate) fn device_ids(&self) -> Vec<u16> {
        std::iter::once(0).chain(self.companions.keys().copied()).collect()
    }

    /// Returns `true` if the phone sends no delivery receipts now.
    pub(crate) fn withholds_receipts(&self) -> bool {
        let has_companion = || self.companions.values().any(|companion| companion.link.is_some());
        self.follows_companions && !has_companion()
    }

    /// The presence others see: online if any device is.
    pub(crate) fn seen_presence(&self) -> Presence {
        let online = self
            .companions
            .values()
            .any(|companion| companion.link.is_some() && companion.available);
        if online { Presence::Available } else { self.presence }
    }
}

/// A device of an account. Device 0 is the phone.
#[derive(Clone)]
pub(crate) struct DeviceAddress {
    pub(crate) account: Arc<Account>,
    pub(crate) device: u16,
}

impl DeviceAddress {
    pub(crate) fn new(account: &Arc<Account>, device: u16) -> Self {
        Self { account: account.clone(), device }
    }

    pub(crate) fn jid(&self, addressing: Addressing) -> Jid {
        self.account.device_jid(addressing, self.device)
    }
}
