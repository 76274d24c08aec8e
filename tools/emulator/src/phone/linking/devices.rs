use serde::{Deserialize, Serialize};
use waproto::whatsapp as wa;

use super::adv;
use crate::phone::{Phone, PhoneError, crypto::now};

/// WhatsApp allows four companions per account.
const MAX_COMPANIONS: usize = 4;

/// A companion of the account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LinkedDevice {
    /// The device part of its JID, never 0.
    pub id: u16,
    /// Its index in the account's signed key-index list.
    pub key_index: u32,
    /// Its platform: `chrome`, `desktop`, `android_tablet`…
    pub platform: String,
    /// Its public identity key.
    pub identity: [u8; 32],
    /// The time it was linked (seconds).
    pub linked_at: i64,
    pub trust: DeviceTrust,
}

/// Progress of the two signatures of linking.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum DeviceTrust {
    /// The phone has signed and the companion has not answered. Holds the signed
    /// `ADVDeviceIdentity` bytes.
    Offered { details: Vec<u8> },
    /// Both have signed. Holds the `ADVSignedDeviceIdentity` that goes with the companion's
    /// prekeys.
    Mutual { device_identity: Vec<u8> },
}

impl LinkedDevice {
    /// Returns `true` once linking is complete and both sides have signed.
    pub fn is_linked(&self) -> bool {
        matches!(self.trust, DeviceTrust::Mutual { .. })
    }

    /// The companion's `ADVSignedDeviceIdentity`, once it has signed.
    pub fn device_identity(&self) -> Option<&[u8]> {
        match &self.trust {
            DeviceTrust::Offered { .. } => None,
            DeviceTrust::Mutual { device_identity } => Some(device_identity),
        }
    }
}

/// A companion the phone has just signed, with the data for `<pair-success>`.
#[derive(Debug, Clone)]
pub struct Linked {
    pub device: LinkedDevice,
    /// `ADVSignedDeviceIdentityHMAC`, the content of `<device-identity>`.
    pub device_identity: Vec<u8>,
    /// The ref of the companion's connection.
    pub pairing_ref: Vec<u8>,
    /// The companion's static Noise key, which its logins will present.
    pub noise_pub: [u8; 32],
    pub identity_pub: [u8; 32],
}

/// A companion that asks to be linked, by QR or by pair code.
pub(super) struct Candidate {
    pub(super) pairing_ref: Vec<u8>,
    pub(super) noise_pub: [u8; 32],
    pub(super) identity_pub: [u8; 32],
    pub(super) adv_secret: [u8; 32],
    pub(super) platform: &'static str,
}

impl Phone {
    /// The companions that are linked or being linked, oldest first.
    pub fn devices(&self) -> &[LinkedDevice] {
        &self.linking.devices
    }

    /// One companion by its device id.
    pub fn device(&self, id: u16) -> Option<&LinkedDevice> {
        self.linking.devices.iter().find(|device| device.id == id)
    }

    /// Records the platform a companion reports, in place of the one its QR implied.
    pub fn set_device_platform(&mut self, id: u16, platform: &str) {
        if let Some(device) = self.linking.devices.iter_mut().find(|device| device.id == id) {
            device.platform = platform.to_owned();
        }
    }

    /// The key indexes in use: 0 for the phone itself, and those of linked companions.
    pub(in crate::phone) fn valid_key_indexes(&self) -> impl Iterator<Item = u32> {
        let linked = self.devices().iter().filter(|device| device.is_linked());
        std::iter::once(0).chain(linked.map(|device| device.key_index))
    }

    /// Signs a companion under the next device id and key index.
    pub(super) fn offer(&mut self, candidate: Candidate) -> Result<Linked, PhoneError> {
        let linked = self.devices().iter().filter(|device| device.is_linked()).count();
        if linked >= MAX_COMPANIONS {
            return Err(PhoneError::TooManyDevices(linked));
        }

        let key_index = self.linking.last_key_index + 1;
        let timestamp = now();
        let details = adv::identity_details(self.linking.raw_id, timestamp, key_index);
        let signed = self.sign_companion(&details, &candidate.identity_pub)?;
        let device = LinkedDevice {
            id: self.linking.last_device + 1,
            key_index,
            platform: candidate.platform.to_owned(),
            identity: candidate.identity_pub,
            linked_at: timestamp,
            trust: DeviceTrust::Offered { details },
        };

        self.linking.last_device = device.id;
        self.linking.last_key_index = key_index;
        self.linking.changed();
        self.linking.devices.push(device.clone());
        Ok(Linked {
            device,
            device_identity: adv::under_hmac(&signed, &candidate.adv_secret),
            pairing_ref: candidate.pairing_ref,
            noise_pub: candidate.noise_pub,
            identity_pub: candidate.identity_pub,
        })
    }

    /// Verifies the companion's answer to `<pair-success>` (`<pair-device-sign>`): the device
    /// identity with the companion's own signature added.
    ///
    /// Clients may leave `account_signature_key` out, since both sides have it.
    pub fn accept_device_signature(
        &mut self,
        device: u16,
        signed: &[u8],
    ) -> Result<(), PhoneError> {
        let account = self.identity();
        let device = self
            .linking
            .devices
            .iter_mut()
            .find(|linked| linked.id == device)
            .ok_or(PhoneError::UnknownDevice(device))?;
        let DeviceTrust::Offered { details } = &device.trust else {
            return Err(PhoneError::DeviceIdentity("the device has signed already"));
        };
        let device_identity = adv::verify_answer(signed, details, &device.identity, &account)?;
        device.trust = DeviceTrust::Mutual { device_identity };
        self.linking.changed();
        Ok(())
    }

    /// Removes a companion ("desconectar aparelho"), or one whose linking failed, and its
    /// sessions. Returns `false` if there is none with this id.
    pub fn unlink(&mut self, device: u16) -> bool {
        let before = self.linking.devices.len();
        self.linking.devices.retain(|linked| linked.id != device);
        let removed = self.linking.devices.len() < before;
        if removed {
            self.linking.changed();
            self.forget_session(&self.lid().with_device(device));
        }
        removed
    }

    fn sign_companion(
        &self,
        details: &[u8],
        identity: &[u8; 32],
    ) -> Result<wa::ADVSignedDeviceIdentity, PhoneError> {
        let signature = self.sign(&[adv::ACCOUNT_SIGNATURE, details, identity])?;
        Ok(wa::ADVSignedDeviceIdentity {
            details: Some(details.to_vec()),
            account_signature_key: Some(self.identity().to_vec()),
            account_signature: Some(signature.to_vec()),
            device_signature: None,
        })
    }
}
