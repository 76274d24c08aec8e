//! Users and their roles.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{SessionId, UserId};

/// The role of a user in the installation. Access to a number depends on ownership and grants.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Role {
    /// Sees every connection and administers users.
    Admin,
    /// Handles the conversations of the numbers they own or were granted.
    Atendente,
}

impl Role {
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Returns the name in the database and on the command line, which is the same as in JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
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
    #[serde(with = "crate::time")]
    pub created_at: DateTime<Utc>,
    /// Their last request, to the minute.
    #[serde(default, with = "crate::time::option")]
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Their login requires a second factor.
    pub totp: bool,
}

/// The purpose of a link that an administrator created. It works once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
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
    #[serde(with = "crate::time")]
    pub expires_at: DateTime<Utc>,
}

/// A login session of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebSession {
    pub id: SessionId,
    /// It is the session of the current request.
    pub current: bool,
    /// The time of the login.
    #[serde(with = "crate::time")]
    pub created_at: DateTime<Utc>,
    /// Its last request, to the minute.
    #[serde(with = "crate::time")]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum EnterKey {
    Sends,
    Breaks,
}

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
pub enum Language {
    #[serde(rename = "pt-BR")]
    #[strum(serialize = "pt-BR")]
    PtBr,
    #[serde(rename = "en")]
    #[strum(serialize = "en")]
    En,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Theme {
    Light,
    Dark,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_one_name_everywhere() {
        for &role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert!("Admin".parse::<Role>().is_err());
    }
}
