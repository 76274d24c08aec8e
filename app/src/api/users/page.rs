use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::{Account, LinkKind, Role, UserId};
use serde::{Deserialize, Serialize};

use crate::ApiError;

/// The data of the administration of users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsersPage {
    pub accounts: Vec<Account>,
    /// The user of this request.
    pub me: UserId,
    /// The roles that must have a second factor.
    pub required: Vec<Role>,
    /// The link that was just created. It is shown once.
    pub link: Option<FreshLink>,
}

/// A link to hand to a person. With it anybody can become that person, so only the administrator
/// who made it receives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FreshLink {
    pub name: String,
    pub kind: LinkKind,
    /// The whole address.
    pub address: String,
    pub expires_at: DateTime<Utc>,
}

#[cfg(feature = "ssr")]
impl FreshLink {
    /// The key in the session of the administrator who made it, for the next page.
    const KEY: &str = "fresh-link";

    /// Stores the link for the page of users, and redirects there.
    pub(super) async fn show_next(
        (token, link): (store::Secret, model::LoginLink),
    ) -> Result<(), ApiError> {
        let origin = crate::auth::origin::of_site().unwrap_or_default();
        let fresh = Self {
            name: link.user.name,
            kind: link.kind,
            address: format!("{origin}{}{}", crate::api::LINK, token.expose()),
            expires_at: link.expires_at,
        };
        crate::auth::flash::put(Self::KEY, fresh).await?;
        leptos_axum::redirect(crate::api::USERS);
        Ok(())
    }
}

/// All users, for administrators. Returns a new link once, to the administrator who made it.
#[server(prefix = "/api", endpoint = "users")]
pub async fn users() -> Result<UsersPage, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let overview = service::users::overview(&services, &viewer).await?;
    let (accounts, required) = (overview.accounts, overview.required);
    let link = crate::auth::flash::take(FreshLink::KEY).await?;
    Ok(UsersPage { accounts, me: viewer.user().id, required, link })
}
