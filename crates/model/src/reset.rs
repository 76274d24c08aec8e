//! Resets of a person's account by others.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Actor;

/// A moment at which another person could have taken over the account: the password was replaced
/// without the old one, or the second factor was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountReset {
    pub kind: ResetKind,
    /// The creator of the link, or the actor of an immediate reset.
    pub by: Actor,
    /// The creation time of the link, if there was one.
    #[serde(default, with = "crate::time::option")]
    pub made_at: Option<DateTime<Utc>>,
    #[serde(with = "crate::time")]
    pub at: DateTime<Utc>,
    /// The address of the request, if it came over the network.
    pub ip: Option<IpAddr>,
}

/// The secret that was replaced or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetKind {
    Password,
    SecondFactor,
}
