//! People and what they may be.

use serde::{Deserialize, Serialize};

use crate::UserId;

/// What a user is in the installation. Access to a number is a matter of ownership and grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees every connection and administers users.
    Admin,
    /// Works the conversations of the numbers they own or were granted.
    Atendente,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Atendente => "atendente",
        }
    }
}

/// The text names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a role is admin or atendente")]
pub struct UnknownRole;

impl std::str::FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "admin" => Ok(Self::Admin),
            "atendente" => Ok(Self::Atendente),
            _ => Err(UnknownRole),
        }
    }
}

/// A user as other users may know them. No password hash ever leaves the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
}
