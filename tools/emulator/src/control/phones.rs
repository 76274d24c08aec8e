//! Creation and description of phones, their names and presence, unlinking of devices.

use super::describe::describe;
use super::{Control, ControlError, NewPhone, PhoneInfo};
use crate::clock::now;
use crate::notify;
use crate::presence;
use crate::unlink;
use crate::world::account::DeviceAddress;
use crate::world::addressing::Addressing;
use crate::world::presence::Presence;

impl Control {
    /// Creates a phone that addresses by LID. A missing number or name is generated.
    pub async fn new_phone(
        &self,
        number: Option<&str>,
        name: Option<&str>,
    ) -> Result<PhoneInfo, ControlError> {
        self.make_phone(NewPhone {
            number: number.map(str::to_owned),
            name: name.map(str::to_owned),
            addressing: Addressing::default(),
        })
        .await
    }

    /// Creates a phone.
    pub async fn make_phone(&self, new: NewPhone) -> Result<PhoneInfo, ControlError> {
        if let Some(number) = &new.number
            && (number.len() < 8 || !number.bytes().all(|byte| byte.is_ascii_digit()))
        {
            return Err(ControlError::Invalid(format!(
                "{number:?} is not a phone number in digits"
            )));
        }
        let account = self
            .world
            .add_account(new.number.as_deref(), new.name.as_deref(), new.addressing)
            .ok_or_else(|| ControlError::PhoneExists(new.number.unwrap_or_default()))?;
        self.world.changed();
        Ok(describe(&self.world, &account).await)
    }

    /// Returns all phones, by number.
    pub async fn phones(&self) -> Vec<PhoneInfo> {
        let mut phones = Vec::new();
        for account in self.world.accounts() {
            phones.push(describe(&self.world, &account).await);
        }
        phones
    }

    /// Returns one phone.
    pub async fn phone_info(&self, number: &str) -> Result<PhoneInfo, ControlError> {
        Ok(describe(&self.world, &*self.phone(number)?).await)
    }

    /// Changes the push name.
    pub async fn set_name(&self, number: &str, name: &str) -> Result<(), ControlError> {
        const COLLECTION: &str = "critical_block";
        let account = self.phone(number)?;
        let version = {
            let mut phone = account.phone.lock().await;
            phone.set_name(name);
            phone.app_state_collection(COLLECTION, u64::MAX).version
        };
        account.directory().name = name.to_owned();
        notify::collection_changed(&self.world, &account, 0, COLLECTION, version);
        self.world.changed();
        Ok(())
    }

    /// Saves or renames a contact in the phone's address book; `with` is a number or a JID. Linked
    /// devices learn of it through the synced settings.
    pub async fn save_contact(
        &self,
        number: &str,
        with: &str,
        name: &str,
    ) -> Result<(), ControlError> {
        let account = self.phone(number)?;
        let contact = self.peer(with)?;
        let (pn, lid) = (contact.jid(Addressing::Pn), contact.jid(Addressing::Lid));
        let changed = account.phone.lock().await.save_contact(&pn, &lid, name);
        account.directory().profile.contacts.insert(contact.number().to_owned());
        notify::changed_on_phone(&self.world, &account, changed);
        self.world.changed();
        Ok(())
    }

    /// Takes the phone's network away or gives it back. Without one it gets no messages, so their
    /// senders get no receipts of it; its companions are not affected.
    pub async fn network(&self, number: &str, online: bool) -> Result<(), ControlError> {
        self.phone(number)?.set_online(online);
        self.world.changed();
        Ok(())
    }

    /// Restricts the account to people with a token of it, or lifts that. Clients that log in
    /// afterwards present the tokens that they have.
    pub async fn restrict(&self, number: &str, restricted: bool) -> Result<(), ControlError> {
        self.phone(number)?.directory().restricted = restricted;
        self.world.changed();
        Ok(())
    }

    /// Opens or leaves the app on the phone.
    pub async fn presence(&self, number: &str, available: bool) -> Result<(), ControlError> {
        let presence = match available {
            true => Presence::Available,
            false => Presence::Unavailable { last: Some(now()) },
        };
        self.set_presence(number, presence).await
    }

    /// Sets the presence of the phone, also with a time at which it was last seen.
    pub async fn set_presence(&self, number: &str, presence: Presence) -> Result<(), ControlError> {
        let account = self.phone(number)?;
        account.directory().presence = presence;
        presence::announce(&self.world, &account);
        self.world.changed();
        Ok(())
    }

    /// "Desconectar aparelho" on the phone: the device is logged out.
    pub async fn unlink(&self, number: &str, device: u16) -> Result<(), ControlError> {
        let account = self.phone(number)?;
        let removed = unlink::remove(&self.world, &DeviceAddress::new(&account, device)).await;
        match removed {
            true => Ok(()),
            false => Err(ControlError::NoSuchDevice(device)),
        }
    }
}
