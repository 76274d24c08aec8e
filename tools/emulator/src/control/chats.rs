//! What a phone's user does with conversations besides chatting in them.

use wacore_binary::{Jid, Server};

use super::{Control, ControlError};
use crate::blocking;
use crate::notify;
use crate::phone::{ChangedCollection, ChatChange, Label};
use crate::world::account::Account;
use crate::world::addressing::Addressing;

/// Digits of the shortest phone number.
const SHORTEST: usize = 8;

impl Control {
    /// Changes a conversation on the phone: archives, pins or mutes it, stars a message… Linked
    /// devices learn of it through the synced settings. `with` is a number or a JID, also of
    /// somebody without a phone here or of a group.
    pub async fn change_chat(
        &self,
        number: &str,
        with: &str,
        change: &ChatChange,
    ) -> Result<(), ControlError> {
        let account = self.phone(number)?;
        let chat = self.conversation(&account, with)?;
        let changed = {
            let mut phone = account.phone.lock().await;
            if let Ok(other) = self.peer(with) {
                phone.learn_address(&other.jid(Addressing::Pn), &other.jid(Addressing::Lid));
            }
            phone.change_chat(&chat, change)?
        };
        self.tell(&account, changed);
        Ok(())
    }

    /// Makes, renames or colours a label, or deletes it.
    pub async fn edit_label(
        &self,
        number: &str,
        id: &str,
        label: Option<Label>,
    ) -> Result<(), ControlError> {
        let account = self.phone(number)?;
        let changed = account.phone.lock().await.edit_label(id, label);
        self.tell(&account, changed);
        Ok(())
    }

    /// Tells linked devices the number of a person who wrote without one.
    pub async fn share_number(&self, number: &str, with: &str) -> Result<(), ControlError> {
        let account = self.phone(number)?;
        let other = self.peer(with)?;
        let (lid, pn) = (other.jid(Addressing::Lid), other.jid(Addressing::Pn));
        let changed = account.phone.lock().await.share_number(&lid, &pn);
        self.tell(&account, changed);
        Ok(())
    }

    /// Blocks a person on the phone, or lifts that. Who is blocked does not learn of it: their
    /// messages are accepted and not delivered.
    pub async fn block(&self, number: &str, with: &str, block: bool) -> Result<(), ControlError> {
        let account = self.phone(number)?;
        let jid = self.conversation(&account, with)?;
        if jid.server == Server::Group {
            return Err(ControlError::Invalid(format!("{with} is a group, not a person")));
        }
        blocking::change(&self.world, &account, &jid, block, 0);
        Ok(())
    }

    fn tell(&self, account: &Account, changed: ChangedCollection) {
        notify::changed_on_phone(&self.world, account, changed);
        self.world.changed();
    }

    /// The address of a conversation, as the phone names it.
    fn conversation(&self, account: &Account, with: &str) -> Result<Jid, ControlError> {
        let addressing = account.directory().addressing;
        if let Some(other) = self.world.account(with) {
            return Ok(other.jid(addressing));
        }
        let is_number = with.len() >= SHORTEST && with.bytes().all(|byte| byte.is_ascii_digit());
        match with.parse::<Jid>() {
            _ if is_number => Ok(Jid::pn(with)),
            Ok(jid) if jid.server == Server::Group => Ok(self.cell(with)?.jid().clone()),
            Ok(jid) if with.contains('@') => Ok(match self.world.account_of(&jid) {
                Some(other) => other.jid(addressing),
                None => jid.to_non_ad(),
            }),
            _ => Err(ControlError::NoSuchPhone(with.to_owned())),
        }
    }
}
