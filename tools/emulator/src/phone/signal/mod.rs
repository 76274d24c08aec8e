//! The Signal protocol as a primary device runs it.
//!
//! * [`keys`]: the device's own identity and prekeys
//! * [`bundle`]: the keys others fetch to start a session
//! * [`identities`], [`sessions`], [`prekeys`]: the stores libsignal reads and writes
//! * [`cipher`]: encryption and decryption of messages
//! * [`sender_keys`], [`group_cipher`]: keys of groups, and encryption and decryption with them
//! * [`sender`]: verification of a companion's account

mod bundle;
mod cipher;
mod group_cipher;
mod identities;
mod keys;
mod prekeys;
mod sender;
mod sender_keys;
mod sessions;

use serde::{Deserialize, Serialize};
use wacore_libsignal::protocol::{IdentityKeyPair, ProtocolAddress, PublicKey};

use self::{
    identities::Identities,
    prekeys::{OneTimePreKeys, SignedPreKeys},
    sender_keys::SenderKeys,
    sessions::Sessions,
};

pub use bundle::{Bundle, OneTimePreKey, SignedPreKey};
pub use cipher::{Enc, EncKind, Opened};

/// All Signal state of one device. The stores are separate fields because libsignal borrows them
/// mutably at the same time.
#[derive(Serialize, Deserialize)]
pub(super) struct SignalState {
    identities: Identities,
    sessions: Sessions,
    one_time: OneTimePreKeys,
    signed: SignedPreKeys,
    /// Absent in older states.
    #[serde(default)]
    sender_keys: SenderKeys,
}

impl SignalState {
    /// The device's identity key pair. Device 0's is the account's as well.
    pub(super) fn identity(&self) -> &IdentityKeyPair {
        self.identities.own()
    }

    /// The raw 32 bytes of the public identity key.
    pub(super) fn identity_bytes(&self) -> [u8; 32] {
        key_bytes(self.identity().public_key())
    }

    pub(super) fn move_sessions(&mut self, number: &str, lid_user: &str) {
        self.sessions.rename_user(number, lid_user);
        self.identities.rename_user(number, lid_user);
    }

    /// Removes the keys of groups, the device's own and those of others.
    pub(super) fn forget_sender_keys(&mut self) {
        self.sender_keys.clear();
    }

    fn has_session(&self, address: &ProtocolAddress) -> bool {
        self.sessions.contains(address)
    }
}

/// A public key as WhatsApp's stanzas carry it: 32 bytes, without Signal's type byte.
pub(super) fn key_bytes(key: &PublicKey) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(key.public_key_bytes());
    bytes
}
