//! The progress of the sync of a phone's history to its linked devices.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::phone::{HistoryOutline, HistoryWishes};

/// Parts that are on their way to a device at the same time.
const AT_ONCE: usize = 4;

/// What one device was sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Transfer {
    /// The device was registered and has not logged in yet.
    Due(HistoryWishes),
    Running(Running),
    /// It has confirmed everything, or there was nothing.
    Done,
}

/// A sync under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Running {
    outline: HistoryOutline,
    /// The next part to send.
    next: usize,
    /// Parts that the device has not confirmed, by the id of their message.
    unconfirmed: BTreeMap<String, usize>,
}

impl Transfer {
    /// Begins a sync; without an outline there is nothing to send.
    pub(crate) fn begin(outline: Option<HistoryOutline>) -> Self {
        match outline {
            Some(outline) => {
                Self::Running(Running { outline, next: 0, unconfirmed: BTreeMap::new() })
            }
            None => Self::Done,
        }
    }

    /// The next part to send now.
    pub(crate) fn take_next(&mut self) -> Option<(HistoryOutline, usize)> {
        let Self::Running(running) = self else { return None };
        let is_due = running.unconfirmed.len() < AT_ONCE && running.next < running.outline.parts();
        is_due.then(|| {
            running.next += 1;
            (running.outline.clone(), running.next - 1)
        })
    }

    /// Records that a part was sent in a message.
    pub(crate) fn sent(&mut self, message: String, part: usize) {
        if let Self::Running(running) = self {
            running.unconfirmed.insert(message, part);
        }
    }

    /// Records the receipt for a part.
    pub(crate) fn confirmed(&mut self, message: &str) {
        let Self::Running(running) = self else { return };
        running.unconfirmed.remove(message);
        if running.unconfirmed.is_empty() && running.next >= running.outline.parts() {
            *self = Self::Done;
        }
    }

    /// Removes and returns the unconfirmed parts whose message is not waiting for delivery any more,
    /// oldest first.
    pub(crate) fn lost(
        &mut self,
        is_waiting: impl Fn(&str) -> bool,
    ) -> Vec<(HistoryOutline, usize)> {
        let Self::Running(running) = self else { return Vec::new() };
        let mut lost = Vec::new();
        running.unconfirmed.retain(|message, part| {
            let waits = is_waiting(message.as_str());
            if !waits {
                lost.push(*part);
            }
            waits
        });
        lost.sort_unstable();
        lost.into_iter().map(|part| (running.outline.clone(), part)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::{HistoryPlan, NewHistory, Phone};

    /// A sync of the four parts that every history has, and one of made-up messages.
    fn transfer() -> Transfer {
        let mut phone = Phone::new("5561999990001", "100000000000001", "Ana");
        let new = NewHistory { chats: 2, messages_per_chat: 2, ..NewHistory::default() };
        phone.set_history(HistoryPlan::new(new, 0, 0).expect("a plan"));
        Transfer::begin(phone.history_outline(HistoryWishes::default(), true))
    }

    fn parts(transfer: &mut Transfer) -> Vec<usize> {
        std::iter::from_fn(|| transfer.take_next()).map(|(_, part)| part).take(9).collect()
    }

    #[test]
    fn a_few_parts_are_under_way_at_a_time() {
        let mut transfer = transfer();
        for part in 0..4 {
            let (_, next) = transfer.take_next().expect("a part");
            assert_eq!(next, part);
            transfer.sent(part.to_string(), part);
        }
        assert!(transfer.take_next().is_none());
        transfer.confirmed("2");
        assert_eq!(parts(&mut transfer), [4]);
        transfer.sent("4".to_owned(), 4);
        for message in ["0", "1", "3", "4"] {
            transfer.confirmed(message);
        }
        assert!(matches!(transfer, Transfer::Done));
    }

    #[test]
    fn what_was_received_and_not_confirmed_is_sent_again() {
        let mut transfer = transfer();
        for part in 0..4 {
            transfer.take_next().expect("a part");
            transfer.sent(part.to_string(), part);
        }
        transfer.confirmed("0");
        let lost = transfer.lost(|message| message == "3");
        assert_eq!(lost.into_iter().map(|(_, part)| part).collect::<Vec<_>>(), [1, 2]);
        assert!(transfer.lost(|_| true).is_empty());
    }

    #[test]
    fn a_phone_without_chats_has_nothing_to_sync() {
        let phone = Phone::new("5561999990001", "100000000000001", "Ana");
        let outline = phone.history_outline(HistoryWishes::default(), true);
        assert!(matches!(Transfer::begin(outline), Transfer::Done));
    }
}
