//! The profile of a business account.

use serde::{Deserialize, Serialize};

/// What WhatsApp knows of a business.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Business {
    /// The name in the account's certificate.
    pub verified_name: Option<String>,
    pub description: Option<String>,
    pub email: Option<String>,
    pub address: Option<String>,
    pub websites: Vec<String>,
    pub categories: Vec<String>,
    /// The time zone of `hours`, such as `America/Sao_Paulo`.
    pub timezone: Option<String>,
    pub hours: Vec<OpeningHours>,
}

/// The opening hours of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpeningHours {
    /// `sun`, `mon`, `tue`, `wed`, `thu`, `fri` or `sat`.
    pub day: String,
    /// Minutes after midnight; without them the business is open all day.
    #[serde(default)]
    pub open: Option<u32>,
    #[serde(default)]
    pub close: Option<u32>,
}
