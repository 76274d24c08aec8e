//! What is known of a group, and of its members.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::{ChatId, ContactId, PhoneNumber};

/// The data of a group, as "Dados do grupo" shows them.
///
/// Each change of them is announced as an event of the chat, after which a page reads them again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub chat: ChatId,
    /// The same name that the row of the chat has.
    pub subject: String,
    /// The same picture that the row of the chat has.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub picture: String,
    /// At most [`crate::bounds::GROUP_DESCRIPTION`] characters; empty if there is none.
    pub description: String,
    /// The time of the group's creation.
    #[serde(with = "crate::time::option")]
    pub created_at: Option<DateTime<Utc>>,
    /// The name of the person who created it; `None` if that was the number itself, or is unknown.
    pub created_by: Option<String>,
    /// True if only administrators write in it.
    pub announce: bool,
    /// True if only administrators change subject, picture and description.
    pub locked: bool,
    pub membership: Membership,
    /// The members, the number itself first, then administrators, then by name; at most
    /// [`crate::bounds::MEMBERS`]. It is empty until WhatsApp has been asked, and of a group that the
    /// number is not in any more it has the last known ones.
    pub members: Vec<Member>,
    /// True once WhatsApp has answered what the group is.
    pub known: bool,
}

/// The relation of the number to a group.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Membership {
    /// It is a member. This is assumed of a group until WhatsApp has said otherwise.
    #[default]
    Member,
    /// It is a member and an administrator.
    Admin,
    /// It left by itself.
    Left,
    /// An administrator removed it.
    Removed,
    /// The group does not exist any more.
    Ended,
}

impl Membership {
    /// Returns the name in the database, which is the same as in JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns true while the number is a member.
    pub fn is_inside(self) -> bool {
        matches!(self, Self::Member | Self::Admin)
    }

    /// Returns the reason why the number writes nothing in a group; `None` if it may write.
    pub fn closed(self, announce: bool) -> Option<Closed> {
        match self {
            Self::Member if announce => Some(Closed::AdminsOnly),
            Self::Member | Self::Admin => None,
            Self::Left => Some(Closed::Left),
            Self::Removed => Some(Closed::Removed),
            Self::Ended => Some(Closed::Ended),
        }
    }
}

/// The reason why nobody writes in a group from here. Its messages stay readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Closed {
    /// Only administrators write, and the number is none.
    AdminsOnly,
    /// The number left.
    Left,
    /// The number was removed.
    Removed,
    /// The group does not exist any more.
    Ended,
}

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name: &'static str = (*self).into();
        f.write_str(name)
    }
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The person; `None` for the number itself.
    pub contact: Option<ContactId>,
    /// The name in WhatsApp's order: that of the phone's address book, that of a business which WhatsApp has
    /// verified, the one that the person chose, the number.
    pub name: String,
    /// True if the name is one that the person chose, or the number, which pages show by a `~` before it.
    pub unsaved: bool,
    pub phone: Option<PhoneNumber>,
    pub role: MemberRole,
    /// The time at which they became a member, if it was seen.
    #[serde(with = "crate::time::option")]
    pub since: Option<DateTime<Utc>>,
    /// The chat of the number with this person, if there is one that the reader may see.
    pub chat: Option<ChatId>,
}

/// The role of a member, in the order in which they are listed.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MemberRole {
    /// The administrator who created the group. Nobody removes them.
    Owner,
    Admin,
    #[default]
    Member,
}

impl MemberRole {
    /// Returns the name in the database, which is the same as in JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns true for administrators, the creator included.
    pub fn is_admin(self) -> bool {
        self != Self::Member
    }
}

/// The receipts of the members for a message that the number sent to a group ("Dados da mensagem").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageInfo {
    /// Those who read it, or played it, the first one first.
    pub read: Vec<MemberReceipt>,
    /// Those on whose phones it is, and who have not read it.
    pub delivered: Vec<MemberReceipt>,
    /// The members of whom no receipt has come.
    pub pending: Vec<MemberReceipt>,
}

/// The receipt of one member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberReceipt {
    pub contact: ContactId,
    pub name: String,
    /// The time at which they read the message or at which it was delivered; `None` for those of whom no
    /// receipt has come.
    #[serde(with = "crate::time::option")]
    pub at: Option<DateTime<Utc>>,
    /// They listened to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub played: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_administrators_write_where_announcements_are_made() {
        use Membership::{Admin, Ended, Left, Member, Removed};
        let closed =
            |announce| [Member, Admin, Left, Removed, Ended].map(|one| one.closed(announce));
        let gone = [Some(Closed::Left), Some(Closed::Removed), Some(Closed::Ended)];
        assert_eq!(closed(false), [None, None, gone[0], gone[1], gone[2]]);
        assert_eq!(closed(true), [Some(Closed::AdminsOnly), None, gone[0], gone[1], gone[2]]);
    }

    #[test]
    fn names_survive_the_database() {
        use Membership::{Admin, Ended, Left, Member, Removed};
        for membership in [Member, Admin, Left, Removed, Ended] {
            assert_eq!(membership.as_str().parse::<Membership>(), Ok(membership));
            assert_eq!(serde_json::to_value(membership).unwrap(), membership.as_str());
        }
        for role in [MemberRole::Owner, MemberRole::Admin, MemberRole::Member] {
            assert_eq!(role.as_str().parse::<MemberRole>(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert!(MemberRole::Owner < MemberRole::Member, "they are listed in this order");
    }
}
