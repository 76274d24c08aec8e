use rand::RngExt;
use wacore_libsignal::protocol::{IdentityKeyPair, SignalProtocolError};

use super::{Bundle, SignalState, identities::Identities, prekeys::SignedPreKeys};
use crate::phone::{Phone, crypto::rng};

/// Registration ids are 14 bits in every Signal client.
const MAX_REGISTRATION_ID: u32 = 0x3FFF;

impl SignalState {
    /// Keys of a device that registers for the first time.
    pub(in crate::phone) fn generate() -> Self {
        let mut rng = rng();
        let identity = IdentityKeyPair::generate(&mut rng);
        Self {
            signed: SignedPreKeys::generate(&identity),
            identities: Identities::new(identity, rng.random_range(1..=MAX_REGISTRATION_ID)),
            sessions: Default::default(),
            one_time: Default::default(),
            sender_keys: Default::default(),
        }
    }

    fn take_bundle(&mut self) -> Bundle {
        Bundle {
            registration_id: self.identities.registration_id(),
            identity: self.identity_bytes(),
            signed_prekey: self.signed.current(),
            one_time_prekey: Some(self.one_time.issue()),
            device_identity: None,
        }
    }

    fn sign(&self, parts: &[&[u8]]) -> Result<[u8; 64], SignalProtocolError> {
        Ok(self
            .identity()
            .private_key()
            .calculate_signature_for_multipart_message(parts, &mut rng())?)
    }
}

impl Phone {
    /// Issues the keys another device needs to start a session with this phone, as the server
    /// would for device 0. Each call uses up a one-time prekey.
    pub fn take_bundle(&mut self) -> Bundle {
        self.signal.take_bundle()
    }

    /// The account's public identity key (32 bytes), which verifies its companions.
    pub fn identity(&self) -> [u8; 32] {
        self.signal.identity_bytes()
    }

    /// Signs with the account's identity key (XEdDSA).
    pub(in crate::phone) fn sign(&self, parts: &[&[u8]]) -> Result<[u8; 64], SignalProtocolError> {
        self.signal.sign(parts)
    }
}
