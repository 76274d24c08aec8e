//! One group.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use wacore_binary::Jid;

use super::members::{Members, Role};
use crate::world::addressing::Addressing;
use crate::world::picture::Picture;

/// Members of a group: 1,024 beside its owner.
pub(crate) const LARGEST: usize = 1_025;
/// Characters of a subject.
pub(crate) const LONGEST_SUBJECT: usize = 100;
/// Characters of a description.
pub(crate) const LONGEST_DESCRIPTION: usize = 2_048;

/// A group as the server knows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Group {
    /// Digits of its JID.
    pub(crate) id: String,
    /// The time of its creation, in seconds since 1970.
    pub(crate) creation: i64,
    /// The number of who created it.
    pub(crate) creator: String,
    pub(crate) subject: Subject,
    pub(crate) description: Option<Description>,
    /// Absent in older states.
    #[serde(default)]
    pub(crate) picture: Option<Picture>,
    pub(crate) members: Members,
    /// The addressing of its members in stanzas.
    pub(crate) addressing: Addressing,
    pub(crate) settings: Settings,
    /// The code of its invite link.
    pub(crate) invite: String,
    /// Those who wait for an admin to let them in, oldest first.
    pub(crate) requests: Vec<JoinRequest>,
    /// Numbers that an admin removed. The invite link does not let them in.
    pub(crate) removed: BTreeSet<String>,
}

/// The name of a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Subject {
    pub(crate) text: String,
    /// The number of who set it.
    pub(crate) by: String,
    /// Seconds since 1970.
    pub(crate) at: i64,
}

/// What a group is about.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Description {
    /// The next change has to name it.
    pub(crate) id: String,
    pub(crate) text: String,
    /// The number of who set it.
    pub(crate) by: String,
    /// Seconds since 1970.
    pub(crate) at: i64,
}

/// What the admins of a group set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// Only admins may write.
    pub(crate) announce: bool,
    /// Only admins may change subject, description and timer.
    pub(crate) locked: bool,
    /// Seconds until messages disappear; 0 if they stay.
    pub(crate) ephemeral: u32,
    /// Admins let in who joins by the invite link.
    pub(crate) approval: bool,
    /// Only admins may add members.
    pub(crate) admins_add: bool,
    /// Other switches that are on, by the tag that switches them on.
    pub(crate) switches: BTreeSet<String>,
}

/// Somebody who waits for an admin.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct JoinRequest {
    pub(crate) number: String,
    /// Seconds since 1970.
    pub(crate) at: i64,
}

impl Group {
    /// `{id}@g.us`.
    pub(crate) fn jid(&self) -> Jid {
        Jid::group(self.id.as_str())
    }

    pub(crate) fn has(&self, number: &str) -> bool {
        self.members.has(number)
    }

    /// Returns `true` if a member may write.
    pub(crate) fn admits_message_of(&self, number: &str) -> bool {
        match self.members.role(number) {
            None => false,
            Some(role) => role.is_admin() || !self.settings.announce,
        }
    }

    /// Returns `true` if a member may change subject, description, picture and timer.
    pub(crate) fn admits_change_of(&self, number: &str) -> bool {
        match self.members.role(number) {
            None => false,
            Some(role) => role.is_admin() || !self.settings.locked,
        }
    }

    /// Returns `true` if a member may add others.
    pub(crate) fn admits_additions_of(&self, number: &str) -> bool {
        match self.members.role(number) {
            None | Some(Role::Member) if self.settings.admins_add => false,
            role => role.is_some(),
        }
    }
}
