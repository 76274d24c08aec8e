//! One key.

use secrecy::SecretBox;
use sha2::{Digest as _, Sha256};

/// One key of 256 bits and its id, which is stored beside the values that it encrypts.
pub(super) struct Key {
    pub(super) id: String,
    pub(super) bytes: SecretBox<[u8; 32]>,
}

impl Key {
    pub(super) fn new(bytes: &[u8; 32]) -> Self {
        let digest =
            Sha256::new().chain_update(b"inbox-pirata key id").chain_update(bytes).finalize();
        Self { id: hex::encode(&digest[..8]), bytes: SecretBox::new(Box::new(*bytes)) }
    }
}
