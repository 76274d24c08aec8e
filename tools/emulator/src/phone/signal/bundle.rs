use serde::{Deserialize, Serialize};
use wacore_libsignal::protocol::{
    DeviceId, IdentityKey, PreKeyBundle, PublicKey, SignalProtocolError,
};

/// A device's public keys, as the server keeps them: enough to start a Signal session with it.
///
/// Keys are raw Curve25519 points (32 bytes), signatures 64 bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bundle {
    pub registration_id: u32,
    pub identity: [u8; 32],
    pub signed_prekey: SignedPreKey,
    /// Absent if the device has run out of them; sessions start all the same.
    pub one_time_prekey: Option<OneTimePreKey>,
    /// The `ADVSignedDeviceIdentity` of a companion; a primary device has none.
    pub device_identity: Option<Vec<u8>>,
}

/// A prekey signed by its device's identity.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignedPreKey {
    pub id: u32,
    pub public: [u8; 32],
    pub signature: Vec<u8>,
}

/// A prekey that is issued once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OneTimePreKey {
    pub id: u32,
    pub public: [u8; 32],
}

/// WhatsApp writes the device into the address *name*; the Signal device id is always 0.
const SIGNAL_DEVICE: DeviceId = DeviceId::new(0);

impl TryFrom<&Bundle> for PreKeyBundle {
    type Error = SignalProtocolError;

    fn try_from(bundle: &Bundle) -> Result<Self, Self::Error> {
        let one_time = match &bundle.one_time_prekey {
            Some(key) => Some((key.id.into(), PublicKey::from_djb_public_key_bytes(&key.public)?)),
            None => None,
        };
        PreKeyBundle::new(
            bundle.registration_id,
            SIGNAL_DEVICE,
            one_time,
            bundle.signed_prekey.id.into(),
            PublicKey::from_djb_public_key_bytes(&bundle.signed_prekey.public)?,
            bundle.signed_prekey.signature.clone(),
            IdentityKey::new(PublicKey::from_djb_public_key_bytes(&bundle.identity)?),
        )
    }
}
