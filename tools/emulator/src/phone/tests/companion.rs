//! A companion's side of linking, made of wacore's own functions.

use wacore::{
    companion_reg::CompanionWebClientType,
    pair::{DeviceState, PairUtils},
};
use wacore_libsignal::protocol::KeyPair;

use crate::phone::{
    Linked, Phone,
    crypto::{random, rng},
    signal::key_bytes,
};

pub(super) struct Companion {
    pub(super) state: DeviceState,
}

impl Companion {
    pub(super) fn new() -> Self {
        Self {
            state: DeviceState {
                identity_key: KeyPair::generate(&mut rng()),
                noise_key: KeyPair::generate(&mut rng()),
                adv_secret_key: random(),
            },
        }
    }

    /// A companion with the Signal state of `player`, so that it can chat.
    pub(super) fn played_by(player: &Phone) -> Self {
        let mut companion = Self::new();
        companion.state.identity_key = player.signal.identity().clone().into();
        companion
    }

    pub(super) fn qr(&self) -> String {
        PairUtils::make_qr_data(&self.state, "the-ref", CompanionWebClientType::Chrome)
    }

    pub(super) fn identity(&self) -> [u8; 32] {
        key_bytes(&self.state.identity_key.public_key)
    }

    /// Verifies `<pair-success>` and signs back, as a client does.
    pub(super) fn answer(&self, linked: &Linked) -> Vec<u8> {
        let (signed, key_index) =
            PairUtils::do_pair_crypto(&self.state, &linked.device_identity).expect("verifies");
        assert_eq!(key_index, linked.device.key_index);
        signed
    }

    /// Links by QR from beginning to end. Returns the device id.
    pub(super) fn link(&self, phone: &mut Phone) -> u16 {
        let linked = phone.link_by_qr(&self.qr()).expect("links");
        phone
            .accept_device_signature(linked.device.id, &self.answer(&linked))
            .expect("accepts the companion's signature");
        linked.device.id
    }
}
