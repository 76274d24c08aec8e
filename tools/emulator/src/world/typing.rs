//! Typing states, which last for a while only: a device that goes on typing renews its state, and
//! one that disappeared does not type for ever.

use std::collections::HashMap;

use super::addressing::Addressing;
use super::presence::Typing;

/// Time after which a state that was not renewed ends. Clients renew theirs every ten seconds.
const LIFETIME_SECS: i64 = 25;

/// Typing states of others in their chat with an account, by their number.
#[derive(Default)]
pub(crate) struct TypingStates(HashMap<String, Reported>);

/// A reported state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reported {
    pub(crate) typing: Typing,
    /// The addressing the author used for the account.
    pub(crate) addressing: Addressing,
    /// Seconds since 1970, by the server's clock.
    at: i64,
}

impl TypingStates {
    pub(crate) fn report(&mut self, from: &str, typing: Typing, addressing: Addressing, now: i64) {
        self.0.insert(from.to_owned(), Reported { typing, addressing, at: now });
    }

    /// The state of one person; `None` if nothing was reported or the report is too old.
    pub(crate) fn current(&self, from: &str, now: i64) -> Option<Typing> {
        self.0.get(from).filter(|reported| reported.is_valid(now)).map(|reported| reported.typing)
    }

    /// The people who type or record now.
    pub(crate) fn active(&self, now: i64) -> Vec<(String, Reported)> {
        let active = self
            .0
            .iter()
            .filter(|(_, reported)| reported.typing != Typing::Paused && reported.is_valid(now));
        active.map(|(from, reported)| (from.clone(), *reported)).collect()
    }

    /// Ends the state of a person whose message arrived.
    pub(crate) fn forget(&mut self, from: &str) {
        self.0.remove(from);
    }
}

impl Reported {
    fn is_valid(&self, now: i64) -> bool {
        self.typing == Typing::Paused || now - self.at < LIFETIME_SECS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_ends_when_it_is_not_renewed() {
        let mut states = TypingStates::default();
        let report = |states: &mut TypingStates, now| {
            states.report("551", Typing::Composing, Addressing::Lid, now);
        };
        report(&mut states, 100);
        assert_eq!(states.current("551", 124), Some(Typing::Composing));
        assert_eq!(states.current("551", 125), None);
        report(&mut states, 120);
        assert_eq!(states.active(144).len(), 1);
        assert!(states.active(145).is_empty());
    }

    #[test]
    fn a_message_ends_the_state_of_its_author() {
        let mut states = TypingStates::default();
        states.report("551", Typing::Recording, Addressing::Pn, 100);
        states.forget("551");
        assert_eq!(states.current("551", 100), None);
    }
}
