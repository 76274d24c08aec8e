use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wacore_appstate::{AppStateError, ExpandedAppStateKeys, expand_app_state_keys};
use waproto::whatsapp::{
    self as wa,
    message::{
        AppStateSyncKey, AppStateSyncKeyData, AppStateSyncKeyFingerprint, AppStateSyncKeyId,
        AppStateSyncKeyShare, ProtocolMessage, protocol_message::Type,
    },
};

use crate::phone::{
    Phone,
    crypto::{now, random},
};

/// The account's app state key. A simulated phone makes one and never rotates it.
#[derive(Serialize, Deserialize)]
pub(super) struct SyncKey {
    /// Device that made the key (2 bytes) and epoch (4 bytes), both big-endian.
    id: [u8; 6],
    secret: [u8; 32],
    created_at: i64,
}

/// The devices a key was made for; receivers store this with the key.
pub(super) struct Fingerprint {
    raw_id: u32,
    current_index: u32,
    device_indexes: Vec<u32>,
}

impl SyncKey {
    pub(super) fn generate() -> Self {
        let [e1, e2, e3] = random();
        Self { id: [0, 0, 0, e1, e2, e3], secret: random(), created_at: now() }
    }

    pub(super) fn id(&self) -> &[u8] {
        &self.id
    }

    pub(super) fn expand(&self) -> ExpandedAppStateKeys {
        expand_app_state_keys(&self.secret)
    }

    /// The expanded key if a record's key id is this one's.
    pub(super) fn lookup(&self, id: &[u8]) -> Result<Arc<ExpandedAppStateKeys>, AppStateError> {
        if id == self.id { Ok(Arc::new(self.expand())) } else { Err(AppStateError::KeyNotFound) }
    }

    pub(super) fn share(&self, fingerprint: Fingerprint) -> wa::Message {
        let key = AppStateSyncKey {
            key_id: AppStateSyncKeyId { key_id: Some(self.id.to_vec()) }.into(),
            key_data: AppStateSyncKeyData {
                key_data: Some(self.secret.to_vec()),
                fingerprint: AppStateSyncKeyFingerprint {
                    raw_id: Some(fingerprint.raw_id),
                    current_index: Some(fingerprint.current_index),
                    device_indexes: fingerprint.device_indexes,
                }
                .into(),
                timestamp: Some(self.created_at * 1_000),
            }
            .into(),
        };
        wa::Message {
            protocol_message: ProtocolMessage {
                r#type: Some(Type::APP_STATE_SYNC_KEY_SHARE),
                app_state_sync_key_share: AppStateSyncKeyShare { keys: vec![key] }.into(),
                ..Default::default()
            }
            .into(),
            ..Default::default()
        }
    }
}

impl Phone {
    pub(super) fn linking_fingerprint(&self) -> Fingerprint {
        let (raw_id, current_index) = self.linking.registration();
        Fingerprint { raw_id, current_index, device_indexes: self.valid_key_indexes().collect() }
    }
}
