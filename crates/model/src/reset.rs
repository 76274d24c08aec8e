//! What others did to a person's account.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Actor;

/// A moment at which somebody could have become another person: their password was replaced without the
/// old one, or their second factor was taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountReset {
    pub kind: ResetKind,
    /// The maker of the link, or whoever did it at once.
    pub by: Actor,
    /// When the link was made, where it was one.
    pub made_at: Option<DateTime<Utc>>,
    pub at: DateTime<Utc>,
    /// From where, when it came over the network.
    pub ip: Option<IpAddr>,
}

/// What was replaced or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetKind {
    Password,
    SecondFactor,
}
