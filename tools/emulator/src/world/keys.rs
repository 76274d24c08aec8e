//! A companion's Signal keys on the server, from which others start sessions with it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use wacore_libsignal::protocol::PublicKey;
use waproto::whatsapp::client_payload::DevicePairingRegistrationData;

use crate::phone::{Bundle, OneTimePreKey, SignedPreKey};

/// The server asks a device for more one-time prekeys when fewer than this are left.
pub(crate) const LOW_WATER: usize = 5;

/// All keys uploaded by one companion.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CompanionKeys {
    pub(crate) registration_id: u32,
    pub(crate) identity: [u8; 32],
    pub(crate) signed: SignedPreKey,
    pub(crate) one_time: VecDeque<OneTimePreKey>,
}

impl CompanionKeys {
    /// The keys in a registration: enough for a session, without one-time prekeys. `None` if
    /// something is missing or the signature is wrong.
    pub(crate) fn from_registration(data: &DevicePairingRegistrationData) -> Option<Self> {
        let keys = Self {
            registration_id: be_uint(data.e_regid.as_deref()?),
            identity: data.e_ident.as_deref()?.try_into().ok()?,
            signed: SignedPreKey {
                id: be_uint(data.e_skey_id.as_deref()?),
                public: data.e_skey_val.as_deref()?.try_into().ok()?,
                signature: data.e_skey_sig.clone()?,
            },
            one_time: VecDeque::new(),
        };
        is_signed(&keys.identity, &keys.signed).then_some(keys)
    }

    /// Replaces the signed prekey, if the identity's signature is valid.
    pub(crate) fn rotate(&mut self, signed: SignedPreKey) -> bool {
        let valid = is_signed(&self.identity, &signed);
        if valid {
            self.signed = signed;
        }
        valid
    }

    /// Issues the keys for a new session; it uses up a one-time prekey.
    pub(crate) fn take_bundle(&mut self, device_identity: &[u8]) -> Bundle {
        Bundle {
            registration_id: self.registration_id,
            identity: self.identity,
            signed_prekey: self.signed.clone(),
            one_time_prekey: self.one_time.pop_front(),
            device_identity: Some(device_identity.to_vec()),
        }
    }
}

/// Returns `true` if a prekey carries its identity's signature, which is over the key in Signal's
/// form (a type byte before the 32).
fn is_signed(identity: &[u8; 32], key: &SignedPreKey) -> bool {
    let keys = (
        PublicKey::from_djb_public_key_bytes(identity),
        PublicKey::from_djb_public_key_bytes(&key.public),
    );
    match keys {
        (Ok(identity), Ok(public)) => {
            identity.verify_signature(&public.serialize(), &key.signature)
        }
        _ => false,
    }
}

/// A big-endian number of up to four bytes, the wire form of ids (three bytes for prekeys).
pub(crate) fn be_uint(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

/// The three-byte form of a prekey id.
pub(crate) fn key_id(id: u32) -> Vec<u8> {
    id.to_be_bytes()[1..].to_vec()
}
