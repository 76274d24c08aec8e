//! The actions that a message offers.

use chrono::{DateTime, TimeDelta, Utc};
use model::{Change, MediaState, Message, MessageKind, bounds};

use crate::inbox::{Bubble, Right};

/// An action of a message, in the order of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Reply,
    React,
    Forward,
    Copy,
    /// Makes it a favourite.
    Star,
    Unstar,
    Edit,
    Revoke,
}

/// Returns the actions of a message for a viewer with this right in its chat.
pub(super) fn offers(bubble: &Bubble, right: Right, now: DateTime<Utc>) -> Vec<Action> {
    use Action::{Copy, Edit, Forward, React, Reply, Revoke, Star, Unstar};
    let mut actions = vec![Reply, React, Forward, Copy, Star, Unstar, Edit, Revoke];
    actions.retain(|action| is_offered(*action, bubble, right, now));
    actions
}

fn is_offered(action: Action, bubble: &Bubble, right: Right, now: DateTime<Utc>) -> bool {
    let Some(message) = bubble.stored() else { return action == Action::Copy };
    if message.kind.is_inert() {
        return false;
    }
    let changes = bubble.takes_answers() && right.writes();
    let is_own = changes && message.is_outgoing();
    let is_text = message.kind == MessageKind::Text;
    let is_stored = message.media.as_ref().is_some_and(|media| media.state == MediaState::Stored);
    let is_left = |left: TimeDelta| left > TimeDelta::zero();
    match action {
        Action::Reply | Action::React => changes,
        Action::Star | Action::Unstar => {
            let ends = action == Action::Unstar;
            bubble.takes_answers() && right != Right::Read && message.starred == ends
        }
        Action::Forward if message.kind.is_card() => !message.rich.is_empty(),
        Action::Forward => is_stored || (is_text && !message.text.is_empty()),
        // A place may have no name, only its card.
        Action::Copy => !message.text.is_empty() || !message.rich.is_empty(),
        Action::Edit => {
            let is_open = is_left(message.edit_left(now)) && !waits_for_long_edit(message);
            is_own && is_text && is_open
        }
        Action::Revoke => {
            let is_removable = is_own || (changes && right == Right::Administer);
            is_removable && is_left(message.revoke_left(now))
        }
    }
}

/// Returns true if an edit is on its way of which the page may have only the beginning. Another one
/// cannot start from it.
pub(super) fn waits_for_long_edit(message: &Message) -> bool {
    let edits = message.pending.iter().rev().filter(|one| one.failed.is_none());
    let mut texts = edits.filter_map(|one| match &one.change {
        Change::Edit { text } => Some(text),
        _ => None,
    });
    texts.next().is_some_and(|text| text.len() >= bounds::BUBBLE)
}

/// The text of the last edit that WhatsApp has not confirmed, and true if that edit failed. `None`
/// if there is none, or if the page may have only the beginning of it.
pub(super) fn last_edit(message: &Message) -> Option<(&str, bool)> {
    message.pending.iter().rev().find_map(|one| match &one.change {
        Change::Edit { text } if text.len() < bounds::BUBBLE => {
            Some((&**text, one.failed.is_some()))
        }
        _ => None,
    })
}

/// The text that somebody else gave a message after the edit `seen`, confirmed or not. `None` if there is
/// none, or if `seen` is not known.
pub(super) fn newer(message: &Message, seen: Option<i64>) -> Option<&str> {
    let is_other = seen? != message.edited.unwrap_or(0);
    match last_edit(message) {
        Some((waiting, false)) => Some(waiting),
        _ => is_other.then_some(&*message.text),
    }
}

/// The whole minutes of a time, rounded up.
pub(super) fn minutes(left: TimeDelta) -> i64 {
    (left.num_seconds().max(0) + 59) / 60
}

#[cfg(test)]
mod tests {
    use model::{
        Author, Delivery, FailReason, Media, MediaView, OperationId, PendingChange, Piece, Style,
    };

    use super::Action::{Copy, Edit, Forward, React, Reply, Revoke, Star, Unstar};
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
        offers(&Bubble::Stored(message), Right::Write, now)
    }

    #[test]
    fn only_own_messages_are_edited_and_deleted_and_only_for_a_time() {
        assert_eq!(after(theirs(), 1), [Reply, React, Forward, Copy, Star]);
        assert_eq!(after(ours(), 14), [Reply, React, Forward, Copy, Star, Edit, Revoke]);
        assert_eq!(after(ours(), 15), [Reply, React, Forward, Copy, Star, Revoke]);
        assert_eq!(after(ours(), 60 * 60), [Reply, React, Forward, Copy, Star]);
        let by_phone = Message { author: Author::Phone, ..ours() };
        assert!(after(by_phone, 1).contains(&Edit));
    }

    #[test]
    fn a_favourite_can_end_to_be_one() {
        let actions = after(Message { starred: true, ..theirs() }, 1);
        assert!(actions.contains(&Unstar) && !actions.contains(&Star));
    }

    #[test]
    fn files_are_not_edited_and_only_forwarded_from_here() {
        let media = |state| Media {
            name: None,
            view: MediaView::Picture,
            size: 9,
            shape: None,
            preview: false,
            seconds: None,
            pages: String::new(),
            voice: None,
            unplayed: false,
            album: None,
            state,
        };
        let photo = |state| Message {
            kind: MessageKind::Image,
            text: String::new(),
            media: Some(media(state)),
            ..ours()
        };
        assert_eq!(after(photo(MediaState::Stored), 1), [Reply, React, Forward, Star, Revoke]);
        for state in [MediaState::Gone, MediaState::Uploading, MediaState::ViewOnce] {
            assert_eq!(after(photo(state), 1), [Reply, React, Star, Revoke]);
        }
    }

    #[test]
    fn a_place_without_a_name_is_copied_and_forwarded_too() {
        let rich = vec![Piece::styled(Style::Place, Vec::new())];
        let place = Message { kind: MessageKind::Location, text: String::new(), rich, ..theirs() };
        assert_eq!(after(place.clone(), 1), [Reply, React, Forward, Copy, Star]);
        let nowhere = Message { rich: Vec::new(), ..place };
        assert_eq!(after(nowhere, 1), [Reply, React, Star]);
    }

    #[test]
    fn a_reader_copies_and_forwards() {
        let now = ours().sent_at;
        assert_eq!(offers(&Bubble::Stored(ours()), Right::Read, now), [Forward, Copy]);
    }

    #[test]
    fn what_is_gone_offers_nothing_and_what_was_not_sent_offers_its_text() {
        for kind in [
            MessageKind::Revoked,
            MessageKind::Undecryptable,
            MessageKind::OnPhone,
            MessageKind::Call,
            MessageKind::System,
        ] {
            assert!(after(Message { kind, ..ours() }, 1).is_empty());
        }
        let failed = Some(Delivery::Failed { reason: FailReason::Refused });
        assert_eq!(after(Message { delivery: failed, ..ours() }, 1), [Forward, Copy]);
        let change = Change::Revoke;
        let pending = vec![PendingChange { id: OperationId(1), change, failed: None }];
        assert_eq!(after(Message { pending, ..ours() }, 1), [Forward, Copy]);
    }

    #[test]
    fn an_administrator_of_a_group_deletes_what_others_wrote_for_a_time() {
        let after = |minutes| {
            let now = theirs().sent_at + TimeDelta::minutes(minutes);
            offers(&Bubble::Stored(theirs()), Right::Administer, now)
        };
        assert_eq!(after(1), [Reply, React, Forward, Copy, Star, Revoke]);
        assert_eq!(after(60 * 60), [Reply, React, Forward, Copy, Star]);
    }

    #[test]
    fn messages_of_a_closed_group_are_still_made_favourites() {
        let now = ours().sent_at;
        let actions = offers(&Bubble::Stored(ours()), Right::Closed, now);
        assert_eq!(actions, [Forward, Copy, Star]);
    }

    fn edits(edits: &[(&str, Option<FailReason>)]) -> Message {
        let pending = edits.iter().map(|(text, failed)| PendingChange {
            id: OperationId(1),
            change: Change::Edit { text: (*text).to_owned() },
            failed: *failed,
        });
        Message { pending: pending.collect(), ..ours() }
    }

    #[test]
    fn an_edit_starts_from_the_last_one_whole() {
        let refused = Some(FailReason::Refused);
        assert_eq!(last_edit(&ours()), None);
        assert_eq!(last_edit(&edits(&[("um", None), ("dois", None)])), Some(("dois", false)));
        assert_eq!(last_edit(&edits(&[("um", None), ("dois", refused)])), Some(("dois", true)));

        let long = "a".repeat(bounds::BUBBLE);
        assert!(!after(edits(&[(long.as_str(), None)]), 1).contains(&Edit));
        assert!(after(edits(&[(long.as_str(), None), ("dois", None)]), 1).contains(&Edit));
        let failed = edits(&[(long.as_str(), refused)]);
        assert_eq!(last_edit(&failed), None);
        assert!(after(failed, 1).contains(&Edit));
    }

    #[test]
    fn a_text_is_newer_after_another_edit() {
        let edited = Message { edited: Some(7), text: "dois".to_owned(), ..ours() };
        assert_eq!(newer(&ours(), Some(0)), None);
        assert_eq!(newer(&edited, Some(0)), Some("dois"));
        assert_eq!(newer(&edited, Some(7)), None);
        assert_eq!(newer(&edited, None), None);
        assert_eq!(newer(&edits(&[("três", None)]), Some(0)), Some("três"));
        assert_eq!(newer(&edits(&[("três", Some(FailReason::Refused))]), Some(0)), None);
    }

    #[test]
    fn minutes_are_rounded_up() {
        let of = |seconds| minutes(TimeDelta::seconds(seconds));
        assert_eq!([of(900), of(899), of(721), of(720), of(-5)], [15, 15, 13, 12, 0]);
    }
}
