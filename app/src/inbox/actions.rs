//! Changes of stored messages: deletions for everybody and reactions. [`super::edits`] has the edits.

use std::pin::Pin;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Change, Message, OperationId, Reaction, WaMessageId};

use super::{Bubble, Inbox, Row};
use crate::{ApiError, api, browser};

/// The response of a server function that changes a message. It is boxed, so that the code that
/// handles it exists once.
type Answer = Pin<Box<dyn Future<Output = Result<Message, ApiError>>>>;

impl Inbox {
    /// The server's time.
    pub(crate) fn now(self) -> DateTime<Utc> {
        self.clock.now.get_untracked()
    }

    /// Reacts with an emoji; the same one again, or an empty one, takes the reaction back.
    pub(crate) fn react(self, message: Message, emoji: &str) {
        let emoji = toggled(&message, emoji);
        self.send_change(message, move |message, wa_id| {
            Box::pin(api::react(message.chat, message.id, emoji, Some(wa_id)))
        });
    }

    /// Deletes a message for everybody.
    pub(crate) fn revoke(self, message: Message) {
        self.send_change(message, |message, wa_id| {
            Box::pin(api::revoke_message(message.chat, message.id, Some(wa_id)))
        });
    }

    /// Makes a message a favourite, or ends that.
    pub(crate) fn star(self, message: Message) {
        let starred = !message.starred;
        self.send_change(message, move |message, _| {
            Box::pin(api::star_message(message.chat, message.id, starred))
        });
    }

    /// Tries a failed change again.
    pub(crate) fn retry_change(self, message: Message, operation: OperationId) {
        self.send_change(message, move |message, _| {
            Box::pin(api::retry_change(message.chat, operation))
        });
    }

    /// Forgets a failed change.
    pub(crate) fn discard_change(self, message: Message, operation: OperationId) {
        self.send_change(message, move |message, _| {
            Box::pin(api::discard_change(message.chat, operation))
        });
    }

    fn send_change(self, message: Message, send: impl FnOnce(&Message, WaMessageId) -> Answer) {
        let Some(wa_id) = browser::new_message_id() else { return };
        let answer = send(&message, wa_id);
        spawn_local(async move {
            self.settle(message, answer).await;
        });
    }

    /// Shows the response, or its error until a later change succeeds. Returns true on success. If an
    /// event of the message came first, that is newer.
    pub(super) async fn settle(self, before: Message, answer: Answer) -> bool {
        let answer = answer.await;
        if !self.alive() {
            return false;
        }
        match answer {
            Ok(message) => {
                let before = Bubble::Stored(before);
                if self.bubbles.get_untracked(&before.key()).as_ref() == Some(&before) {
                    self.put_bubble(message);
                }
                self.notice.set(None);
                true
            }
            Err(error) => {
                // The server does not tell a forbidden chat from one that is missing.
                let is_reader = !untrack(|| self.right_here()).writes();
                let is_forbidden = error == ApiError::NotFound && is_reader;
                self.notice.set(Some(if is_forbidden { ApiError::Forbidden } else { error }));
                false
            }
        }
    }
}

/// The number's own reaction to a message: the one on its way, else the confirmed one.
pub(crate) fn own_reaction(message: &Message) -> Option<&str> {
    let pending = message.pending.iter().rev().find_map(|one| match &one.change {
        Change::React { emoji } if one.failed.is_none() => Some(&**emoji),
        _ => None,
    });
    let confirmed = message.reactions.iter().find(|one| one.is_ours());
    let own = pending.or(confirmed.map(|Reaction { emoji, .. }| &**emoji));
    own.filter(|emoji| !emoji.is_empty())
}

/// Returns true for the same emoji: with or without the mark that asks for its coloured form.
pub(crate) fn is_same_emoji(one: &str, other: &str) -> bool {
    const COLOURED: char = '\u{fe0f}';
    let plain = |emoji: &str| emoji.replace(COLOURED, "");
    plain(one) == plain(other)
}

fn toggled(message: &Message, emoji: &str) -> String {
    let is_own = own_reaction(message).is_some_and(|own| is_same_emoji(own, emoji));
    if is_own { String::new() } else { emoji.to_owned() }
}

#[cfg(test)]
mod tests {
    use model::{Author, FailReason, PendingChange};

    use super::*;

    fn reacted(emoji: &str, by: Author) -> Message {
        let reactions = vec![Reaction { emoji: emoji.to_owned(), by: vec![by] }];
        Message { reactions, ..fixtures::message(1) }
    }

    #[test]
    fn the_same_emoji_again_takes_the_reaction_back() {
        let ours = reacted("❤️", Author::Phone);
        assert_eq!(toggled(&ours, "❤"), "");
        assert_eq!(toggled(&ours, "👍"), "👍");
        let theirs = reacted("❤️", Author::Contact { name: None });
        assert_eq!(toggled(&theirs, "❤️"), "❤️");
    }

    #[test]
    fn a_reaction_on_its_way_counts_already() {
        let mut message = reacted("❤️", Author::Phone);
        let change = Change::React { emoji: "👍".to_owned() };
        message.pending = vec![PendingChange { id: OperationId(1), change, failed: None }];
        assert_eq!(toggled(&message, "👍"), "");
        assert_eq!(toggled(&message, "❤️"), "❤️");
        message.pending[0].failed = Some(FailReason::Refused);
        assert_eq!(toggled(&message, "👍"), "👍");
    }
}
