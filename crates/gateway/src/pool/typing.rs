//! Shows the other side of a chat that somebody here types or records. It is never queued: a state that
//! cannot be sent at this moment is of no use to anybody later.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::Typing;
use store::{Grant, Write};
use tokio::time::Instant;
use whatsapp_rust::prelude::Jid;
use whatsapp_rust::{ChatStateType, Client};

use super::Pool;
use crate::origin::AddressKind;

/// States that a number may send at once, by everybody who writes from it.
const BURST: u32 = 30;
/// After this time a number may send one more.
const REFILL: Duration = Duration::from_millis(500);
/// A connection that does not take a state in this time drops it.
const TIMEOUT: Duration = Duration::from_secs(5);

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
    fn admits(&self, now: Instant) -> bool {
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

impl Pool {
    /// Shows the person at the address `to` what somebody does in the chat with them. Returns false if
    /// it is not sent: the number is not connected, it has sent too many, or the chat is a group, whose
    /// members nobody here answers by name.
    pub async fn typing(&self, grant: &Grant<Write>, to: &str, typing: Typing) -> bool {
        let Some(handle) = self.handle(grant.connection()) else { return false };
        let Some(client) = handle.logged_in() else { return false };
        let Ok(to) = to.parse::<Jid>() else { return false };
        if AddressKind::of(&to) != AddressKind::Person || !handle.typing.admits(Instant::now()) {
            return false;
        }
        tokio::time::timeout(TIMEOUT, send(&client, &to, typing)).await.unwrap_or(false)
    }
}

async fn send(client: &Client, to: &Jid, typing: Typing) -> bool {
    let state = match typing {
        Typing::Composing => ChatStateType::Composing,
        Typing::Recording => ChatStateType::Recording,
        Typing::Paused => ChatStateType::Paused,
    };
    match client.chatstate().send(to, state).await {
        Ok(()) => true,
        Err(error) => {
            tracing::debug!(%error, "a typing state was dropped");
            false
        }
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
