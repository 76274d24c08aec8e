//! Messages the server recently accepted from a device, and their recipients.
//!
//! They are in memory only: a resend comes within minutes, or never.

use std::collections::{HashMap, HashSet, VecDeque};

/// Number of messages remembered per device.
const REMEMBERED: usize = 1_000;

/// Messages recently accepted from one device.
#[derive(Debug, Default)]
pub(crate) struct Accepted {
    /// The devices each message went to (number and device), by its id.
    recipients: HashMap<String, HashSet<(String, u16)>>,
    /// The ids, oldest first.
    order: VecDeque<String>,
}

impl Accepted {
    /// Records that a message goes to a device. Returns `false` if it went there before.
    pub(crate) fn first_time(&mut self, id: &str, number: &str, device: u16) -> bool {
        let recipient = (number.to_owned(), device);
        if let Some(known) = self.recipients.get_mut(id) {
            return known.insert(recipient);
        }
        if self.order.len() == REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.recipients.remove(&oldest);
        }
        self.order.push_back(id.to_owned());
        self.recipients.insert(id.to_owned(), HashSet::from([recipient]));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_goes_to_each_device_once() {
        let mut accepted = Accepted::default();
        assert!(accepted.first_time("A", "551", 0));
        assert!(accepted.first_time("A", "551", 1));
        assert!(accepted.first_time("B", "551", 0));
        assert!(!accepted.first_time("A", "551", 0));
    }

    #[test]
    fn the_oldest_messages_are_forgotten() {
        let mut accepted = Accepted::default();
        for id in 0..=REMEMBERED {
            assert!(accepted.first_time(&id.to_string(), "551", 0));
        }
        assert!(!accepted.first_time(&REMEMBERED.to_string(), "551", 0));
        assert_eq!(accepted.recipients.len(), REMEMBERED);
        assert!(accepted.first_time("0", "551", 0));
    }
}
