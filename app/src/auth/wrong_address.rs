//! Pages that were opened at an address at which a login cannot work.
//!
//! With a public address of https, browsers send the cookie of a session over TLS only. At the
//! login over http they would ask for the password again and again, without a reason.

use http::request::Parts;
use http::{HeaderMap, Version, header};
use leptos::prelude::use_context;

use super::foreign::is_at;
use super::forwarded::is_from_proxy;
use crate::{AppState, Site};

/// The same page at the public address, if the one being rendered was wrongly opened over http.
pub(crate) fn right_address() -> Option<String> {
    let (app, parts) = (use_context::<AppState>()?, use_context::<Parts>()?);
    let public = app.site.public().filter(|_| app.site.is_https())?;
    let page = parts.uri.path_and_query().map_or("/", |page| page.as_str());
    is_plain(&parts.headers, parts.version, public).then(|| format!("{public}{page}"))
}

/// Returns true if people open this site by https, and a request has come that way.
pub fn is_over_tls(headers: &HeaderMap, version: Version, site: &Site) -> bool {
    let public = site.public().filter(|_| site.is_https());
    public.is_some_and(|public| !is_plain(headers, version, public))
}

/// Returns true if a browser has sent this over http. If a proxy does not report it, it is guessed:
/// `Sec-Fetch-Mode` is sent over TLS, and to this machine itself.
fn is_plain(headers: &HeaderMap, version: Version, public: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(scheme) = text("x-forwarded-proto") {
        // The first proxy of several is the one that browsers talk to.
        let scheme = scheme.split(',').next().unwrap_or_default().trim();
        return !scheme.eq_ignore_ascii_case("https");
    }
    if let Some(forwarded) = text("forwarded").map(str::to_ascii_lowercase)
        && forwarded.contains("proto=")
    {
        return !forwarded.replace('"', "").contains("proto=https");
    }
    let is_at_public = text(header::HOST.as_str()).is_some_and(|host| is_at(public, host));
    // Browsers do neither; an nginx with default settings does one of the two.
    let is_unlike_browsers = version == Version::HTTP_10
        || text(header::CONNECTION.as_str()).is_some_and(|it| it.eq_ignore_ascii_case("close"));
    match is_at_public || is_from_proxy(headers) || is_unlike_browsers {
        true => !headers.contains_key("sec-fetch-mode"),
        false => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_told_from_tls() {
        for (sent, plain) in [
            (&[("host", "127.0.0.1:3000"), ("sec-fetch-mode", "navigate")][..], true),
            (&[("host", "192.168.0.7:3000")], true),
            (&[("host", "inbox.lan")], true),
            (&[("host", "inbox.lan"), ("sec-fetch-mode", "navigate")], false),
            (&[("host", "inbox.lan:443"), ("sec-fetch-mode", "navigate")], false),
            (&[("host", "inbox.lan"), ("x-forwarded-proto", "https")], false),
            (&[("host", "127.0.0.1:3000"), ("x-forwarded-proto", "https, http")], false),
            (&[("host", "inbox.lan"), ("x-forwarded-proto", "http")], true),
            (&[("host", "x"), ("forwarded", "for=203.0.113.7;proto=\"https\"")], false),
            (&[("host", "x"), ("forwarded", "for=203.0.113.7;Proto=http")], true),
            (&[("host", "x"), ("via", "1.1 p"), ("sec-fetch-mode", "navigate")], false),
            (&[("host", "x"), ("connection", "close"), ("sec-fetch-mode", "navigate")], false),
        ] {
            let mut request = http::Request::builder();
            for (name, value) in sent {
                request = request.header(*name, *value);
            }
            let headers = request.body(()).unwrap().into_parts().0.headers;
            let is_plain = |version| is_plain(&headers, version, "https://inbox.lan");
            assert_eq!(is_plain(Version::HTTP_11), plain, "{sent:?}");
            let is_told_apart = !plain || !headers.contains_key("sec-fetch-mode");
            assert_eq!(is_plain(Version::HTTP_10), plain && is_told_apart, "{sent:?}");
        }
    }
}
