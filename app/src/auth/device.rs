//! The cookie by which an account knows a browser again: it decides whose tries a login waits for, and
//! nothing else ([`store::accounts`]).

use http::header::{HeaderValue, SET_COOKIE};
use http::request::Parts;
use leptos::prelude::use_context;
use model::UserId;
use store::{DeviceToken, Store};

use super::{lanes, origin};
use crate::{ApiError, AppState, preferences};

/// As long as the store knows a browser that is not used.
const SECONDS: u32 = 180 * 24 * 3600;
/// People who share one browser.
const MOST: usize = 5;

/// The tokens that the browser of the request being answered has.
pub(super) fn tokens() -> Vec<DeviceToken> {
    let value = use_context::<Parts>()
        .and_then(|parts| preferences::cookie_in(&parts.headers, name()))
        .unwrap_or_default();
    value.split('.').take(MOST).filter_map(DeviceToken::read).collect()
}

/// Makes this browser known to a person who has just proved who they are.
///
/// # Errors
/// [`ApiError::Internal`], [`ApiError::Unwritable`].
pub(crate) async fn remember(store: &Store, user: UserId) -> Result<(), ApiError> {
    let network = lanes::own_network(origin::client());
    let kept = store.accounts().remember_device(user, tokens(), network).await?;
    let kept: Vec<&str> = kept.iter().take(MOST).map(DeviceToken::expose).collect();
    let secure = if is_secure() { "; Secure" } else { "" };
    let cookie = format!(
        "{}={}; Path=/; Max-Age={SECONDS}; SameSite=Lax; HttpOnly{secure}",
        name(),
        kept.join(".")
    );
    let response = use_context::<leptos_axum::ResponseOptions>();
    if let (Some(response), Ok(cookie)) = (response, HeaderValue::from_str(&cookie)) {
        response.append_header(SET_COOKIE, cookie);
    }
    Ok(())
}

fn name() -> &'static str {
    match is_secure() {
        true => "__Host-inbox_device",
        false => "inbox_device",
    }
}

fn is_secure() -> bool {
    let site = use_context::<AppState>().map(|app| app.site).unwrap_or_default();
    site.public().is_some_and(|public| public.starts_with("https://"))
}
