//! Checks that a form comes from a page of ours, and explains a refusal.
//!
//! Browsers send the origin of a request: as `Origin` with every POST, and as `Sec-Fetch-Site` if
//! the page came over TLS or from this machine. No page can set either of them, nor
//! `X-Forwarded-Host` across sites. Programs other than browsers send neither and have no cookies
//! to be abused.

use http::header::{HeaderName, ORIGIN, REFERER};
use http::request::Parts;
use http::{HeaderMap, Uri};
use leptos::prelude::use_context;
use leptos::server_fn::error::ServerFnUrlError;

use super::form_page::without_error;
use super::host::{self, hosts};
use crate::i18n::{requested_in, t};
use crate::{ApiError, AppState, Site};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Returns true if a request that changes something comes from a page of ours, or from no page at
/// all.
pub fn is_ours(headers: &HeaderMap, site: &Site) -> bool {
    let origin = headers.get(ORIGIN).map(|origin| origin.to_str().unwrap_or("null"));
    if origin.is_some_and(|origin| site.is_public(origin)) {
        return true;
    }
    if let Some(from) = headers.get(FETCH_SITE) {
        return from == "same-origin" || from == "none";
    }
    // Beside the public address, a trusted proxy may pass any name for a page, and none for a form.
    let mut ours =
        hosts(headers).filter(|host| site.public().is_none() || host::is_known(host, site));
    origin.is_none_or(|origin| ours.any(|host| is_at(origin, host)))
}

/// The sentence for a request that [`is_ours`] refuses.
pub fn refusal(headers: &HeaderMap, site: &Site) -> ApiError {
    let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
    ApiError::Foreign(words(headers, site, origin))
}

/// The address for a browser without JavaScript whose form was refused: back to the page with the
/// form, with the reason in the address, as after every other failure. `None` if that page is not
/// one of ours.
pub fn way_back(headers: &HeaderMap, function: &str) -> Option<String> {
    // The form certainly comes from another site, whatever a proxy did.
    if headers.contains_key(FETCH_SITE) {
        return None;
    }
    let referer: Uri = headers.get(REFERER)?.to_str().ok()?.parse().ok()?;
    let query = referer.query().unwrap_or_default();
    let page = without_error(&format!("http://page{}?{query}", referer.path()));
    // The page writes the sentence itself: a sentence in an address is never believed.
    let error = ServerFnUrlError::new(function, ApiError::Foreign(String::new()));
    let url = error.to_url(&page).ok()?;
    let back = format!("{}?{}", url.path(), url.query()?);
    super::login::is_local(&back).then_some(back)
}

/// The sentence for the page that [`way_back`] leads to.
pub(crate) fn sentence() -> String {
    let site = use_context::<AppState>().map(|app| app.site).unwrap_or_default();
    let Some(Parts { headers, .. }) = use_context() else { return String::new() };
    let referer = headers.get(REFERER).and_then(|referer| referer.to_str().ok()?.parse().ok());
    // A visitor who was led here from another site would read its name as if it were ours.
    let is_from_here = headers.get(FETCH_SITE).is_none_or(|from| from != "cross-site");
    let origin = referer.filter(|_| is_from_here).and_then(|page: Uri| {
        Some(format!("{}://{}", page.scheme_str()?, page.authority()?.as_str()))
    });
    words(&headers, &site, origin.as_deref())
}

fn words(headers: &HeaderMap, site: &Site, origin: Option<&str>) -> String {
    let locale = requested_in(headers);
    let host = hosts(headers).next().unwrap_or("?");
    match (origin.filter(|origin| *origin != "null"), site.public()) {
        (None, _) => t!(locale, error.foreign_bare).to_owned(),
        (Some(origin), Some(public)) => {
            t!(locale, error.foreign_public, origin = origin, public = public, host = host)
                .to_string()
        }
        (Some(origin), None) => t!(locale, error.foreign, origin = origin, host = host).to_string(),
    }
}

/// Returns true if an origin, as in `https://inbox.loja.com.br`, is at a host, as in
/// `inbox.loja.com.br:443`.
pub(super) fn is_at(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let usual = match scheme {
        "https" => ":443",
        _ => ":80",
    };
    let bare = |authority| str::strip_suffix(authority, usual).unwrap_or(authority);
    !authority.is_empty() && bare(authority).eq_ignore_ascii_case(bare(host))
}

#[cfg(test)]
mod tests {
    use leptos::server_fn::ServerFn as _;

    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|&(name, value)| {
                (name.parse::<HeaderName>().unwrap(), value.parse().expect("a header value"))
            })
            .collect()
    }

    fn at(public: &str) -> Site {
        Site::new(Some(public.to_owned()), Vec::new())
    }

    #[test]
    fn foreign_sites_are_refused() {
        for pairs in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://evil.example"), ("host", "inbox:3000")],
            &[("origin", "null"), ("host", "inbox:3000")],
            &[("origin", "null"), ("host", "null")],
            &[("origin", "http://inbox:3000")],
            &[("origin", "http://inbox:3001"), ("host", "inbox:3000")],
            &[
                ("origin", "https://evil.example"),
                ("host", "inbox"),
                ("x-forwarded-host", "inbox.lan"),
            ],
            &[("origin", "https://inbox.lan.evil.example"), ("host", "inbox.lan")],
        ] {
            for site in [Site::default(), at("https://inbox.lan")] {
                assert!(!is_ours(&headers(pairs), &site), "{pairs:?}");
            }
        }
    }

    #[test]
    fn our_pages_and_programs_pass() {
        for pairs in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://inbox:3000"), ("host", "inbox:3000")],
            &[("origin", "http://inbox"), ("host", "Inbox:80")],
            &[("origin", "https://inbox"), ("host", "inbox:443")],
            &[
                ("origin", "https://inbox.lan"),
                ("host", "127.0.0.1:3000"),
                ("x-forwarded-host", "inbox.lan"),
            ],
            &[("host", "inbox:3000")],
        ] {
            assert!(is_ours(&headers(pairs), &Site::default()), "{pairs:?}");
        }
    }

    #[test]
    fn the_public_address_is_ours_whatever_host_a_proxy_passes() {
        for public in ["http://inbox.lan:8080", "https://inbox.lan"] {
            for host in ["127.0.0.1:3000", "inbox.lan:99", "", "outro"] {
                let sent = headers(&[("origin", public), ("host", host)]);
                assert!(is_ours(&sent, &at(public)), "{public} {host}");
                assert!(!is_ours(&sent, &at("https://inbox.lan:8443")), "{public} {host}");
            }
        }
    }

    #[test]
    fn a_refusal_names_what_to_set_in_the_language_of_the_browser() {
        let sent = [("origin", "http://inbox.lan:8080"), ("host", "127.0.0.1:3000")];
        let ApiError::Foreign(said) = refusal(&headers(&sent), &Site::default()) else { panic!() };
        for name in
            ["http://inbox.lan:8080", "127.0.0.1:3000", "Host", "X-Forwarded-Host", "--public-url"]
        {
            assert!(said.contains(name), "{name}: {said}");
        }
        let english = headers(&[sent[0], sent[1], ("cookie", "tema=dark; idioma=en")]);
        let ApiError::Foreign(said) = refusal(&english, &at("https://inbox.lan")) else { panic!() };
        assert!(said.contains("Open https://inbox.lan") && said.contains("--public-url"), "{said}");
    }

    #[test]
    fn the_way_back_is_a_page_of_this_site_without_the_reason_of_before() {
        fn back(pairs: &[(&str, &str)]) -> Option<String> {
            way_back(&headers(pairs), crate::api::Login::url())
        }
        let back_from = |referer: &str| back(&[("referer", referer)]);
        let before = "http://inbox.lan/entrar?next=%2Fperfil&__path=%2Fapi%2Flogin&__err=abc";
        let once = back_from(before).unwrap();
        assert!(once.starts_with("/entrar?next=%2Fperfil&__path=%2Fapi%2Flogin&__err="), "{once}");
        assert_eq!(once.matches("__err").count(), 1);
        assert!(back_from("http://inbox.lan").unwrap().starts_with("/?__path="));
        assert_eq!(back_from("http://inbox.lan//evil.example/"), None);
        assert_eq!(back_from("no address at all"), None);
        assert_eq!(back(&[]), None);
        let cross = [("referer", "http://inbox.lan/entrar"), ("sec-fetch-site", "cross-site")];
        assert_eq!(back(&cross), None);
    }
}
