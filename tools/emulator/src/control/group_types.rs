//! Inputs and outputs of operations on groups. Their JSON has the same fields.

use serde::{Deserialize, Serialize};

use crate::json::null_as_default;
use crate::world::addressing::Addressing;
use crate::world::groups::members::Role;

/// The body of `POST /groups`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// The number of the phone that makes the group.
    pub owner: String,
    pub subject: String,
    /// Numbers of the other members.
    #[serde(default, deserialize_with = "null_as_default")]
    pub members: Vec<String>,
    pub description: Option<String>,
    /// Only admins may write.
    #[serde(default, deserialize_with = "null_as_default")]
    pub announce: bool,
    /// Only admins may change subject, description and timer.
    #[serde(default, deserialize_with = "null_as_default")]
    pub locked: bool,
    /// Seconds until messages disappear; 0 if they stay.
    #[serde(default, deserialize_with = "null_as_default")]
    pub ephemeral: u32,
    /// Admins let in who joins by the invite link.
    #[serde(default, deserialize_with = "null_as_default")]
    pub join_approval: bool,
    /// The addressing of members in stanzas; that of the owner's phone if left out.
    pub addressing: Option<Addressing>,
}

impl NewGroup {
    /// A group of a phone with others.
    pub fn new<'a>(owner: &str, subject: &str, members: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            owner: owner.to_owned(),
            subject: subject.to_owned(),
            members: members.into_iter().map(str::to_owned).collect(),
            ..Self::default()
        }
    }
}

/// The body of `POST /groups/{jid}/members`: numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MembersChange {
    /// The number of the phone that makes the change; an admin's if left out.
    pub by: Option<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub add: Vec<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub remove: Vec<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub promote: Vec<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub demote: Vec<String>,
}

/// The body of `POST /groups/{jid}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GroupChange {
    /// The number of the phone that makes the change; an admin's if left out.
    pub by: Option<String>,
    pub subject: Option<String>,
    /// An empty one removes it.
    pub description: Option<String>,
    /// Only admins may write.
    pub announce: Option<bool>,
    /// Only admins may change subject, description and timer.
    pub locked: Option<bool>,
    /// Seconds until messages disappear; 0 if they stay.
    pub ephemeral: Option<u32>,
    /// Admins let in who joins by the invite link.
    pub join_approval: Option<bool>,
    /// Only admins may add members.
    pub admins_add: Option<bool>,
}

/// The body of `POST /groups/{jid}/requests`: numbers of people who wait for an admin.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestsAnswer {
    /// The number of the phone that answers; an admin's if left out.
    pub by: Option<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub approve: Vec<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub reject: Vec<String>,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupInfo {
    /// `…@g.us`.
    pub jid: String,
    pub subject: String,
    pub description: Option<String>,
    /// The id of the picture, if the group has one.
    pub picture: Option<String>,
    /// The number of who made it.
    pub owner: String,
    /// Seconds since 1970.
    pub creation: i64,
    pub addressing: Addressing,
    /// Only admins may write.
    pub announce: bool,
    /// Only admins may change subject, description and timer.
    pub locked: bool,
    /// Seconds until messages disappear; 0 if they stay.
    pub ephemeral: u32,
    /// Admins let in who joins by the invite link.
    pub join_approval: bool,
    /// Only admins may add members.
    pub admins_add: bool,
    /// The code of the invite link.
    pub invite: String,
    /// In the order in which they came.
    pub members: Vec<GroupMember>,
    /// Numbers of people who wait for an admin, oldest first.
    pub requests: Vec<String>,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMember {
    pub number: String,
    pub role: Role,
}
