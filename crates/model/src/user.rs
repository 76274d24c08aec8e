//! Users and their roles.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{SessionId, UserId};

/// The role of a user in the installation. Access to a number depends on ownership and grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees every connection and administers users.
    Admin,
    /// Handles the conversations of the numbers they own or were granted.
    Atendente,
}

impl Role {
    pub const ALL: [Self; 2] = [Self::Admin, Self::Atendente];

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

/// The status of the login of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserStatus {
    /// Has not used their invitation yet.
    Invited,
    Active,
    Deactivated,
}

/// A user as administrators see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub user: User,
    pub status: UserStatus,
    pub created_at: DateTime<Utc>,
    /// Their last request, to the minute.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Their login requires a second factor.
    pub totp: bool,
}

/// The purpose of a link that an administrator created. It works once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkKind {
    /// First login.
    Invitation,
    /// A new password.
    Reset,
}

/// A valid link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginLink {
    pub user: User,
    pub kind: LinkKind,
    pub expires_at: DateTime<Utc>,
}

/// A login session of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebSession {
    pub id: SessionId,
    /// It is the session of the current request.
    pub current: bool,
    /// The time of the login.
    pub created_at: DateTime<Utc>,
    /// Its last request, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// The address of the login.
    pub ip: Option<IpAddr>,
    /// The browser, by its `User-Agent`.
    pub user_agent: Option<String>,
}

/// A person's second factor, as their profile shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwoFactor {
    pub enabled: bool,
    /// Unused recovery codes.
    pub recovery_codes: u64,
    /// Their role requires one.
    pub required: bool,
}

/// Preferences of a person for the interface; `None` follows the browser.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPreferences {
    pub language: Option<Language>,
    pub theme: Option<Theme>,
    pub enter_key: Option<EnterKey>,
}

/// The effect of Enter in the composer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnterKey {
    Sends,
    Breaks,
}

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    #[serde(rename = "pt-BR")]
    PtBr,
    #[serde(rename = "en")]
    En,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    Light,
    Dark,
}
