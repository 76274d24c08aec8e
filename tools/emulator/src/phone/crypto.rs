//! Randomness and key derivation.

use rand::{RngExt, rngs::StdRng};
use wacore::crypto::{CryptoError, hkdf_sha256_into};

/// A freshly seeded generator. Unlike the thread-local one it can be held across an `await`.
pub(super) fn rng() -> StdRng {
    rand::make_rng()
}

/// `N` random bytes.
pub(super) fn random<const N: usize>() -> [u8; N] {
    rng().random()
}

/// HKDF-SHA256 to 32 bytes.
pub(super) fn derive_key(
    input: &[u8],
    salt: Option<&[u8]>,
    info: &[u8],
) -> Result<[u8; 32], CryptoError> {
    let mut key = [0; 32];
    hkdf_sha256_into(input, salt, info, &mut key)?;
    Ok(key)
}

/// Seconds since the epoch, the unit of every timestamp on the wire.
pub(super) fn now() -> i64 {
    chrono::Utc::now().timestamp()
}
