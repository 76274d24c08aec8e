//! A test request as the server received it.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::extract::Request;
use axum::http::{self, HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};
use service::Client;

use app::Site;
use app::auth::{foreign, forwarded, host};

/// The address that a sender claims and the server must not believe: nobody has it (RFC 5737).
pub(super) const CLAIMED: &str = "192.0.2.66";

const FORWARDED_FOR: &str = "x-forwarded-for";

/// A received request, and the server's conclusions from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Received {
    pub(super) host: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) forwarded_host: Option<String>,
    pub(super) forwarded_proto: Option<String>,
    /// All lines of `X-Forwarded-For`, in order.
    pub(super) forwarded_for: Vec<String>,
    /// The address of the TCP peer.
    pub(super) peer: Option<IpAddr>,
    pub(super) is_trusted: bool,
    /// The server would believe any sender: it treats even an address that nobody has as a trusted
    /// proxy.
    pub(super) trusts_strangers: bool,
    /// The sender's address as the server determines it, if it can.
    pub(super) client: Option<IpAddr>,
    /// The server would serve a page requested the same way, and accept this form. A browser sends
    /// neither `Origin` nor `X-Forwarded-For` with the former, which the check does.
    pub(super) is_ours: bool,
    /// `--public-url`.
    pub(super) public: Option<String>,
}

impl Received {
    pub(crate) fn of(request: &Request, site: &Site) -> Self {
        let headers: &HeaderMap = request.headers();
        let all = |name: &str| headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        let first = |name: &str| all(name).next().map(str::to_owned);
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|ConnectInfo(peer)| peer.ip().to_canonical());
        let client = match forwarded::client(headers, request.extensions(), site) {
            Some(Client::At(ip)) => Some(ip),
            _ => None,
        };
        Self {
            host: first("host"),
            origin: first("origin"),
            forwarded_host: first("x-forwarded-host"),
            forwarded_proto: first("x-forwarded-proto"),
            forwarded_for: all(FORWARDED_FOR).map(str::to_owned).collect(),
            peer,
            trusts_strangers: CLAIMED.parse().is_ok_and(|claimed| site.trusts(claimed)),
            is_trusted: peer.is_some_and(|peer| site.trusts(peer)),
            client,
            is_ours: foreign::is_ours(headers, site)
                && host::is_ours(request, site)
                && host::is_ours(&as_page(request), site),
            public: site.public().map(str::to_owned),
        }
    }
}

/// Converts the request into one as it arrives from a browser that requests a page: without
/// `Origin`, and with only the proxies' entries in `X-Forwarded-For`.
fn as_page(request: &Request) -> http::Request<()> {
    let mut page = http::Request::new(());
    *page.uri_mut() = request.uri().clone();
    *page.headers_mut() = request.headers().clone();
    *page.extensions_mut() = request.extensions().clone();
    let headers = page.headers_mut();
    headers.remove(header::ORIGIN);
    let passed = by_proxies(headers);
    headers.remove(FORWARDED_FOR);
    if !passed.is_empty()
        && let Ok(passed) = HeaderValue::from_str(&passed.join(", "))
    {
        headers.insert(FORWARDED_FOR, passed);
    }
    page
}

/// The entries of `X-Forwarded-For` that are not the check's own.
fn by_proxies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
    let entries = lines.flat_map(|line| line.split(',')).map(str::trim);
    entries.filter(|entry| !entry.is_empty() && *entry != CLAIMED).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    const PUBLIC: &str = "https://inbox.loja.com.br";

    fn is_ours(host: &str, forwarded_for: &str) -> bool {
        let peer: SocketAddr = ([127, 0, 0, 1], 50_000).into();
        let request = http::Request::post("/check/echo")
            .header("host", host)
            .header("origin", PUBLIC)
            .header(FORWARDED_FOR, forwarded_for)
            .extension(ConnectInfo(peer))
            .body(Body::empty())
            .unwrap();
        let trusted = vec!["127.0.0.0/8".parse().unwrap()];
        Received::of(&request, &Site::new(Some(PUBLIC.into()), trusted)).is_ours
    }

    #[test]
    fn what_the_check_sends_of_its_own_makes_no_page_ours() {
        assert!(is_ours("inbox.loja.com.br", CLAIMED));
        // For a proxy that passes another name and writes no header, browsers get 421.
        assert!(!is_ours("inbox.web.svc.example", CLAIMED));
        assert!(is_ours("inbox.web.svc.example", &format!("{CLAIMED}, 203.0.113.7")));
    }
}
