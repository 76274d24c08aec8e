//! The cookie by which an account recognizes a browser: it decides only which counters of tries
//! apply to a login ([`store::accounts`]).

use http::request::Parts;
use leptos::prelude::use_context;
use model::UserId;
use service::{Requester, Services};
use store::DeviceToken;

use super::origin;
use crate::cookies::{cookie_in, set_cookie};
use crate::{AppState, Site};

/// The store forgets a browser that is not used for as long.
const SECONDS: u32 = 180 * 24 * 3600;
/// The maximum number of people who share one browser.
const MOST: usize = 5;

/// The browser that sent the request being answered.
pub(super) fn requester() -> Requester {
    Requester { client: origin::client(), devices: tokens() }
}

/// The tokens in its cookie.
fn tokens() -> Vec<DeviceToken> {
    let value = use_context::<Parts>()
        .and_then(|parts| cookie_in(&parts.headers, &name(&site())))
        .unwrap_or_default();
    value.split('.').take(MOST).filter_map(DeviceToken::read).collect()
}

/// Makes this browser known to a person who has just proved their identity. A failure is only
/// logged: the login itself is done by then, and an unknown browser merely waits as strangers do.
pub(crate) async fn remember(services: &Services, user: UserId) {
    let remembered = service::login::remember_browser(services, user, requester());
    let kept = match remembered.await {
        Ok(kept) => kept,
        Err(error) => {
            tracing::warn!(user_id = user.0, %error, "a browser could not be made known");
            return;
        }
    };
    let kept: Vec<&str> = kept.iter().take(MOST).map(DeviceToken::expose).collect();
    let site = site();
    set_cookie(&site, &name(&site), &kept.join("."), SECONDS);
}

fn name(site: &Site) -> String {
    site.cookie_name("inbox_device")
}

fn site() -> Site {
    use_context::<AppState>().map(|app| app.site).unwrap_or_default()
}
