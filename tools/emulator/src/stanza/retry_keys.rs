//! The keys in a retry receipt, with which its author begins a new session.

use wacore_binary::Node;

use crate::node::bytes;
use crate::phone::{Bundle, OneTimePreKey, SignedPreKey};
use crate::world::keys::be_uint;

/// The keys of a retry receipt, if the device sent any.
pub(super) fn retry_bundle(retry: &Node) -> Option<Bundle> {
    read_bundle(retry.get_optional_child("keys")?, retry.get_optional_child("registration")?)
}

/// The `<keys>` of a retry receipt.
fn read_bundle(keys: &Node, registration: &Node) -> Option<Bundle> {
    let child = |node: &Node, tag: &str| -> Option<Vec<u8>> {
        Some(bytes(node.get_optional_child(tag)?)?.to_vec())
    };
    let signed = keys.get_optional_child("skey")?;
    let one_time = keys.get_optional_child("key").and_then(|key| {
        Some(OneTimePreKey {
            id: be_uint(&child(key, "id")?),
            public: child(key, "value")?.try_into().ok()?,
        })
    });
    Some(Bundle {
        registration_id: be_uint(bytes(registration)?),
        identity: child(keys, "identity")?.try_into().ok()?,
        signed_prekey: SignedPreKey {
            id: be_uint(&child(signed, "id")?),
            public: child(signed, "value")?.try_into().ok()?,
            signature: child(signed, "signature")?,
        },
        one_time_prekey: one_time,
        device_identity: child(keys, "device-identity"),
    })
}
