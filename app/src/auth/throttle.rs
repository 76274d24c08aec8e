//! How often a password may be guessed.

use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota};

/// Tries that come without waiting: a person with three passwords in mind and a stuck Caps Lock.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");
/// And one every ten seconds from then on.
const A_MINUTE: NonZeroU32 = NonZeroU32::new(6).expect("six is not zero");
/// Addresses remembered before those that may try freely again are forgotten.
const REMEMBERED: usize = 10_000;

/// Limits tries per account, known or not, so that the answer tells nothing about who exists.
#[derive(Debug)]
pub(super) struct Throttle(DefaultKeyedRateLimiter<String>);

impl Default for Throttle {
    fn default() -> Self {
        Self(DefaultKeyedRateLimiter::keyed(Quota::per_minute(A_MINUTE).allow_burst(AT_ONCE)))
    }
}

impl Throttle {
    /// Counts one try for an address.
    pub(super) fn allows(&self, email: &str) -> bool {
        if self.0.len() > REMEMBERED {
            self.0.retain_recent();
        }
        self.0.check_key(&email.trim().to_lowercase()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_guessed_at_ten_times_and_others_go_on() {
        let throttle = Throttle::default();
        assert!((0..10).all(|_| throttle.allows("ana@loja.com")));
        assert!(!throttle.allows(" Ana@Loja.com"));
        assert!(throttle.allows("bia@loja.com"));
    }
}
