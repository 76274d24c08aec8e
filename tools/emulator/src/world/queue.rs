//! Stanzas a companion has not confirmed yet.
//!
//! Every stanza that must arrive (message, receipt, notification) is queued first and then sent.
//! It leaves the queue only when the client confirms it: a message by a `<receipt>` or
//! `<ack class="message">`, the others by `<ack>`. On the next connection the remaining ones are
//! delivered again, in batches the client requests (`<ib><offline_batch count/></ib>`). Not every
//! client requests each batch: Baileys requests one, whatsmeow none. All of them get everything.

use std::collections::VecDeque;

use wacore_binary::Node;

/// The kind of a queued stanza, which determines its confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Message,
    Receipt,
    Notification,
}

impl Class {
    pub(crate) fn parse(tag: &str) -> Option<Self> {
        match tag {
            "message" => Some(Self::Message),
            "receipt" => Some(Self::Receipt),
            "notification" => Some(Self::Notification),
            _ => None,
        }
    }
}

/// The batches of the backlog the client has requested on this connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BatchRequests {
    /// The client has not requested any yet.
    NoneYet,
    /// The client has requested this many batches.
    Count(u32),
}

/// The state of the queue on the current connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// No client is connected, or it is still passive: stanzas are only queued.
    Held,
    /// The backlog is being delivered; `announced` stanzas were announced.
    Draining { announced: usize, requests: BatchRequests },
    /// Every stanza is sent at once.
    Live,
}

#[derive(Debug, Clone)]
struct Entry {
    id: String,
    class: Class,
    node: Node,
    /// The connection it was last sent on.
    sent_on: Option<u64>,
}

/// The queue of one companion, oldest first.
#[derive(Debug)]
pub(crate) struct Queue {
    entries: VecDeque<Entry>,
    phase: Phase,
    /// Total of stanzas the client has confirmed: it rises while a client processes its backlog.
    confirmed: u64,
}

impl Default for Queue {
    fn default() -> Self {
        Self { entries: VecDeque::new(), phase: Phase::Held, confirmed: 0 }
    }
}

impl Queue {
    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }

    pub(crate) fn set_phase(&mut self, phase: Phase) {
        self.phase = phase;
    }

    /// Adds a stanza. `sent_on` is the connection it is being sent on right now, if any.
    pub(crate) fn push(&mut self, class: Class, node: Node, sent_on: Option<u64>) {
        let id = node.attrs().optional_string("id").map(|id| id.into_owned()).unwrap_or_default();
        self.entries.push_back(Entry { id, class, node, sent_on });
    }

    /// Removes the oldest stanza with this id. A message that was sent again after a retry receipt
    /// is queued twice and confirmed twice.
    pub(crate) fn confirm(&mut self, class: Class, id: &str) {
        let confirmed =
            self.entries.iter().position(|entry| entry.class == class && entry.id == id);
        if let Some(position) = confirmed {
            self.entries.remove(position);
            self.confirmed += 1;
        }
    }

    /// Returns `true` if a stanza with this id is not confirmed.
    pub(crate) fn has(&self, class: Class, id: &str) -> bool {
        self.entries.iter().any(|entry| entry.class == class && entry.id == id)
    }

    /// Total of stanzas confirmed so far.
    pub(crate) fn confirmed(&self) -> u64 {
        self.confirmed
    }

    /// Number of queued stanzas of a class.
    pub(crate) fn count(&self, class: Class) -> usize {
        self.entries.iter().filter(|entry| entry.class == class).count()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Marks up to `limit` more stanzas as sent on `connection`, and returns them.
    pub(crate) fn next_batch(&mut self, connection: u64, limit: usize) -> Vec<Node> {
        self.entries
            .iter_mut()
            .filter(|entry| entry.sent_on != Some(connection))
            .take(limit)
            .map(|entry| {
                entry.sent_on = Some(connection);
                let mut node = entry.node.clone();
                node.attrs.insert("offline", "0");
                node
            })
            .collect()
    }

    pub(crate) fn has_unsent(&self, connection: u64) -> bool {
        self.entries.iter().any(|entry| entry.sent_on != Some(connection))
    }

    /// The stanzas to store, oldest first.
    pub(crate) fn stanzas(&self) -> impl Iterator<Item = (Class, &Node)> {
        self.entries.iter().map(|entry| (entry.class, &entry.node))
    }
}

#[cfg(test)]
mod tests {
    use wacore_binary::builder::NodeBuilder;

    use super::*;

    fn queue(ids: &[&'static str]) -> Queue {
        let mut queue = Queue::default();
        for id in ids {
            queue.push(Class::Message, NodeBuilder::new("message").attr("id", *id).build(), None);
        }
        queue
    }

    fn ids(nodes: &[Node]) -> Vec<String> {
        nodes.iter().filter_map(|node| crate::node::attr(node, "id")).collect()
    }

    #[test]
    fn batches_come_in_order_and_once_per_connection() {
        let mut queue = queue(&["a", "b", "c"]);
        assert_eq!(ids(&queue.next_batch(1, 2)), ["a", "b"]);
        assert_eq!(ids(&queue.next_batch(1, 2)), ["c"]);
        assert!(!queue.has_unsent(1));
        queue.confirm(Class::Message, "b");
        assert_eq!(ids(&queue.next_batch(2, 9)), ["a", "c"]);
    }

    #[test]
    fn a_confirmation_takes_one_stanza_of_its_class() {
        let mut queue = queue(&["a", "a"]);
        queue.confirm(Class::Receipt, "a");
        assert_eq!(queue.len(), 2);
        queue.confirm(Class::Message, "a");
        assert_eq!(queue.count(Class::Message), 1);
    }
}
