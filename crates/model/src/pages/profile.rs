use serde::{Deserialize, Serialize};

use crate::{AccountReset, EnterKey, Theme, TwoFactor, User, WebSession};

/// The data of a user's own profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProfilePage {
    pub user: User,
    /// `None` follows the system.
    pub theme: Option<Theme>,
    /// With `None`, the device decides.
    pub enter_key: Option<EnterKey>,
    pub second_factor: TwoFactor,
    /// Their sessions, the last used first.
    pub sessions: Vec<WebSession>,
    /// The times when others set another password or removed their second factor, the newest first.
    pub resets: Vec<AccountReset>,
}
