//! The form for creating the first administrator, which needs the
//! [`SetupCode`](service::setup::SetupCode).

use http::HeaderValue;
use http::header::SET_COOKIE;
use leptos::prelude::use_context;

use crate::cookies::{self, cookie_in, set_cookie};
use crate::{AppState, Site};

/// A browser stores the code of the link for this time while the form is filled in, in seconds.
const KEPT: u32 = 3600;
const NAME: &str = "codigo";

/// The cookie that carries the code of a link to the form, so that it does not stay in the address;
/// `None` if it cannot be a code.
pub fn cookie(code: &str, site: &Site) -> Option<HeaderValue> {
    let is_one = (1..=64).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_one.then(|| cookies::line(site, &name(site), code, KEPT))?
}

fn name(site: &Site) -> String {
    site.cookie_name(NAME)
}

/// The code in the link that opened the page being rendered.
pub(crate) fn offered() -> Option<String> {
    let (app, parts) = (use_context::<AppState>()?, use_context::<http::request::Parts>()?);
    cookie_in(&parts.headers, &name(&app.site))
}

/// Keeps a code in the form after an error in another field.
pub(crate) fn keep(app: &AppState, typed: &str) {
    let response = use_context::<leptos_axum::ResponseOptions>();
    if let (Some(response), Some(kept)) = (response, cookie(typed.trim(), &app.site)) {
        response.append_header(SET_COOKIE, kept);
    }
}

/// Removes the code from the browser once it is of no use.
pub(crate) fn forget(app: &AppState) {
    set_cookie(&app.site, &name(&app.site), "", 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_carries_a_code_and_nothing_else() {
        let site = Site::new(Some("https://inbox.lan".into()), Vec::new());
        let kept = cookie("ABCD-1234", &site).unwrap();
        let kept = kept.to_str().unwrap();
        assert!(kept.starts_with("__Host-codigo=ABCD-1234; Path=/;") && kept.ends_with("; Secure"));
        for no_code in ["", "a;Domain=evil.example", "a b", "ç", &"a".repeat(65)] {
            assert!(cookie(no_code, &site).is_none(), "{no_code}");
        }
    }
}
