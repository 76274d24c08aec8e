//! The queue of messages to one connected client, where a fault may hold them back.
//!
//! Other stanzas to the client bypass it. A message held back delays those after it, as in one
//! stream. The messages that are still here when the connection ends are also in the
//! [`Queue`](super::queue::Queue).

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;
use wacore_binary::Node;

/// A message that waits to be overtaken is sent alone if no other follows within this time.
const OVERTAKEN_WITHIN: Duration = Duration::from_secs(2);

/// The reason for a message not to be sent at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// It waits only for the messages before it.
    No,
    /// It is sent this much later.
    For(Duration),
    /// The next message is sent first.
    UntilOvertaken,
}

/// Waiting messages, in the order of sending.
#[derive(Debug, Default)]
pub(crate) struct SendQueue(VecDeque<Waiting>);

#[derive(Debug)]
struct Waiting {
    node: Node,
    due: Instant,
    /// The next message is sent before this one, which is always the last.
    swaps_with_next: bool,
}

impl SendQueue {
    /// Returns `true` if the last message waits for another to overtake it.
    pub(crate) fn swaps_with_next(&self) -> bool {
        self.0.back().is_some_and(|last| last.swaps_with_next)
    }

    /// Adds a message. Returns the time it is due if that is not now.
    pub(crate) fn push(&mut self, node: Node, hold: Hold, now: Instant) -> Option<Instant> {
        let overtaken = if self.swaps_with_next() { self.0.pop_back() } else { None };
        let later = match hold {
            Hold::No => None,
            Hold::For(time) => Some(now + time),
            Hold::UntilOvertaken => Some(now + OVERTAKEN_WITHIN),
        };
        let swaps_with_next = overtaken.is_none() && hold == Hold::UntilOvertaken;
        self.0.push_back(Waiting { node, due: later.unwrap_or(now), swaps_with_next });
        if let Some(overtaken) = overtaken {
            self.0.push_back(Waiting { due: now, swaps_with_next: false, ..overtaken });
        }
        later
    }

    /// Removes and returns the first message if it is due.
    pub(crate) fn next_due(&mut self, now: Instant) -> Option<Node> {
        let due = self.0.front().is_some_and(|first| first.due <= now);
        if due { self.0.pop_front().map(|first| first.node) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use wacore_binary::builder::NodeBuilder;

    use super::*;

    /// Ids of the messages that are due.
    fn due(queue: &mut SendQueue, now: Instant) -> Vec<String> {
        std::iter::from_fn(|| queue.next_due(now))
            .filter_map(|node| crate::node::attr(&node, "id"))
            .collect()
    }

    fn message(id: &'static str) -> Node {
        NodeBuilder::new("message").attr("id", id).build()
    }

    #[test]
    fn those_behind_a_delayed_message_wait_with_it() {
        let (mut queue, now) = (SendQueue::default(), Instant::now());
        let later = queue.push(message("a"), Hold::For(Duration::from_secs(1)), now);
        assert_eq!(later, Some(now + Duration::from_secs(1)));
        assert_eq!(queue.push(message("b"), Hold::No, now), None);
        assert!(due(&mut queue, now).is_empty());
        assert_eq!(due(&mut queue, now + Duration::from_secs(1)), ["a", "b"]);
    }

    #[test]
    fn a_message_is_overtaken_by_the_next_and_by_no_other() {
        let (mut queue, now) = (SendQueue::default(), Instant::now());
        queue.push(message("a"), Hold::UntilOvertaken, now);
        assert!(queue.swaps_with_next());
        assert!(due(&mut queue, now).is_empty());
        queue.push(message("b"), Hold::No, now);
        queue.push(message("c"), Hold::No, now);
        assert_eq!(due(&mut queue, now), ["b", "a", "c"]);
    }

    #[test]
    fn a_message_nobody_overtakes_goes_alone() {
        let (mut queue, now) = (SendQueue::default(), Instant::now());
        let later = queue.push(message("a"), Hold::UntilOvertaken, now);
        assert_eq!(due(&mut queue, later.expect("it waits")), ["a"]);
        assert!(!queue.swaps_with_next());
    }
}
