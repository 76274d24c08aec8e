//! Records of WhatsApp's Advanced Device Verification: the signed data and their prefixes.

use wacore::adv::{AdvValidation, validate_adv_with_identity_key};
use wacore_libsignal::crypto::hmac_sha256;
use waproto::{buffa::Message as _, codec, whatsapp as wa};

use crate::phone::{Phone, PhoneError};

/// Prefix of the account's signature over a companion's identity.
pub(super) const ACCOUNT_SIGNATURE: &[u8] = &[6, 0];
/// Prefix of the account's signature over its key-index list (whitepaper: `0x0602 || ListData`).
const KEY_INDEX_LIST_SIGNATURE: &[u8] = &[6, 2];

/// The signed list of an account's devices, for the `<key-index-list ts>` of usync and device
/// notifications.
#[derive(Debug, Clone)]
pub struct KeyIndexList {
    /// The `ts` attribute: the time of the list's last change (seconds).
    pub timestamp: i64,
    /// `ADVSignedKeyIndexList`.
    pub signed: Vec<u8>,
}

/// `ADVDeviceIdentity` of a companion at a key index.
pub(super) fn identity_details(raw_id: u32, timestamp: i64, key_index: u32) -> Vec<u8> {
    wa::ADVDeviceIdentity {
        raw_id: Some(raw_id),
        timestamp: Some(timestamp.unsigned_abs()),
        key_index: Some(key_index),
        account_type: Some(wa::ADVEncryptionType::E2EE),
        device_type: Some(wa::ADVEncryptionType::E2EE),
    }
    .encode_to_vec()
}

/// Adds an HMAC to the account's signature, which proves knowledge of the ADV secret.
pub(super) fn under_hmac(signed: &wa::ADVSignedDeviceIdentity, adv_secret: &[u8; 32]) -> Vec<u8> {
    let details = codec::adv_signed_device_identity_to_vec(signed);
    wa::ADVSignedDeviceIdentityHMAC {
        hmac: Some(hmac_sha256(adv_secret, &details).to_vec()),
        details: Some(details),
        account_type: None,
    }
    .encode_to_vec()
}

/// Checks a companion's answer against the offer. Returns the complete `ADVSignedDeviceIdentity`.
pub(super) fn verify_answer(
    answer: &[u8],
    offered: &[u8],
    identity: &[u8; 32],
    account: &[u8; 32],
) -> Result<Vec<u8>, PhoneError> {
    let mut signed = codec::adv_signed_device_identity_decode(answer)
        .map_err(|_| PhoneError::DeviceIdentity("not an ADVSignedDeviceIdentity"))?;
    if signed.details.as_deref() != Some(offered) {
        return Err(PhoneError::DeviceIdentity("not the identity that was offered"));
    }
    // The key comes from here, never from the answer: an answer could bring its own account.
    signed.account_signature_key = Some(account.to_vec());
    let complete = codec::adv_signed_device_identity_to_vec(&signed);
    match validate_adv_with_identity_key(&complete, identity, None) {
        AdvValidation::Valid => Ok(complete),
        AdvValidation::Invalid | AdvValidation::NoAccountKey => {
            Err(PhoneError::DeviceIdentity("a signature does not verify"))
        }
    }
}

impl Phone {
    /// The account's devices by key index, signed. Clients drop companions that are not in it.
    pub fn key_index_list(&self) -> Result<KeyIndexList, PhoneError> {
        let timestamp = self.linking.changed_at;
        let details = codec::adv_key_index_list_to_vec(&wa::ADVKeyIndexList {
            raw_id: Some(self.linking.raw_id),
            timestamp: Some(timestamp.unsigned_abs()),
            current_index: Some(self.linking.last_key_index),
            valid_indexes: self.valid_key_indexes().collect(),
            ..Default::default()
        });
        let signature = self.sign(&[KEY_INDEX_LIST_SIGNATURE, &details])?;
        let signed = codec::adv_signed_key_index_list_to_vec(&wa::ADVSignedKeyIndexList {
            details: Some(details),
            account_signature: Some(signature.to_vec()),
            account_signature_key: Some(self.identity().to_vec()),
        });
        Ok(KeyIndexList { timestamp, signed })
    }
}
