//! The way of messages to one connected client, where a fault may hold them back.
//!
//! Everything else a client gets goes past it. A message held back makes those after it wait, as
//! in one stream; what is still here when the connection ends is in the queue anyway.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;
use wacore_binary::Node;

/// A message that is to be overtaken goes alone if nothing comes behind it for this long.
const OVERTAKEN_WITHIN: Duration = Duration::from_secs(2);

/// What keeps a message from going at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Nothing but the messages before it.
    No,
    /// It comes this much later.
    For(Duration),
    /// The next message goes first.
    UntilOvertaken,
}

/// Messages that wait, in the order they will go.
#[derive(Debug, Default)]
pub(crate) struct Lane(VecDeque<Waiting>);

#[derive(Debug)]
struct Waiting {
    node: Node,
    due: Instant,
    /// The next message goes before this one, which is always the last.
    gives_way: bool,
}

impl Lane {
    /// Whether the last message waits for another to overtake it.
    pub(crate) fn gives_way(&self) -> bool {
        self.0.back().is_some_and(|last| last.gives_way)
    }

    /// Puts a message in line; gives when it is due if that is not now.
    pub(crate) fn enter(&mut self, node: Node, hold: Hold, now: Instant) -> Option<Instant> {
        let overtaken = if self.gives_way() { self.0.pop_back() } else { None };
        let later = match hold {
            Hold::No => None,
            Hold::For(time) => Some(now + time),
            Hold::UntilOvertaken => Some(now + OVERTAKEN_WITHIN),
        };
        let gives_way = overtaken.is_none() && hold == Hold::UntilOvertaken;
        self.0.push_back(Waiting { node, due: later.unwrap_or(now), gives_way });
        if let Some(overtaken) = overtaken {
            self.0.push_back(Waiting { due: now, gives_way: false, ..overtaken });
        }
        later
    }

    /// Takes the first message out, if it may go.
    pub(crate) fn next_due(&mut self, now: Instant) -> Option<Node> {
        let due = self.0.front().is_some_and(|first| first.due <= now);
        if due { self.0.pop_front().map(|first| first.node) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use wacore_binary::builder::NodeBuilder;

    use super::*;

    /// Ids of the messages that may go.
    fn due(lane: &mut Lane, now: Instant) -> Vec<String> {
        std::iter::from_fn(|| lane.next_due(now))
            .filter_map(|node| crate::stanza::attr(&node, "id"))
            .collect()
    }

    fn message(id: &'static str) -> Node {
        NodeBuilder::new("message").attr("id", id).build()
    }

    #[test]
    fn those_behind_a_delayed_message_wait_with_it() {
        let (mut lane, now) = (Lane::default(), Instant::now());
        let later = lane.enter(message("a"), Hold::For(Duration::from_secs(1)), now);
        assert_eq!(later, Some(now + Duration::from_secs(1)));
        assert_eq!(lane.enter(message("b"), Hold::No, now), None);
        assert!(due(&mut lane, now).is_empty());
        assert_eq!(due(&mut lane, now + Duration::from_secs(1)), ["a", "b"]);
    }

    #[test]
    fn a_message_is_overtaken_by_the_next_and_by_no_other() {
        let (mut lane, now) = (Lane::default(), Instant::now());
        lane.enter(message("a"), Hold::UntilOvertaken, now);
        assert!(lane.gives_way());
        assert!(due(&mut lane, now).is_empty());
        lane.enter(message("b"), Hold::No, now);
        lane.enter(message("c"), Hold::No, now);
        assert_eq!(due(&mut lane, now), ["b", "a", "c"]);
    }

    #[test]
    fn a_message_nobody_overtakes_goes_alone() {
        let (mut lane, now) = (Lane::default(), Instant::now());
        let later = lane.enter(message("a"), Hold::UntilOvertaken, now);
        assert_eq!(due(&mut lane, later.expect("it waits")), ["a"]);
        assert!(!lane.gives_way());
    }
}
