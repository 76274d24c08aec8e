//! Typing states, which last for a while only: a device that goes on typing renews its state, and
//! one that disappeared does not type for ever.

use std::collections::HashMap;

use super::addressing::Addressing;
use super::presence::Typing;

/// Time after which a state that was not renewed ends. Clients renew theirs every ten seconds.
const LIFETIME_SECS: i64 = 25;
/// A client that was away when a state was reported gets it within this time only: later it would
/// say more about the past than about now.
const DELIVERED_WITHIN_SECS: i64 = 4;

/// Typing states of others in the chats of an account, by chat and author.
#[derive(Default)]
pub(crate) struct TypingStates(HashMap<(String, String), Reported>);

/// A reported state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reported {
    /// The author's number, or the JID of the group.
    pub(crate) chat: String,
    /// The author's number.
    pub(crate) from: String,
    pub(crate) typing: Typing,
    /// The addressing the author used for the account.
    pub(crate) addressing: Addressing,
    /// Seconds since 1970, by the server's clock.
    at: i64,
}

impl TypingStates {
    pub(crate) fn report(
        &mut self,
        chat: &str,
        from: &str,
        typing: Typing,
        addressing: Addressing,
        now: i64,
    ) {
        let (chat, from) = (chat.to_owned(), from.to_owned());
        let reported = Reported { chat, from, typing, addressing, at: now };
        self.0.insert((reported.chat.clone(), reported.from.clone()), reported);
    }

    /// The last state in a chat; `None` if nothing was reported or the report is too old.
    pub(crate) fn current(&self, chat: &str, now: i64) -> Option<Typing> {
        let valid = self.0.values().filter(|state| state.chat == chat && state.is_valid(now));
        valid.max_by_key(|state| state.at).map(|state| state.typing)
    }

    /// Those who began or went on to type or record just now.
    pub(crate) fn active(&self, now: i64) -> Vec<Reported> {
        let active = self.0.values().filter(|state| {
            state.typing != Typing::Paused && now - state.at < DELIVERED_WITHIN_SECS
        });
        active.cloned().collect()
    }

    /// Ends the state of a person whose message arrived.
    pub(crate) fn forget(&mut self, chat: &str, from: &str) {
        self.0.remove(&(chat.to_owned(), from.to_owned()));
    }
}

impl Reported {
    /// Returns `true` for a state in a group.
    pub(crate) fn is_of_group(&self) -> bool {
        self.chat != self.from
    }

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
            states.report("551", "551", Typing::Composing, Addressing::Lid, now);
        };
        report(&mut states, 100);
        assert_eq!(states.current("551", 124), Some(Typing::Composing));
        assert_eq!(states.current("551", 125), None);
        report(&mut states, 120);
        assert_eq!(states.active(123).len(), 1);
        assert!(states.active(124).is_empty());
    }

    #[test]
    fn a_message_ends_the_state_of_its_author() {
        let mut states = TypingStates::default();
        states.report("551", "551", Typing::Recording, Addressing::Pn, 100);
        states.report("1@g.us", "551", Typing::Recording, Addressing::Pn, 100);
        states.forget("551", "551");
        assert_eq!(states.current("551", 100), None);
        assert_eq!(states.current("1@g.us", 100), Some(Typing::Recording));
    }
}
