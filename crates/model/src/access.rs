//! Access that users were granted on numbers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use crate::{ConnectionId, GroupsGranted, UserId};

/// The granted rights. Every kind includes reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Access {
    Read,
    Write,
    /// Link, unlink and rename, without sending.
    Manage,
    WriteAndManage,
}

impl Access {
    /// Returns the access with exactly these rights beside reading.
    pub fn new(writes: bool, manages: bool) -> Self {
        match (writes, manages) {
            (false, false) => Self::Read,
            (true, false) => Self::Write,
            (false, true) => Self::Manage,
            (true, true) => Self::WriteAndManage,
        }
    }

    pub fn writes(self) -> bool {
        matches!(self, Self::Write | Self::WriteAndManage)
    }

    pub fn manages(self) -> bool {
        matches!(self, Self::Manage | Self::WriteAndManage)
    }

    /// The name used in the audit trail.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// One grant, with the names a page shows beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberGrant {
    pub user: UserId,
    pub user_name: String,
    /// Deactivated users keep their grants, which have no effect meanwhile.
    pub user_active: bool,
    pub connection: ConnectionId,
    pub connection_label: String,
    pub access: Access,
    /// The groups that it includes.
    pub groups: GroupsGranted,
    /// The name of the user who granted it.
    pub granted_by: String,
    #[serde(with = "crate::time")]
    pub granted_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_is_its_rights() {
        for access in [Access::Read, Access::Write, Access::Manage, Access::WriteAndManage] {
            assert_eq!(Access::new(access.writes(), access.manages()), access);
            assert_eq!(serde_json::to_value(access).unwrap(), access.as_str());
        }
    }
}
