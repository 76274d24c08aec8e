//! Jumps to a quoted message, which may be far above what is loaded.

use leptos::prelude::*;
use model::{Message, MessageId};

use super::paging::begin;
use super::{Bubble, BubbleKey, Inbox, Row, Tail};
use crate::{ApiError, api};

/// The result of a search for a message of the open conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// It is shown.
    Here(BubbleKey),
    /// More messages lie between than one response has.
    TooFar,
    /// It is not stored in this conversation.
    Missing,
    /// Another conversation was opened meanwhile.
    Left,
}

impl Inbox {
    /// Finds a message, and loads it with everything between it and the loaded ones if needed.
    ///
    /// # Errors
    /// The error of the request.
    pub(crate) async fn find(self, quoted: MessageId) -> Result<Found, ApiError> {
        if let Some(key) = self.key_of(quoted) {
            return Ok(Found::Here(key));
        }
        let Some(Bubble::Stored(first)) = self.bubbles.first() else { return Ok(Found::TooFar) };
        let open = self.open.get_untracked().id();
        // Scrolling up would request the same messages.
        let holds = begin(self.bubbles_tail);
        let answer = api::messages_from(quoted, first.position).await;
        if !self.alive() || self.open.get_untracked().id() != open {
            return Ok(Found::Left);
        }
        if holds {
            self.bubbles_tail.set(Tail::More);
        }
        let (between, or_else) = match answer {
            Ok(between) => (between, Found::TooFar),
            Err(ApiError::NotFound) => (Vec::new(), Found::Missing),
            Err(error) => {
                self.drop_above(&Bubble::Stored(first));
                return Err(error);
            }
        };
        let from = between.first().filter(|_| joins(&between, quoted));
        let from = from.map_or(first.position, |quoted| quoted.position);
        if from < first.position {
            self.reached.set_value(Some(from));
            self.bubbles.fill(between.into_iter().map(Bubble::Stored).collect());
        }
        // Messages that came as an event meanwhile may lie above a gap.
        if let Some(edge) = self.bubbles.matching(|bubble| bubble.rank() >= (false, from)).first() {
            self.drop_above(edge);
        }
        Ok(self.key_of(quoted).map_or(or_else, Found::Here))
    }

    /// The key of a loaded message.
    pub(crate) fn key_of(self, message: MessageId) -> Option<BubbleKey> {
        let is_it = |bubble: &Bubble| bubble.stored().is_some_and(|one| one.id == message);
        self.bubbles.matching(is_it).first().map(Row::key)
    }
}

/// Returns true if the messages lead from the quoted one to the loaded ones without a gap. A full
/// response may end before them.
fn joins(between: &[Message], quoted: MessageId) -> bool {
    let starts = between.first().is_some_and(|first| first.id == quoted);
    starts && (between.len() as u64) < api::MESSAGES_FROM
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(from: i64, count: u64) -> Vec<Message> {
        (from..).take(count as usize).map(fixtures::message).collect()
    }

    #[test]
    fn a_jump_leaves_no_gap() {
        let quoted = MessageId(7);
        assert!(joins(&between(7, 3), quoted));
        assert!(joins(&between(7, api::MESSAGES_FROM - 1), quoted));
        assert!(!joins(&between(7, api::MESSAGES_FROM), quoted), "more may follow");
        assert!(!joins(&between(8, 3), quoted), "the quoted one is not there");
        assert!(!joins(&[], quoted));
    }
}
