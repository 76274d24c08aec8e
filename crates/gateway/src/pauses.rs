//! The pauses of a session that tests shorten.

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
    /// Time for which a number stays online after its last page closed, since pages are reloaded.
    pub online_grace: Duration,
}

impl Default for Pauses {
    fn default() -> Self {
        Self {
            silence_check: Duration::from_secs(9),
            ping_timeout: Duration::from_secs(8),
            media_retry: Duration::from_secs(5),
            online_grace: Duration::from_secs(10),
        }
    }
}

impl Pauses {
    /// The longest time from the end of a connection to its notice, if nothing closes the socket.
    pub fn until_noticed(&self) -> Duration {
        self.silence_check * 2 + self.ping_timeout
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_connection_is_noticed_within_half_a_minute() {
        assert!(Pauses::default().until_noticed() < Duration::from_secs(30));
    }
}
