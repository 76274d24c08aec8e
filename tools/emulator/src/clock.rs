//! Timestamps of stanzas.

use std::sync::Mutex;

use crate::lock::lock;

/// The real time, in seconds since 1970.
pub(crate) fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

/// The time at which the server accepted a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Microseconds since 1970: a message's `sts`.
    pub(crate) micros: i64,
}

impl Stamp {
    fn now(skew_secs: i64) -> Self {
        let skew = skew_secs.saturating_mul(1_000_000);
        Self { micros: chrono::Utc::now().timestamp_micros().saturating_add(skew) }
    }

    /// Whole seconds since 1970: `t`.
    pub(crate) fn seconds(self) -> i64 {
        self.micros.div_euclid(1_000_000)
    }
}

/// The server's clock, which gives stanzas their `t`. A fault can set it wrong.
#[derive(Default)]
pub(crate) struct ServerClock(Mutex<Skew>);

#[derive(Default)]
struct Skew {
    seconds: i64,
    /// Messages to stamp before the clock is right again.
    messages: u32,
}

impl ServerClock {
    /// Seconds since 1970 by this clock.
    pub(crate) fn now(&self) -> i64 {
        self.stamp().seconds()
    }

    pub(crate) fn stamp(&self) -> Stamp {
        Stamp::now(lock(&self.0).seconds)
    }

    /// Stamps a chat message. A wrong clock is counted down by these.
    pub(crate) fn stamp_message(&self) -> Stamp {
        let mut skew = lock(&self.0);
        let stamp = Stamp::now(skew.seconds);
        skew.messages = skew.messages.saturating_sub(1);
        if skew.messages == 0 {
            skew.seconds = 0;
        }
        stamp
    }

    /// Sets the clock wrong until this many messages were stamped.
    pub(crate) fn set_wrong(&self, seconds: i64, messages: u32) {
        *lock(&self.0) = Skew { seconds, messages };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_right_again_after_so_many_messages() {
        let clock = ServerClock::default();
        let off = |stamp: i64| (stamp - now()).abs() > 1_000;
        clock.set_wrong(-7_200, 2);
        assert!(off(clock.now()));
        assert!(off(clock.stamp_message().seconds()));
        assert!(off(clock.stamp_message().seconds()));
        assert!(!off(clock.stamp_message().seconds()));
        assert!(!off(clock.now()));
    }
}
