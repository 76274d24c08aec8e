use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use wacore_binary::{Jid, Server};

/// A mapping of phone numbers to LIDs.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct AddressBook {
    lid_of_number: HashMap<String, String>,
    number_of_lid: HashMap<String, String>,
}

impl AddressBook {
    /// Records a pair of user parts. Returns `false` if it was known already.
    pub(super) fn learn(&mut self, number: &str, lid_user: &str) -> bool {
        if self.lid_of_number.get(number).is_some_and(|known| known == lid_user) {
            return false;
        }
        self.lid_of_number.insert(number.to_owned(), lid_user.to_owned());
        self.number_of_lid.insert(lid_user.to_owned(), number.to_owned());
        true
    }

    /// The address that Signal state is stored under: the LID if it is known, the device
    /// unchanged.
    pub fn session_address(&self, device: &Jid) -> Jid {
        match (device.server, self.lid_of_number.get(device.user.as_str())) {
            (Server::Pn, Some(lid_user)) => Jid::lid_device(lid_user.as_str(), device.device),
            _ => device.clone(),
        }
    }

    /// A person's addresses by LID and by number, as far as both are known.
    pub(super) fn forms(&self, user: &Jid) -> [Jid; 2] {
        let user = user.to_non_ad();
        let lid = self.session_address(&user);
        let number = self.number_of_lid.get(lid.user.as_str());
        let pn = number.map_or_else(|| user.clone(), |number| Jid::pn(number.as_str()));
        [lid, pn]
    }

    /// The name of a conversation with `peer` on the phone: the number if it is known, or else the
    /// JID of the group or unknown person.
    pub fn chat_name(&self, peer: &Jid) -> String {
        match peer.server {
            Server::Pn => peer.user.to_string(),
            Server::Lid => self
                .number_of_lid
                .get(peer.user.as_str())
                .cloned()
                .unwrap_or_else(|| peer.to_non_ad_string()),
            _ => peer.to_non_ad_string(),
        }
    }
}
