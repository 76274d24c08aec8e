//! Checks the name by which a browser reaches this server.
//!
//! A stranger's page can have its own name resolve to this server (DNS rebinding), and the browser
//! then lets it read our responses as its own. The browser keeps that name, though: in `Host`, in
//! `Origin`, and in the cookies that it sends. So pages are served only for our own names. An
//! address in digits and `localhost` cannot be rebound.
//!
//! With a public address, a proxy may pass another name than the browser's. A name without a dot is
//! local to a network, and no stranger owns it; any other is accepted only from a trusted proxy
//! that shows itself, and with an `Origin` that is ours. A page could forge the headers of a proxy,
//! but it has no cookies of ours: it gets only what is public.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use http::header::{HOST, HeaderName, ORIGIN};
use http::{HeaderMap, Request};

use super::forwarded::is_from_proxy;
use crate::Site;
use crate::i18n::{requested_in, t};

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
/// The longest part of a name that a refusal repeats.
const SHOWN: usize = 100;

/// Returns true if a request was sent to a name of ours, or to none: browsers always send one.
pub fn is_ours<B>(request: &Request<B>, site: &Site) -> bool {
    let headers = request.headers();
    let asked = request.uri().authority().map(|authority| authority.as_str());
    if asked.into_iter().all(|host| is_known(host, site)) && all_known(headers, "host", site) {
        return true;
    }
    let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
    origin.is_some_and(|origin| site.is_public(origin)) || is_passed_on(request, site)
}

/// The sentence that explains a refusal.
pub fn refusal(headers: &HeaderMap, site: &Site) -> String {
    let locale = requested_in(headers);
    let host = hosts(headers).find(|host| !is_known(host, site)).unwrap_or("?");
    let host: String = host.chars().filter(char::is_ascii_graphic).take(SHOWN).collect();
    match site.public() {
        Some(public) => t!(locale, error.host_public, host = host, public = public).to_string(),
        None => t!(locale, error.host, host = host).to_string(),
    }
}

/// The hosts that a request was sent to: as received here, and as the proxies report them.
pub(super) fn hosts(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = [HOST, FORWARDED_HOST].into_iter().flat_map(|name| headers.get_all(name));
    values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',').map(str::trim))
}

/// Returns true if a trusted proxy shows that it has passed a request on, and names no foreign host
/// itself.
fn is_passed_on<B>(request: &Request<B>, site: &Site) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let headers = request.headers();
    site.public().is_some()
        && peer.is_some_and(|ConnectInfo(peer)| site.trusts(peer.ip()))
        && (is_from_proxy(headers) || headers.contains_key(FORWARDED_HOST))
        && all_known(headers, FORWARDED_HOST.as_str(), site)
}

fn all_known(headers: &HeaderMap, name: &str, site: &Site) -> bool {
    headers.get_all(name).iter().all(|value| {
        let mut hosts = value.to_str().unwrap_or("?").split(',').map(str::trim);
        hosts.all(|host| host.is_empty() || is_known(host, site))
    })
}

/// Returns true if a host, as in `inbox.loja.com.br:443`, is ours or cannot belong to anybody else.
pub(super) fn is_known(host: &str, site: &Site) -> bool {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split_once(']').is_some_and(|(ip, port)| {
            ip.parse::<Ipv6Addr>().is_ok() && (port.is_empty() || is_port(port))
        });
    }
    let Some(name) = name_of(host) else { return false };
    name.parse::<Ipv4Addr>().is_ok()
        || name == "localhost"
        || name.ends_with(".localhost")
        || site.public().is_some_and(|public| {
            let of_public = public.split_once("://").and_then(|(_, host)| name_of(host));
            of_public.as_deref() == Some(name.as_str()) || !name.contains('.')
        })
}

/// The name in a host, in lower case and without port and final dot; `None` if it cannot be a name.
fn name_of(host: &str) -> Option<String> {
    let colon = host.find(':').unwrap_or(host.len());
    let (name, port) = host.split_at(colon);
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_name = !name.is_empty() && name.bytes().all(is_of_name) && !name.starts_with('.');
    (is_name && (port.is_empty() || is_port(port))).then(|| name.to_ascii_lowercase())
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str = "https://inbox.loja.com.br:8443";

    fn sent(headers: &[(&str, &str)]) -> Request<()> {
        let mut request = Request::get("/entrar");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let peer: SocketAddr = ([127, 0, 0, 1], 50_000).into();
        request.extension(ConnectInfo(peer)).body(()).unwrap()
    }

    fn at(public: &str) -> Site {
        Site::new(Some(public.to_owned()), vec!["127.0.0.0/8".parse().unwrap()])
    }

    #[test]
    fn addresses_and_localhost_are_ours_with_any_port() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:3000",
            "192.168.0.7:80",
            "[::1]:3000",
            "[2001:db8::7]",
            "localhost",
            "LOCALHOST.:3000",
            "inbox.localhost:3000",
            "",
        ] {
            for site in [Site::default(), at(PUBLIC)] {
                assert!(is_ours(&sent(&[("host", host)]), &site), "{host}");
            }
        }
        assert!(is_ours(&sent(&[]), &Site::default()), "no browser sends no name");
    }

    #[test]
    fn names_of_strangers_are_not() {
        for host in [
            "evil.example",
            "evil.example:3000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "notlocalhost.",
            "evil.example:80@localhost",
            "evil.example@x.localhost",
            "evil.example#.localhost",
            "evil.example/.localhost",
            "inbox.loja.com.br.evil.example",
            "evil-inbox.loja.com.br",
            "[::1].evil.example",
            "[::1",
            "[evil.example]",
            "localhost:x",
            "localhost,evil.example",
            ".localhost",
            "127.0.0.1 evil.example",
        ] {
            let sites = if host.contains("notlocalhost") { 1 } else { 2 };
            for site in &[Site::default(), at(PUBLIC)][..sites] {
                assert!(!is_ours(&sent(&[("host", host)]), site), "{host}");
            }
        }
        let two = sent(&[("host", "localhost"), ("host", "evil.example")]);
        assert!(!is_ours(&two, &Site::default()));
        let mut absolute = sent(&[("host", "localhost")]);
        *absolute.uri_mut() = "http://evil.example/entrar".parse().unwrap();
        assert!(!is_ours(&absolute, &Site::default()));
    }

    #[test]
    fn the_public_name_is_ours_where_it_is_set() {
        for host in ["inbox.loja.com.br", "INBOX.loja.com.br:8443", "inbox.loja.com.br.:1"] {
            assert!(is_ours(&sent(&[("host", host)]), &at(PUBLIC)), "{host}");
            assert!(!is_ours(&sent(&[("host", host)]), &Site::default()), "{host}");
        }
    }

    #[test]
    fn a_proxy_may_pass_on_another_name_where_the_public_address_is_known() {
        let evil = ("host", "inbox.cluster.example");
        for headers in [
            &[("host", "inbox:3000")][..],
            &[evil, ("origin", PUBLIC)],
            &[evil, ("x-forwarded-for", "203.0.113.7")],
            &[evil, ("x-forwarded-host", "inbox.loja.com.br")],
            &[evil, ("via", "1.1 proxy")],
        ] {
            assert!(is_ours(&sent(headers), &at(PUBLIC)), "{headers:?}");
            assert!(!is_ours(&sent(headers), &Site::default()), "{headers:?}");
        }
        for headers in [
            &[evil][..],
            &[evil, ("origin", "http://inbox.cluster.example")],
            &[evil, ("x-forwarded-host", "evil.example"), ("x-forwarded-for", "203.0.113.7")],
        ] {
            assert!(!is_ours(&sent(headers), &at(PUBLIC)), "{headers:?}");
        }
        let named = sent(&[evil, ("x-forwarded-for", "203.0.113.7")]);
        let untrusted = Site::new(Some(PUBLIC.to_owned()), Vec::new());
        assert!(!is_ours(&named, &untrusted), "whoever says so has to be trusted");
    }

    #[test]
    fn a_refusal_names_what_to_set() {
        let headers = sent(&[("host", "inbox.lan:3000")]).into_parts().0.headers;
        let said = refusal(&headers, &Site::default());
        assert!(said.contains("inbox.lan:3000") && said.contains("--public-url"), "{said}");
        let said = refusal(&headers, &at(PUBLIC));
        assert!(said.contains(PUBLIC) && said.contains("--trusted-proxy"), "{said}");
    }
}
