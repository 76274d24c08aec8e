use std::collections::HashMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use wacore_libsignal::protocol::{
    GenericSignedPreKey, IdentityKeyPair, KeyPair, PreKeyId, PreKeyRecord, PreKeyStore,
    SignalProtocolError, SignedPreKeyId, SignedPreKeyRecord, SignedPreKeyStore, Timestamp,
};

use super::{OneTimePreKey, SignedPreKey, key_bytes};
use crate::phone::crypto::{now, rng};

/// Prekey ids are three bytes on the wire.
const MAX_PREKEY_ID: u32 = 0xFF_FFFF;

/// One-time prekeys that were issued and not used yet.
///
/// A real phone uploads a batch and the server issues them one by one. Here the server calls the
/// phone directly, so each is made on demand; a device that fetches one cannot detect that.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct OneTimePreKeys {
    last_id: u32,
    issued: HashMap<u32, KeyPair>,
}

impl OneTimePreKeys {
    pub(super) fn issue(&mut self) -> OneTimePreKey {
        self.last_id = self.last_id % MAX_PREKEY_ID + 1;
        let pair = KeyPair::generate(&mut rng());
        let public = key_bytes(&pair.public_key);
        self.issued.insert(self.last_id, pair);
        OneTimePreKey { id: self.last_id, public }
    }
}

#[async_trait]
impl PreKeyStore for OneTimePreKeys {
    async fn get_pre_key(&self, id: PreKeyId) -> Result<PreKeyRecord, SignalProtocolError> {
        self.issued
            .get(&id.into())
            .map(|pair| PreKeyRecord::new(id, pair))
            .ok_or(SignalProtocolError::InvalidPreKeyId)
    }

    async fn save_pre_key(
        &mut self,
        id: PreKeyId,
        record: &PreKeyRecord,
    ) -> Result<(), SignalProtocolError> {
        self.issued.insert(id.into(), record.key_pair()?);
        Ok(())
    }

    async fn remove_pre_key(&mut self, id: PreKeyId) -> Result<(), SignalProtocolError> {
        self.issued.remove(&id.into());
        Ok(())
    }
}

/// The signed prekey. Simulated phones never rotate theirs, so there is one.
#[derive(Serialize, Deserialize)]
pub(super) struct SignedPreKeys {
    id: u32,
    pair: KeyPair,
    signature: Vec<u8>,
    created_at: i64,
}

impl SignedPreKeys {
    pub(super) fn generate(identity: &IdentityKeyPair) -> Self {
        let mut rng = rng();
        let pair = KeyPair::generate(&mut rng);
        // The signature is over the type-tagged form (33 bytes), as libsignal verifies it.
        let signature = identity
            .private_key()
            .calculate_signature(&pair.public_key.serialize(), &mut rng)
            .expect("a generated key can sign");
        Self { id: 1, pair, signature: signature.to_vec(), created_at: now() }
    }

    pub(super) fn current(&self) -> SignedPreKey {
        SignedPreKey {
            id: self.id,
            public: key_bytes(&self.pair.public_key),
            signature: self.signature.clone(),
        }
    }
}

#[async_trait]
impl SignedPreKeyStore for SignedPreKeys {
    async fn get_signed_pre_key(
        &self,
        id: SignedPreKeyId,
    ) -> Result<SignedPreKeyRecord, SignalProtocolError> {
        if u32::from(id) != self.id {
            return Err(SignalProtocolError::InvalidSignedPreKeyId);
        }
        let created = u64::try_from(self.created_at).unwrap_or_default() * 1_000;
        Ok(SignedPreKeyRecord::new(
            id,
            Timestamp::from_epoch_millis(created),
            &self.pair,
            &self.signature,
        ))
    }

    async fn save_signed_pre_key(
        &mut self,
        id: SignedPreKeyId,
        record: &SignedPreKeyRecord,
    ) -> Result<(), SignalProtocolError> {
        self.id = id.into();
        self.pair = record.key_pair()?;
        self.signature = record.signature()?;
        Ok(())
    }
}
