//! Companions: linking, signing and removal.
//!
//! Both ways of linking end the same. The companion and the phone come to share an *ADV secret*
//! (in the QR, or from the pair-code exchange); the phone signs the companion's identity key and
//! sends it under an HMAC of that secret in `<pair-success>`; the companion signs back in
//! `<pair-device-sign>`, and from then on is listed in the account's signed key-index list.
//!
//! Sources: WhatsApp's multi-device security whitepaper ("Companion Device Linking"), and the
//! client's side of it in `wacore::{pair, pair_code, adv}`.

mod adv;
mod devices;
mod pair_code;
mod qr;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use self::pair_code::PairCodeExchange;
use super::crypto::{now, rng};

pub use adv::KeyIndexList;
pub use devices::{DeviceTrust, Linked, LinkedDevice};
pub use pair_code::{CompanionFinish, CompanionHello, PrimaryHello};
pub use qr::Qr;

/// The account's companions and the exchanges under way.
#[derive(Serialize, Deserialize)]
pub(super) struct Linking {
    /// Identifies this registration of the account; every ADV record repeats it.
    raw_id: u32,
    devices: Vec<LinkedDevice>,
    /// Device ids and key indexes are never reused.
    last_device: u16,
    last_key_index: u32,
    /// The time a companion was last added or removed (seconds); the key-index list carries it.
    changed_at: i64,
    /// Pair codes live for three minutes; a restart ends them.
    #[serde(skip)]
    pair_codes: HashMap<Vec<u8>, PairCodeExchange>,
}

impl Linking {
    pub(super) fn generate() -> Self {
        use rand::RngExt as _;
        Self {
            raw_id: rng().random(),
            devices: Vec::new(),
            last_device: 0,
            last_key_index: 0,
            changed_at: now(),
            pair_codes: HashMap::new(),
        }
    }
}

impl Linking {
    /// Records a change of the device list. Its timestamp has to grow with every change, also
    /// twice in a second: clients ignore a list that is not newer than theirs.
    fn changed(&mut self) {
        self.changed_at = now().max(self.changed_at + 1);
    }

    /// Begins a new registration, which has no companions.
    pub(super) fn register_again(&mut self) {
        use rand::RngExt as _;
        self.raw_id = rng().random();
        self.devices.clear();
        self.pair_codes.clear();
        self.changed();
    }

    /// The registration's raw id and the highest key index issued.
    pub(super) fn registration(&self) -> (u32, u32) {
        (self.raw_id, self.last_key_index)
    }
}
