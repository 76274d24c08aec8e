//! The pace at which a number sends what people here are doing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// States that a number may send at once, by everybody who writes from it.
const BURST: u32 = 30;
/// After this time a number may send one more.
const REFILL: Duration = Duration::from_millis(500);

/// Limits the states that a number sends: WhatsApp must not take it for a program. Clones share it.
#[derive(Clone, Default)]
pub(super) struct TypingPace(Arc<Mutex<Spent>>);

/// The states that count at a time.
#[derive(Default)]
struct Spent {
    count: u32,
    since: Option<Instant>,
}

impl TypingPace {
    /// Returns true if one more may be sent now, and counts it.
    pub(super) fn admits(&self, now: Instant) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).admits(now)
    }
}

impl Spent {
    fn admits(&mut self, now: Instant) -> bool {
        let since = *self.since.get_or_insert(now);
        let passed = now.saturating_duration_since(since).as_millis() / REFILL.as_millis();
        let refilled = u32::try_from(passed).unwrap_or(u32::MAX);
        if refilled > 0 {
            self.count = self.count.saturating_sub(refilled);
            self.since = Some(now);
        }
        let is_admitted = self.count < BURST;
        if is_admitted {
            self.count += 1;
        }
        is_admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_admitted_and_then_one_for_each_interval() {
        let (mut spent, start) = (Spent::default(), Instant::now());
        let admitted = |spent: &mut Spent, at: Duration| {
            (0..2 * BURST).filter(|_| spent.admits(start + at)).count()
        };
        assert_eq!(admitted(&mut spent, Duration::ZERO), BURST as usize);
        assert_eq!(admitted(&mut spent, REFILL - Duration::from_millis(1)), 0);
        assert_eq!(admitted(&mut spent, REFILL), 1);
        assert_eq!(admitted(&mut spent, 4 * REFILL), 3);
        assert_eq!(admitted(&mut spent, 1000 * REFILL), BURST as usize);
    }
}
