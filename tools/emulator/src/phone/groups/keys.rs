use std::collections::BTreeSet;

use wacore_binary::Jid;

use super::GroupStates;
use crate::phone::Phone;

impl GroupStates {
    /// Forgets who has the phone's keys, since the phone has none any more.
    pub(in crate::phone) fn forget_keys(&mut self) {
        for group in self.0.values_mut() {
            group.holders.clear();
        }
    }
}

impl Phone {
    /// Prepares the phone's key for a message to these devices: if another one has the key, such as
    /// that of a member who left, the phone makes a new one.
    pub fn renew_group_key<'a>(&mut self, group: &Jid, devices: impl IntoIterator<Item = &'a Jid>) {
        let present: BTreeSet<String> =
            devices.into_iter().map(|device| self.holder(device)).collect();
        let has_key = self.has_group_key(group);
        let state = self.groups.0.entry(group.to_string()).or_default();
        if !has_key {
            state.holders.clear();
        }
        if !state.holders.is_subset(&present) {
            state.holders.clear();
            self.drop_group_key(group);
        }
    }

    /// Returns `true` if a device does not have the phone's key for a group.
    pub fn owes_group_key(&self, group: &Jid, device: &Jid) -> bool {
        let state = self.groups.0.get(&group.to_string());
        state.is_none_or(|state| !state.holders.contains(&self.holder(device)))
    }

    /// Records that a device was sent the phone's key for a group.
    pub fn gave_group_key(&mut self, group: &Jid, device: &Jid) {
        let holder = self.holder(device);
        self.groups.0.entry(group.to_string()).or_default().holders.insert(holder);
    }

    /// Takes the phone's key for a group away from everybody, as when an app was restored from a
    /// backup: the next message comes with a new key.
    pub fn forget_group_keys(&mut self) {
        self.signal.forget_sender_keys();
        self.groups.forget_keys();
    }

    fn holder(&self, device: &Jid) -> String {
        self.addresses.session_address(device).to_string()
    }
}
