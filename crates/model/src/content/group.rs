//! Changes of a group, as WhatsApp reports them in its chat.

use serde::{Deserialize, Serialize};

use super::{shorten, shorten_list};
use crate::{ContactId, bounds};

/// A change of a group, and who made it.
///
/// People are addresses of WhatsApp's in the database (`168302940123456@lid`), since names are looked up
/// when the message is read; see [`GroupNotice`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupChange<P = String> {
    /// The person who made it; `None` if WhatsApp does not say.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub by: Option<P>,
    pub what: GroupEvent<P>,
}

fn none<P>() -> Option<P> {
    None
}

/// A change of a group with the names of its people, which a page says in the language of its reader
/// (`app::Reader`).
pub type GroupNotice = GroupChange<GroupPerson>;

/// The change itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupEvent<P = String> {
    /// The group was created, with this subject.
    Created {
        subject: String,
    },
    Added(People<P>),
    Removed(People<P>),
    /// They left by themselves.
    Left(People<P>),
    /// They joined by a link.
    Joined(People<P>),
    Promoted(People<P>),
    Demoted(People<P>),
    /// The group has another subject.
    Subject {
        subject: String,
    },
    /// The description changed, or was removed.
    Description {
        removed: bool,
    },
    /// The picture changed, or was removed.
    Picture {
        removed: bool,
    },
    /// From now on only administrators write, or everybody does.
    Announce(bool),
    /// From now on only administrators change the data of the group, or everybody does.
    Locked(bool),
    /// Messages disappear after a time from now on; 0 if they stay.
    Timer {
        seconds: u32,
    },
    /// The person who made the change has another number: this one.
    NumberChanged {
        to: P,
    },
    /// The group does not exist any more.
    Ended,
}

/// The people of a change, and how many more there were than [`bounds::NOTICE_PEOPLE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct People<P = String> {
    pub people: Vec<P>,
    #[serde(default, skip_serializing_if = "crate::skip::is_zero")]
    pub more: u32,
}

/// A person of a change, as a page names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupPerson {
    /// The number itself.
    Ourselves,
    Member {
        /// `None` if they are no contact of the number.
        contact: Option<ContactId>,
        name: String,
    },
}

impl<P> From<Vec<P>> for People<P> {
    /// Keeps the first people, and counts the others.
    fn from(mut people: Vec<P>) -> Self {
        let more = people.len().saturating_sub(bounds::NOTICE_PEOPLE);
        people.truncate(bounds::NOTICE_PEOPLE);
        Self { people, more: u32::try_from(more).unwrap_or(u32::MAX) }
    }
}

impl<P> People<P> {
    fn map<Q>(self, name: &mut impl FnMut(P) -> Q) -> People<Q> {
        People { people: self.people.into_iter().map(name).collect(), more: self.more }
    }
}

impl<P> GroupChange<P> {
    /// Returns the same change with other values for its people.
    pub fn map<Q>(self, mut name: impl FnMut(P) -> Q) -> GroupChange<Q> {
        let name = &mut name;
        let by = self.by.map(&mut *name);
        let what = match self.what {
            GroupEvent::Created { subject } => GroupEvent::Created { subject },
            GroupEvent::Added(people) => GroupEvent::Added(people.map(name)),
            GroupEvent::Removed(people) => GroupEvent::Removed(people.map(name)),
            GroupEvent::Left(people) => GroupEvent::Left(people.map(name)),
            GroupEvent::Joined(people) => GroupEvent::Joined(people.map(name)),
            GroupEvent::Promoted(people) => GroupEvent::Promoted(people.map(name)),
            GroupEvent::Demoted(people) => GroupEvent::Demoted(people.map(name)),
            GroupEvent::Subject { subject } => GroupEvent::Subject { subject },
            GroupEvent::Description { removed } => GroupEvent::Description { removed },
            GroupEvent::Picture { removed } => GroupEvent::Picture { removed },
            GroupEvent::Announce(is_on) => GroupEvent::Announce(is_on),
            GroupEvent::Locked(is_on) => GroupEvent::Locked(is_on),
            GroupEvent::Timer { seconds } => GroupEvent::Timer { seconds },
            GroupEvent::NumberChanged { to } => GroupEvent::NumberChanged { to: name(to) },
            GroupEvent::Ended => GroupEvent::Ended,
        };
        GroupChange { by, what }
    }

    /// Returns all people that it names.
    pub fn people(&self) -> impl Iterator<Item = &P> {
        let others: &[P] = match &self.what {
            GroupEvent::Added(people)
            | GroupEvent::Removed(people)
            | GroupEvent::Left(people)
            | GroupEvent::Joined(people)
            | GroupEvent::Promoted(people)
            | GroupEvent::Demoted(people) => &people.people,
            GroupEvent::NumberChanged { to } => std::slice::from_ref(to),
            GroupEvent::Created { .. }
            | GroupEvent::Subject { .. }
            | GroupEvent::Description { .. }
            | GroupEvent::Picture { .. }
            | GroupEvent::Announce(_)
            | GroupEvent::Locked(_)
            | GroupEvent::Timer { .. }
            | GroupEvent::Ended => &[],
        };
        self.by.iter().chain(others)
    }
}

impl GroupChange {
    /// Shortens every field to its bound. Returns true if one was longer.
    pub(super) fn shorten(&mut self) -> bool {
        match &mut self.what {
            GroupEvent::Created { subject } | GroupEvent::Subject { subject } => {
                shorten(subject, bounds::GROUP_SUBJECT)
            }
            GroupEvent::Added(people)
            | GroupEvent::Removed(people)
            | GroupEvent::Left(people)
            | GroupEvent::Joined(people)
            | GroupEvent::Promoted(people)
            | GroupEvent::Demoted(people) => {
                shorten_list(&mut people.people, bounds::NOTICE_PEOPLE)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_keeps_its_form_in_the_database() {
        let by = Some("1@lid".to_owned());
        let added = GroupChange {
            by: by.clone(),
            what: GroupEvent::Added(People::from(vec!["2@lid".to_owned()])),
        };
        let json = r#"{"by":"1@lid","what":{"added":{"people":["2@lid"]}}}"#;
        assert_eq!(serde_json::to_string(&added).unwrap(), json);
        let ended = GroupChange::<String> { by: None, what: GroupEvent::Ended };
        assert_eq!(serde_json::to_string(&ended).unwrap(), r#"{"what":"ended"}"#);
        for change in [
            added,
            ended,
            GroupChange { by: by.clone(), what: GroupEvent::Announce(true) },
            GroupChange { by: by.clone(), what: GroupEvent::Picture { removed: true } },
            GroupChange { by, what: GroupEvent::NumberChanged { to: "3@lid".to_owned() } },
        ] {
            let json = serde_json::to_string(&change).unwrap();
            assert_eq!(serde_json::from_str::<GroupChange>(&json).unwrap(), change, "{json}");
        }
    }

    #[test]
    fn people_are_named_and_counted() {
        let many: Vec<String> = (0..bounds::NOTICE_PEOPLE + 3).map(|n| n.to_string()).collect();
        let people = People::from(many);
        assert_eq!((people.people.len(), people.more), (bounds::NOTICE_PEOPLE, 3));
        let change = GroupChange { by: Some("x".to_owned()), what: GroupEvent::Removed(people) };
        assert_eq!(change.people().count(), bounds::NOTICE_PEOPLE + 1);
        let named = change.map(|address| address + "!");
        assert_eq!(named.by.as_deref(), Some("x!"));
        assert!(named.people().all(|name| name.ends_with('!')));
        let moved = GroupChange { by: None, what: GroupEvent::NumberChanged { to: 7 } };
        assert_eq!(moved.people().copied().collect::<Vec<_>>(), [7]);
    }
}
