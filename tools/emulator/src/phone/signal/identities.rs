use std::collections::HashMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use wacore_libsignal::protocol::{
    Direction, IdentityChange, IdentityKey, IdentityKeyPair, IdentityKeyStore, ProtocolAddress,
    SignalProtocolError,
};

use super::sessions::renamed;

/// The device's own identity, and those of the devices it has sessions with.
#[derive(Serialize, Deserialize)]
pub(super) struct Identities {
    own: IdentityKeyPair,
    registration_id: u32,
    peers: HashMap<String, IdentityKey>,
}

impl Identities {
    pub(super) fn new(own: IdentityKeyPair, registration_id: u32) -> Self {
        Self { own, registration_id, peers: HashMap::new() }
    }

    pub(super) fn own(&self) -> &IdentityKeyPair {
        &self.own
    }

    pub(super) fn registration_id(&self) -> u32 {
        self.registration_id
    }

    pub(super) fn peer(&self, address: &ProtocolAddress) -> Option<&IdentityKey> {
        self.peers.get(address.as_str())
    }

    pub(super) fn rename_user(&mut self, number: &str, lid_user: &str) {
        renamed(&mut self.peers, number, lid_user);
    }
}

#[async_trait]
impl IdentityKeyStore for Identities {
    async fn get_identity_key_pair(&self) -> Result<IdentityKeyPair, SignalProtocolError> {
        Ok(self.own.clone())
    }

    async fn get_local_registration_id(&self) -> Result<u32, SignalProtocolError> {
        Ok(self.registration_id)
    }

    async fn save_identity(
        &mut self,
        address: &ProtocolAddress,
        identity: &IdentityKey,
    ) -> Result<IdentityChange, SignalProtocolError> {
        let previous = self.peers.insert(address.as_str().to_owned(), *identity);
        Ok(IdentityChange::from_changed(previous.is_some_and(|key| key != *identity)))
    }

    /// WhatsApp trusts a changed identity and only shows a notice ("o código de segurança mudou").
    async fn is_trusted_identity(
        &self,
        _address: &ProtocolAddress,
        _identity: &IdentityKey,
        _direction: Direction,
    ) -> Result<bool, SignalProtocolError> {
        Ok(true)
    }

    async fn get_identity(
        &self,
        address: &ProtocolAddress,
    ) -> Result<Option<IdentityKey>, SignalProtocolError> {
        Ok(self.peer(address).copied())
    }
}
