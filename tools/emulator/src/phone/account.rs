use std::fmt;

use serde::{Deserialize, Serialize};
use wacore_binary::Jid;

use super::{
    addresses::AddressBook, app_state::AppState, chats::Chats, groups::GroupStates,
    history::HistoryPlan, linking::Linking, recent::RecentMessages, saved::Saved,
    sent::SentMessages, signal::SignalState,
};

/// A simulated primary device with all data of its user.
///
/// Methods are in the modules of their data: linking in `linking/`, encryption in `signal/`,
/// synced settings in `app_state/`, messages in `chats/` and `compose.rs`, groups in `groups/`, what
/// is synced to devices linked later in `history/`.
#[derive(Serialize, Deserialize)]
pub struct Phone {
    number: String,
    lid_user: String,
    pub(super) name: String,
    pub(super) signal: SignalState,
    pub(super) linking: Linking,
    pub(super) addresses: AddressBook,
    pub(super) app_state: AppState,
    pub(super) chats: Chats,
    pub(super) sent: SentMessages,
    /// Absent in older states.
    #[serde(default)]
    pub(super) groups: GroupStates,
    #[serde(default)]
    pub(super) saved: Saved,
    /// History that was made for devices linked later.
    #[serde(default)]
    pub(super) history: Option<HistoryPlan>,
    #[serde(skip)]
    pub(super) recent: RecentMessages,
}

impl Phone {
    /// Creates a newly registered phone.
    ///
    /// `number` is digits with the country code (`"5561999990001"`), `lid_user` the digits of its
    /// LID, `name` the push name others see.
    pub fn new(number: &str, lid_user: &str, name: &str) -> Self {
        let mut addresses = AddressBook::default();
        addresses.learn(number, lid_user);
        Self {
            number: number.to_owned(),
            lid_user: lid_user.to_owned(),
            name: name.to_owned(),
            signal: SignalState::generate(),
            linking: Linking::generate(),
            addresses,
            app_state: AppState::with_push_name(name),
            chats: Chats::default(),
            sent: SentMessages::default(),
            groups: GroupStates::default(),
            saved: Saved::default(),
            history: None,
            recent: RecentMessages::default(),
        }
    }

    /// The phone number, digits only.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The digits of the account's LID.
    pub fn lid_user(&self) -> &str {
        &self.lid_user
    }

    /// The push name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `{number}@s.whatsapp.net`.
    pub fn jid(&self) -> Jid {
        Jid::pn(self.number.as_str())
    }

    /// `{lid_user}@lid`.
    pub fn lid(&self) -> Jid {
        Jid::lid(self.lid_user.as_str())
    }

    /// Returns `true` if a JID, by number or LID and of any device, belongs to this account.
    pub fn owns(&self, jid: &Jid) -> bool {
        match jid.server {
            server if server.is_pn_family() => jid.user == self.number.as_str(),
            server if server.is_lid_family() => jid.user == self.lid_user.as_str(),
            _ => false,
        }
    }

    /// Renames the user, as "edit profile" on the phone does. Companions learn of the change
    /// through a new patch of `critical_block`.
    pub fn set_name(&mut self, name: &str) {
        if self.name != name {
            self.name = name.to_owned();
            self.app_state.set_push_name(name);
        }
    }

    /// Records that a number and a LID are one person, and moves sessions stored under the number.
    ///
    /// WhatsApp keys sessions by LID once it knows the LID; two ratchets for one device would
    /// diverge. Call this whenever a stanza carries both addresses.
    pub fn learn_address(&mut self, pn: &Jid, lid: &Jid) {
        if self.addresses.learn(&pn.user, &lid.user) {
            self.signal.move_sessions(&pn.user, &lid.user);
        }
    }

    /// The phone's mapping of numbers and LIDs.
    pub fn addresses(&self) -> &AddressBook {
        &self.addresses
    }

    /// The phone's address book and labels.
    pub fn saved(&self) -> &Saved {
        &self.saved
    }

    /// The phone's conversations.
    pub fn chats(&self) -> &Chats {
        &self.chats
    }

    /// The phone's conversations, for recording receipts.
    pub fn chats_mut(&mut self) -> &mut Chats {
        &mut self.chats
    }
}

/// Prints the phone number only, since the rest is keys and private messages.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Phone").field("number", &self.number).finish_non_exhaustive()
    }
}
