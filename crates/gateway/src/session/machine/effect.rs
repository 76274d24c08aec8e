//! The results of transitions, and the time that they use.

use chrono::{DateTime, Utc};
use model::{ConnectionState, EndReason, PhoneNumber};
use tokio::time::Instant;

/// Something that the actor has to do after a transition. Effects without a client concern the one
/// of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::session) enum Effect<C> {
    /// Sets the state that people see.
    Show(ConnectionState),
    /// Opens the keys and starts a client.
    Open,
    /// Starts the tasks of a connected session. `again` is true for a reconnection.
    StartTasks { again: bool },
    /// Stops these tasks.
    StopTasks,
    /// Requests a pairing code for this phone.
    RequestCode(PhoneNumber),
    /// Drops a dead socket, so that the library opens another.
    Reconnect,
    /// Starts the disconnect without waiting for it. Earlier events can still be handled.
    Disconnect,
    /// Closes a client after it has flushed its state.
    Close(C),
    /// Logs the device out on WhatsApp and closes its client.
    LogOut(C),
    /// Records the end of the session; only an unlink deletes the keys.
    Record(EndReason),
    /// Counts a reconnection.
    CountReconnect,
}

/// The time of a transition on both clocks.
#[derive(Debug, Clone, Copy)]
pub(in crate::session) struct Now {
    pub(super) instant: Instant,
    pub(super) utc: DateTime<Utc>,
}

impl Now {
    pub(in crate::session) fn read() -> Self {
        Self { instant: Instant::now(), utc: Utc::now() }
    }
}

/// The reason for which a state changes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) enum Timer {
    Restart,
    CodeExpired,
    CloseOverdue,
}
