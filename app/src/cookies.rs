//! Cookies other than the session's, written and read in one way.

use http::HeaderMap;
use http::header::{COOKIE, HeaderValue, SET_COOKIE};
use leptos::prelude::use_context;

use crate::Site;

/// The value of `Set-Cookie` that stores a cookie for so many seconds; 0 removes it. Scripts cannot
/// read it, and at a public address of https it is sent over TLS only. `None` if a header cannot
/// carry the value.
pub(crate) fn line(site: &Site, name: &str, value: &str, seconds: u32) -> Option<HeaderValue> {
    let secure = if site.is_https() { "; Secure" } else { "" };
    let line = format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax; HttpOnly{secure}");
    HeaderValue::from_str(&line).ok()
}

/// Sets a cookie in the response being made.
pub(crate) fn set_cookie(site: &Site, name: &str, value: &str, seconds: u32) {
    let response = use_context::<leptos_axum::ResponseOptions>();
    if let (Some(response), Some(line)) = (response, line(site, name, value, seconds)) {
        response.append_header(SET_COOKIE, line);
    }
}

/// The value of a cookie. A request may have several `Cookie` lines, as HTTP/2 allows and proxies
/// pass on.
pub(crate) fn cookie_in(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs =
        lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_in_any_line_and_only_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        for line in ["idioma=en; tema=dark", "enter=sends;x_idioma=pt", "idioma=pt-BR"] {
            headers.append(COOKIE, HeaderValue::from_static(line));
        }
        let found = |name| cookie_in(&headers, name);
        assert_eq!(found("idioma").as_deref(), Some("en"), "the first one counts");
        assert_eq!(found("enter").as_deref(), Some("sends"));
        assert_eq!(found("x_idioma").as_deref(), Some("pt"));
        assert_eq!(found("ma"), None);
    }

    #[test]
    fn a_cookie_is_secure_where_people_come_by_tls() {
        let site = |public: &str| Site::new(Some(public.to_owned()), Vec::new());
        let written = |public| line(&site(public), "tema", "dark", 60).unwrap();
        let plain = "tema=dark; Path=/; Max-Age=60; SameSite=Lax; HttpOnly";
        assert_eq!(written("http://inbox.lan"), plain);
        assert_eq!(written("https://inbox.lan"), &*format!("{plain}; Secure"));
        assert_eq!(line(&Site::default(), "tema", "a\nb", 60), None);
    }
}
