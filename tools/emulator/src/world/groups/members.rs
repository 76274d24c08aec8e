//! Members of a group.

use serde::{Deserialize, Serialize};

/// The rank of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A member without rights of an admin.
    Member,
    /// A member with the rights of an admin.
    Admin,
    /// The admin who created the group. Others cannot remove or demote this one.
    Owner,
}

/// A member of a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Member {
    /// The number of the account.
    pub(crate) number: String,
    pub(crate) role: Role,
}

/// The members of a group, in the order in which they came.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Members(Vec<Member>);

impl Role {
    pub(crate) fn is_admin(self) -> bool {
        self != Self::Member
    }

    /// The `type` of a `<participant>`; ordinary members have none.
    pub(crate) fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Member => None,
            Self::Admin => Some("admin"),
            Self::Owner => Some("superadmin"),
        }
    }
}

impl Members {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Member> {
        self.0.iter()
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|member| member.number.as_str())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn role(&self, number: &str) -> Option<Role> {
        self.0.iter().find(|member| member.number == number).map(|member| member.role)
    }

    pub(crate) fn has(&self, number: &str) -> bool {
        self.role(number).is_some()
    }

    pub(crate) fn is_admin(&self, number: &str) -> bool {
        self.role(number).is_some_and(Role::is_admin)
    }

    /// The admin who acts for the group if none is named: the owner, or else the first admin.
    pub(crate) fn first_admin(&self) -> Option<&str> {
        let owner = self.0.iter().find(|member| member.role == Role::Owner);
        let admin = owner.or_else(|| self.0.iter().find(|member| member.role.is_admin()));
        admin.map(|member| member.number.as_str())
    }

    /// Adds a member. Returns `false` if the account is one already.
    pub(crate) fn add(&mut self, number: &str, role: Role) -> bool {
        let is_new = !self.has(number);
        if is_new {
            self.0.push(Member { number: number.to_owned(), role });
        }
        is_new
    }

    pub(crate) fn remove(&mut self, number: &str) {
        self.0.retain(|member| member.number != number);
    }

    pub(crate) fn set_role(&mut self, number: &str, role: Role) {
        if let Some(member) = self.0.iter_mut().find(|member| member.number == number) {
            member.role = role;
        }
    }

    /// Makes the member who has been there longest an admin if no admin is left. Returns this one's
    /// number.
    pub(crate) fn ensure_admin(&mut self) -> Option<String> {
        if self.0.iter().any(|member| member.role.is_admin()) {
            return None;
        }
        let first = self.0.first_mut()?;
        first.role = Role::Admin;
        Some(first.number.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_whose_last_admin_left_gets_another() {
        let mut members = Members::default();
        assert!(members.add("551", Role::Owner));
        assert!(members.add("552", Role::Member));
        assert!(!members.add("552", Role::Admin));
        assert_eq!(members.ensure_admin(), None);
        members.remove("551");
        assert_eq!(members.ensure_admin().as_deref(), Some("552"));
        assert_eq!((members.first_admin(), members.len()), (Some("552"), 1));
        members.remove("552");
        assert_eq!(members.ensure_admin(), None);
    }
}
