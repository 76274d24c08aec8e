//! The actions that a message offers.

use chrono::{DateTime, Utc};
use model::change::{EDITABLE_FOR, REVOCABLE_FOR};
use model::{Change, Delivery, MessageKind};

use crate::inbox::Bubble;

/// An action of a message, in the order of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Reply,
    React,
    Forward,
    Copy,
    Edit,
    Revoke,
}

/// Returns the actions of a message for a viewer who may write in its chat, or only read it.
pub(super) fn offers(bubble: &Bubble, can_write: bool, now: DateTime<Utc>) -> Vec<Action> {
    use Action::{Copy, Edit, Forward, React, Reply, Revoke};
    let mut actions = vec![Reply, React, Forward, Copy, Edit, Revoke];
    actions.retain(|action| is_offered(*action, bubble, can_write, now));
    actions
}

fn is_offered(action: Action, bubble: &Bubble, can_write: bool, now: DateTime<Utc>) -> bool {
    let Some(message) = bubble.stored() else { return action == Action::Copy };
    if message.kind == MessageKind::Revoked || message.kind.is_placeholder() {
        return false;
    }
    let failed = matches!(message.delivery, Some(Delivery::Failed { .. }));
    let mut pending = message.pending.iter();
    let revoking = pending.any(|one| one.change == Change::Revoke && one.failed.is_none());
    let changes = can_write && !failed && !revoking;
    let is_own = changes && message.is_outgoing();
    let is_text = message.kind == MessageKind::Text;
    let age = now - message.sent_at;
    match action {
        Action::Reply | Action::React => changes,
        Action::Forward => is_text && !message.text.is_empty(),
        Action::Copy => !message.text.is_empty(),
        Action::Edit => is_own && is_text && age < EDITABLE_FOR,
        Action::Revoke => is_own && age < REVOCABLE_FOR,
    }
}

/// The whole minutes for which a message can still be edited, rounded up.
pub(super) fn editable_minutes(sent_at: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    let left = (EDITABLE_FOR - (now - sent_at)).num_seconds();
    (left.max(0) + 59) / 60
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use model::{Author, FailReason, Message, OperationId, PendingChange};

    use super::Action::{Copy, Edit, Forward, React, Reply, Revoke};
    use super::*;

    fn theirs() -> Message {
        Message { text: "oi".to_owned(), ..fixtures::message(1) }
    }

    fn ours() -> Message {
        let author = Author::User { name: "Ana".to_owned() };
        Message { author, delivery: Some(Delivery::Sent), ..theirs() }
    }

    fn after(message: Message, minutes: i64) -> Vec<Action> {
        let now = message.sent_at + TimeDelta::minutes(minutes);
        offers(&Bubble::Stored(message), true, now)
    }

    #[test]
    fn only_own_messages_are_edited_and_deleted_and_only_for_a_time() {
        assert_eq!(after(theirs(), 1), [Reply, React, Forward, Copy]);
        assert_eq!(after(ours(), 14), [Reply, React, Forward, Copy, Edit, Revoke]);
        assert_eq!(after(ours(), 15), [Reply, React, Forward, Copy, Revoke]);
        assert_eq!(after(ours(), 60 * 60), [Reply, React, Forward, Copy]);
        let by_phone = Message { author: Author::Phone, ..ours() };
        assert!(after(by_phone, 1).contains(&Edit));
    }

    #[test]
    fn files_are_answered_and_deleted_but_neither_edited_nor_forwarded() {
        let photo = Message { kind: MessageKind::Image, text: String::new(), ..ours() };
        assert_eq!(after(photo, 1), [Reply, React, Revoke]);
    }

    #[test]
    fn a_reader_copies_and_forwards() {
        let now = ours().sent_at;
        assert_eq!(offers(&Bubble::Stored(ours()), false, now), [Forward, Copy]);
    }

    #[test]
    fn what_is_gone_offers_nothing_and_what_was_not_sent_offers_its_text() {
        for kind in [MessageKind::Revoked, MessageKind::Undecryptable, MessageKind::OnPhone] {
            assert!(after(Message { kind, ..ours() }, 1).is_empty());
        }
        let failed = Some(Delivery::Failed { reason: FailReason::Refused });
        assert_eq!(after(Message { delivery: failed, ..ours() }, 1), [Forward, Copy]);
        let change = Change::Revoke;
        let pending = vec![PendingChange { id: OperationId(1), change, failed: None }];
        assert_eq!(after(Message { pending, ..ours() }, 1), [Forward, Copy]);
    }

    #[test]
    fn minutes_are_rounded_up() {
        let sent_at = ours().sent_at;
        let left = |seconds| editable_minutes(sent_at, sent_at + TimeDelta::seconds(seconds));
        assert_eq!([left(0), left(1), left(179), left(180), left(2_000)], [15, 15, 13, 12, 0]);
    }
}
