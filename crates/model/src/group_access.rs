//! Who may see and answer groups.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::{ChatId, UserId};

/// The groups of a number that a grant includes. The owner and administrators have all of them.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum GroupsGranted {
    /// All groups, except those that are given to other people only.
    #[default]
    All,
    /// Those alone that the person was given one by one, and none if there are no such groups.
    Chosen,
}

impl GroupsGranted {
    /// Returns the name in the database and in the audit trail, which is the same as in JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The people who may see and answer one group, beside the owner of its number and administrators. What
/// they may do there is in their grants on the number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupAccess {
    /// True if nobody else may. Otherwise everybody may whose grant includes all groups, and these people
    /// too.
    pub restricted: bool,
    /// The people whom it was given to.
    pub people: Vec<UserId>,
}

/// The access to a group, with the people whom it can be given to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupAccessPage {
    pub chat: ChatId,
    pub restricted: bool,
    /// The active users with a grant on the number, by name.
    pub people: Vec<GroupAccessPerson>,
}

/// A person with a grant on the number of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupAccessPerson {
    pub user: UserId,
    pub name: String,
    /// The groups that their grant includes.
    pub groups: GroupsGranted,
    /// The group was given to them.
    pub given: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_database() {
        for groups in [GroupsGranted::All, GroupsGranted::Chosen] {
            assert_eq!(groups.as_str().parse::<GroupsGranted>(), Ok(groups));
            assert_eq!(serde_json::to_value(groups).unwrap(), groups.as_str());
        }
    }
}
