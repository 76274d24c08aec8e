//! The origin of a request.

use std::net::IpAddr;

use http::request::Parts;
use service::Client;

use super::forwarded;
use crate::{AppState, Site};

/// The address of the client of the request being answered, as far as it is known; `None` without a
/// socket, in tests.
pub(crate) fn ip() -> Option<IpAddr> {
    Some(client()?.ip())
}

/// The client of the request being answered.
pub(super) fn client() -> Option<Client> {
    let parts: Parts = leptos::prelude::use_context()?;
    forwarded::client(&parts.headers, &parts.extensions, &site())
}

/// The address of a request's client.
pub fn of(parts: &Parts, site: &Site) -> Option<IpAddr> {
    Some(forwarded::client(&parts.headers, &parts.extensions, site)?.ip())
}

/// The address of this site, as in `https://inbox.loja.com.br`, for links that go to other people:
/// the public one if it is set, else the `Origin` of the form being answered. Only our own pages
/// pass that check, so it is ours (`same_origin`).
pub(crate) fn of_site() -> Option<String> {
    if let Some(public) = site().public() {
        return Some(public.to_owned());
    }
    let parts: Parts = leptos::prelude::use_context()?;
    Some(parts.headers.get(http::header::ORIGIN)?.to_str().ok()?.to_owned())
}

fn site() -> Site {
    leptos::prelude::use_context::<AppState>().map(|app| app.site).unwrap_or_default()
}
