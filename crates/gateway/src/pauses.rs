//! The pauses of a session that tests shorten, and pauses that grow with each failure.

use std::time::Duration;

/// The pauses of a session. Everything but a test uses the default.
#[derive(Debug, Clone, Copy)]
pub struct Pauses {
    /// Interval between checks for received data. Data right after a check hides the silence until
    /// the check after next, so a dead connection is noticed after [`Self::until_noticed`] at most.
    pub silence_check: Duration,
    /// Time that WhatsApp has to answer a ping.
    pub ping_timeout: Duration,
    /// Pause after the first failure to download a file. It doubles with each further one.
    pub media_retry: Duration,
    /// Pause after the first failure to upload or to copy a file. It doubles with each further one.
    pub upload_retry: Duration,
    /// Time for which a number stays online after its last page closed, since pages are reloaded.
    pub online_grace: Duration,
    /// Time that WhatsApp has to answer if a phone has an account. A user waits for it.
    pub lookup_timeout: Duration,
}

impl Default for Pauses {
    fn default() -> Self {
        Self {
            silence_check: Duration::from_secs(9),
            ping_timeout: Duration::from_secs(8),
            media_retry: Duration::from_secs(5),
            upload_retry: Duration::from_secs(2),
            online_grace: Duration::from_secs(10),
            lookup_timeout: Duration::from_secs(10),
        }
    }
}

impl Pauses {
    /// The longest time from the end of a connection to its notice, if nothing closes the socket.
    pub fn until_noticed(&self) -> Duration {
        self.silence_check * 2 + self.ping_timeout
    }
}

/// Returns the pause after a failure that follows `earlier` others in a row: `first`, doubled with
/// each of them, up to `longest`.
///
/// It takes a count, as the database and the state of a session have it. Crates such as `backon` keep
/// the count in an iterator beside the repeated call, and a restart would begin it again.
pub(crate) fn growing(first: Duration, earlier: u32, longest: Duration) -> Duration {
    first.saturating_mul(2u32.saturating_pow(earlier)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let [first, longest] = [5, 3600].map(Duration::from_secs);
        let pauses = [0, 1, 3, 9, 10, 99, u32::MAX].map(|earlier| growing(first, earlier, longest));
        assert_eq!(pauses.map(|pause| pause.as_secs()), [5, 10, 40, 2560, 3600, 3600, 3600]);
    }

    #[test]
    fn a_dead_connection_is_noticed_within_half_a_minute() {
        assert!(Pauses::default().until_noticed() < Duration::from_secs(30));
    }
}
