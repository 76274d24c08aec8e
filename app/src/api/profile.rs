use leptos::prelude::*;
use model::{AccountReset, EnterKey, Theme, TwoFactor, User, WebSession};
use serde::{Deserialize, Serialize};

use crate::ApiError;

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

/// The profile of the user.
#[server(prefix = "/api", endpoint = "profile")]
pub async fn profile() -> Result<ProfilePage, ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    let current = crate::auth::current().await?;
    let preferences = viewer.preferences().await?;
    Ok(ProfilePage {
        user: viewer.user().clone(),
        theme: preferences.theme,
        enter_key: preferences.enter_key,
        second_factor: viewer.two_factor().await?,
        resets: viewer.account_resets().await?,
        sessions: app.store.web_sessions().mine(&viewer, &current).await?,
    })
}
