use wacore::adv::{AdvValidation, validate_adv_with_identity_key};
use wacore_binary::Jid;
use wacore_libsignal::protocol::PreKeySignalMessage;

use super::{Bundle, key_bytes};
use crate::phone::{Phone, PhoneError};

impl Phone {
    /// Checks that a device may start a session in its account's name. It is called with a `pkmsg`
    /// and the stanza's `<device-identity>` before decryption.
    ///
    /// A companion's identity key has to be signed by its account (WhatsApp's ADV chain); the
    /// account's key is its device 0's, if this phone has a session with that. An own companion
    /// has to be linked as well.
    pub fn verify_sender(
        &self,
        from_device: &Jid,
        pkmsg: &[u8],
        device_identity: Option<&[u8]>,
    ) -> Result<(), PhoneError> {
        if from_device.device == 0 {
            return Ok(());
        }
        let identity = PreKeySignalMessage::try_from(pkmsg)
            .map(|message| key_bytes(message.identity_key().public_key()))
            .map_err(PhoneError::Undecryptable)?;
        let account = if self.owns(from_device) {
            let linked = self.device(from_device.device).filter(|device| device.is_linked());
            if linked.is_none_or(|device| device.identity != identity) {
                return Err(PhoneError::DeviceIdentity("not a companion of this account"));
            }
            Some(self.identity())
        } else {
            self.known_account_key(from_device)
        };
        let signed = device_identity
            .ok_or(PhoneError::DeviceIdentity("a companion's pkmsg came without its identity"))?;
        verify(signed, &identity, account.as_ref())
    }

    /// The account key of another user, from a session with its phone.
    fn known_account_key(&self, device: &Jid) -> Option<[u8; 32]> {
        let phone = self.signal_address(&device.with_device(0));
        self.signal.identities.peer(&phone).map(|identity| key_bytes(identity.public_key()))
    }
}

/// Checks that a companion's keys are signed by its account.
pub(super) fn verify_bundle(bundle: &Bundle) -> Result<(), PhoneError> {
    match &bundle.device_identity {
        None => Ok(()),
        Some(signed) => verify(signed, &bundle.identity, None),
    }
}

fn verify(
    signed: &[u8],
    identity: &[u8; 32],
    account: Option<&[u8; 32]>,
) -> Result<(), PhoneError> {
    if let Some(account) = account {
        let decoded = waproto::codec::adv_signed_device_identity_decode(signed)
            .map_err(|_| PhoneError::DeviceIdentity("not an ADVSignedDeviceIdentity"))?;
        if decoded.account_signature_key.is_some_and(|key| !key.is_empty() && key != account) {
            return Err(PhoneError::DeviceIdentity("signed by another account"));
        }
    }
    match validate_adv_with_identity_key(signed, identity, account) {
        // The server may leave the account's key out; without a session with the account's phone
        // there is nothing to check the signature with.
        AdvValidation::Valid | AdvValidation::NoAccountKey => Ok(()),
        AdvValidation::Invalid => {
            Err(PhoneError::DeviceIdentity("the device is not signed by its account"))
        }
    }
}
