//! Stanzas a companion has not confirmed yet.
//!
//! Everything that must arrive (messages, receipts, notifications) is queued first and sent
//! then. It leaves the queue only when the client confirms it: a message by a `<receipt>` or
//! `<ack class="message">`, the others by `<ack>`. On the next connection what is left is
//! delivered again, in batches the client asks for (`<ib><offline_batch count/></ib>`). Not every
//! client asks for each batch: Baileys asks once, whatsmeow never. All of them get everything.

use std::collections::VecDeque;

use wacore_binary::Node;

/// What kind of stanza waits, and so what confirms it.
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

/// Who decides how fast a backlog goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// The client has not asked for anything yet.
    Unknown,
    /// The client has asked for this many batches.
    Requested(u32),
}

/// Where the current connection stands with the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nobody is connected, or the client is still passive: only collect.
    Held,
    /// The backlog is being delivered; `announced` stanzas were promised.
    Draining { announced: usize, pace: Pace },
    /// Everything goes out as it comes.
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
    /// Stanzas the client has confirmed, ever: it rises while a client takes its backlog in.
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

    /// Adds a stanza; `sent_on` when it is going out right now.
    pub(crate) fn push(&mut self, class: Class, node: Node, sent_on: Option<u64>) {
        let id = node.attrs().optional_string("id").map(|id| id.into_owned()).unwrap_or_default();
        self.entries.push_back(Entry { id, class, node, sent_on });
    }

    /// Removes what the client confirmed: the oldest stanza with this id, for a message that was
    /// sent again after a retry receipt waits twice and is confirmed twice.
    pub(crate) fn confirm(&mut self, class: Class, id: &str) {
        let confirmed =
            self.entries.iter().position(|entry| entry.class == class && entry.id == id);
        if let Some(position) = confirmed {
            self.entries.remove(position);
            self.confirmed += 1;
        }
    }

    /// How many stanzas were confirmed so far.
    pub(crate) fn confirmed(&self) -> u64 {
        self.confirmed
    }

    /// How many stanzas of a class wait.
    pub(crate) fn count(&self, class: Class) -> usize {
        self.entries.iter().filter(|entry| entry.class == class).count()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Takes note that up to `limit` more stanzas go out on `connection`, and returns them.
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

    /// The stanzas for storage, oldest first.
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
        nodes.iter().filter_map(|node| crate::stanza::attr(node, "id")).collect()
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
