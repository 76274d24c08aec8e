//! The grouping of bubbles: by day, and by author within a minute.

use chrono::{NaiveDate, TimeDelta};
use model::{Author, MessageKind};

use super::{Bubble, BubbleKey, Row};
use crate::clock::Zone;

/// Bubbles of one author form a group while no more than this lies between two.
const TOGETHER: TimeDelta = TimeDelta::minutes(1);

/// One bubble's place in the conversation. A change of place makes a new element, so this contains
/// everything that decides how a bubble looks beside its neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Line {
    pub(crate) key: BubbleKey,
    /// The first bubble of its author's group has the corner, and the author's name.
    pub(crate) starts_group: bool,
    /// The first bubble of its day has this heading above it.
    pub(crate) day: Option<NaiveDate>,
}

/// Lays out the bubbles of a conversation, given in order. `me` is the name of the viewer, the
/// author of the unsent messages.
pub(crate) fn lines(bubbles: &[Bubble], zone: Zone, me: &str) -> Vec<Line> {
    let mut lines = Vec::with_capacity(bubbles.len());
    let mine = Author::User { name: me.to_owned() };
    let mut previous: Option<(&Author, &Bubble, NaiveDate)> = None;
    for bubble in bubbles {
        let author = bubble.author().unwrap_or(&mine);
        let date = zone.local(bubble.at()).date();
        let same_day = previous.is_some_and(|(_, _, day)| day == date);
        let same_group = same_day
            && previous.is_some_and(|(who, before, _)| {
                // Two members of a group may have the same name.
                let same = who == author && before.sender() == bubble.sender();
                // The line about a change of the group shows no author, so what follows it does.
                let apart = is_notice(before) != is_notice(bubble);
                same && !apart && bubble.at() - before.at() <= TOGETHER
            });
        lines.push(Line {
            key: bubble.key(),
            starts_group: !same_group,
            day: (!same_day).then_some(date),
        });
        previous = Some((author, bubble, date));
    }
    lines
}

fn is_notice(bubble: &Bubble) -> bool {
    bubble.kind() == MessageKind::System
}

#[cfg(test)]
mod tests {
    use model::{ContactId, Message};

    use super::*;

    fn bubble(id: i64, at: &str, author: Author) -> Bubble {
        let sent_at = at.parse().unwrap();
        Bubble::Stored(Message { author, sent_at, ..fixtures::message(id) })
    }

    #[test]
    fn members_of_the_same_name_are_two_authors() {
        let at = |id, at: &str, sender| {
            let author = Author::Contact { name: Some("Bia".to_owned()) };
            let sent_at = at.parse().unwrap();
            let sender = Some(ContactId(sender));
            Bubble::Stored(Message { author, sender, sent_at, ..fixtures::message(id) })
        };
        let bubbles = [
            at(1, "2026-11-23T03:00:10Z", 1),
            at(2, "2026-11-23T03:00:20Z", 1),
            at(3, "2026-11-23T03:00:30Z", 2),
        ];
        let lines = lines(&bubbles, Zone::Brasilia, "Ana");
        assert_eq!(
            lines.iter().map(|line| line.starts_group).collect::<Vec<_>>(),
            [true, false, true]
        );
    }

    #[test]
    fn who_changed_the_group_is_named_at_the_next_message() {
        let of = |id, kind| match bubble(id, "2026-11-23T03:00:10Z", Author::Phone) {
            Bubble::Stored(message) => Bubble::Stored(Message { kind, ..message }),
            unsent => unsent,
        };
        let bubbles = [of(1, MessageKind::System), of(2, MessageKind::Text)];
        let lines = lines(&bubbles, Zone::Brasilia, "Ana");
        assert!(lines.iter().all(|line| line.starts_group), "{lines:?}");
    }

    #[test]
    fn an_author_is_named_once_a_minute_and_a_day_once() {
        let customer = || Author::Contact { name: None };
        let ana = || Author::User { name: "Ana".into() };
        let bubbles = [
            bubble(1, "2026-11-23T02:59:50Z", customer()),
            bubble(2, "2026-11-23T03:00:10Z", customer()),
            bubble(3, "2026-11-23T03:00:40Z", customer()),
            bubble(4, "2026-11-23T03:01:00Z", ana()),
            bubble(5, "2026-11-23T03:05:00Z", ana()),
        ];
        let lines = lines(&bubbles, Zone::Brasilia, "Ana");
        let starts: Vec<_> = lines.iter().map(|line| line.starts_group).collect();
        let days: Vec<_> = lines.iter().map(|line| line.day.is_some()).collect();
        assert_eq!(starts, [true, true, false, true, true]);
        assert_eq!(days, [true, true, false, false, false], "midnight in Brasília is 03:00 UTC");
    }
}
