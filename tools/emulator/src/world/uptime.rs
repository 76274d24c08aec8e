//! Availability of the server: admission of connections, and their end when it goes down.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::lock::lock;

/// The server's availability. Going down and coming back changes nothing else: keys, accounts and
/// queues stay as they are.
pub(crate) struct Uptime {
    /// Cancelled when the emulator stops.
    stopping: CancellationToken,
    state: Mutex<State>,
}

struct State {
    /// Parent of all connections' tokens; cancelled when the server goes down.
    serving: CancellationToken,
    down_until: Option<Instant>,
}

impl Uptime {
    pub(crate) fn new(stopping: CancellationToken) -> Self {
        let state = Mutex::new(State { serving: stopping.child_token(), down_until: None });
        Self { stopping, state }
    }

    /// Admits a connection. Returns the token that is cancelled when it has to end, or `None`
    /// while the server is down.
    pub(crate) fn admit(&self) -> Option<CancellationToken> {
        let mut state = lock(&self.state);
        if state.down_until.is_some_and(|until| Instant::now() < until) {
            return None;
        }
        state.down_until = None;
        Some(state.serving.child_token())
    }

    /// Ends every connection, and admits none for a while.
    pub(crate) fn go_down(&self, time: Duration) {
        let ended = {
            let mut state = lock(&self.state);
            state.down_until = Some(Instant::now() + time);
            std::mem::replace(&mut state.serving, self.stopping.child_token())
        };
        ended.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_down_ends_connections_and_refuses_others_for_a_while() {
        let stopping = CancellationToken::new();
        let uptime = Uptime::new(stopping.clone());
        let before = uptime.admit().expect("it is up");

        uptime.go_down(Duration::from_secs(3_600));
        assert!(before.is_cancelled());
        assert!(uptime.admit().is_none());

        uptime.go_down(Duration::ZERO);
        let after = uptime.admit().expect("it is up again");
        assert!(!after.is_cancelled());
        stopping.cancel();
        assert!(after.is_cancelled());
    }
}
