//! The person of a login session, its address and browser.

use std::net::IpAddr;

use model::UserId;
use serde::{Deserialize, Serialize};

/// Maximum length of a stored browser description, in characters.
const MAX_USER_AGENT: usize = 200;

/// Data about a session's login. It is stored among the session's own values, under [`Self::KEY`]:
/// the request that logs a person in inserts it, and it is stored together with the login, so that
/// every login can be listed and ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLabel {
    pub(super) user: UserId,
    pub(super) ip: Option<IpAddr>,
    pub(super) user_agent: Option<String>,
}

impl SessionLabel {
    /// Its key among the session's values.
    pub const KEY: &str = "inbox.label";

    /// `user_agent` is the browser's `User-Agent`; text beyond 200 characters is left out.
    pub fn new(user: UserId, ip: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        let visible =
            |text: &str| text.chars().filter(|c| !c.is_control()).take(MAX_USER_AGENT).collect();
        Self { user, ip: ip.map(|ip| ip.to_canonical()), user_agent: user_agent.map(visible) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_described_in_few_words() {
        let label = SessionLabel::new(UserId(1), None, Some(&"ã\0".repeat(300)));
        assert_eq!(label.user_agent, Some("ã".repeat(MAX_USER_AGENT)));
    }
}
