//! Finds the client of a request that came through proxies.
//!
//! Every proxy appends to `X-Forwarded-For` the address that it has the request from. So entries
//! are read from the right, and each is as trustworthy as its writer: the first one that is not a
//! trusted proxy is the client, and everything left of it is the client's own claim. `Forwarded`
//! (RFC 7239) is not read: few proxies write it, and those write the other one too.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap};
use service::Client;

use crate::Site;

/// Headers that reveal a proxy.
const MARKS: [&str; 4] = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];

/// The client of a request; `None` without a socket.
pub fn client(headers: &HeaderMap, extensions: &Extensions, site: &Site) -> Option<Client> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    let peer = peer.ip().to_canonical();
    let mut entries = entries(headers);
    if !site.trusts(peer) {
        return Some(match is_from_proxy(headers) {
            true => Client::Behind(peer, entries.next().flatten()),
            false => Client::At(peer),
        });
    }
    let mut nearest = Client::Proxy(peer);
    for entry in entries {
        match entry {
            // This is a proxy too, or a client in its network that it names: the next entry shows
            // which.
            Some(ip) if site.trusts(ip) => nearest = Client::At(ip),
            Some(ip) => return Some(Client::At(ip)),
            // The writer of this entry is trusted, and has not named its client.
            None => return Some(Client::Proxy(nearest.ip())),
        }
    }
    Some(nearest)
}

/// Returns true if a request shows that a proxy has passed it on. False proves nothing.
pub(super) fn is_from_proxy(headers: &HeaderMap) -> bool {
    MARKS.iter().any(|mark| headers.contains_key(*mark))
}

/// The entries of `X-Forwarded-For` from the right, over all its lines; `None` for an entry that is
/// no address.
fn entries(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    lines.flat_map(|line| {
        let entries: Vec<_> = match line.to_str() {
            Ok(line) if line.trim().is_empty() => Vec::new(),
            Ok(line) => line.rsplit(',').map(address).collect(),
            Err(_) => vec![None],
        };
        entries
    })
}

/// Parses an address as proxies write it: some add a port, others brackets or quotes.
fn address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim().trim_matches('"');
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    let ip = bare.parse().ok().or_else(|| Some(entry.parse::<SocketAddr>().ok()?.ip()));
    ip.map(|ip: IpAddr| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(trusted: &[&str]) -> Site {
        Site::new(None, trusted.iter().map(|network| network.parse().unwrap()).collect())
    }

    fn from(site: &Site, peer: &str, headers: &[(&'static str, &str)]) -> Client {
        let mut request = http::Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let peer: IpAddr = peer.parse().unwrap();
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer, 4000)));
        client(&parts.headers, &parts.extensions, site).unwrap()
    }

    fn forwarded(site: &Site, peer: &str, lines: &[&str]) -> Client {
        let lines: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
        from(site, peer, &lines)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_proxy_on_this_machine_speaks_for_others_without_being_named() {
        let site = Site::default();
        for (peer, lines, at) in [
            ("203.0.113.7", &[][..], "203.0.113.7"),
            ("::ffff:203.0.113.7", &[], "203.0.113.7"),
            ("127.0.0.1", &["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            ("::1", &["6.6.6.6", "2001:db8::7"], "2001:db8::7"),
        ] {
            assert_eq!(forwarded(&site, peer, lines), Client::At(ip(at)), "{peer} {lines:?}");
        }
    }

    #[test]
    fn the_last_address_that_no_trusted_proxy_has_is_the_client() {
        let site = site(&["172.18.0.0/16", "10.0.0.0/8", "2001:db8:1::/48"]);
        for (lines, at) in [
            (&["203.0.113.9"][..], "203.0.113.9"),
            (&["203.0.113.9, 10.1.2.3"], "203.0.113.9"),
            (&["6.6.6.6,203.0.113.9,10.1.2.3", "172.18.0.9"], "203.0.113.9"),
            (&["6.6.6.6", " 203.0.113.9:51234 , 10.1.2.3:80"], "203.0.113.9"),
            (&["[2001:db8:2::7]:443, 2001:db8:1::1"], "2001:db8:2::7"),
            (&["\"[2001:db8:2::7]\""], "2001:db8:2::7"),
            (&["::ffff:203.0.113.9, ::ffff:10.1.2.3"], "203.0.113.9"),
            (&["nonsense, 203.0.113.9"], "203.0.113.9"),
            (&["10.9.9.9, 10.1.2.3"], "10.9.9.9"),
        ] {
            assert_eq!(forwarded(&site, "172.18.0.2", lines), Client::At(ip(at)), "{lines:?}");
        }
    }

    #[test]
    fn a_trusted_proxy_that_names_nobody_is_not_taken_for_a_client() {
        let site = site(&["172.18.0.0/16", "10.0.0.0/8"]);
        for (lines, nearest) in [
            (&[][..], "172.18.0.2"),
            (&[""], "172.18.0.2"),
            (&["unknown"], "172.18.0.2"),
            (&["203.0.113.9, _hidden"], "172.18.0.2"),
            (&["203.0.113.9, , 10.1.2.3"], "10.1.2.3"),
            (&["203.0.113.9,"], "172.18.0.2"),
        ] {
            let client = forwarded(&site, "172.18.0.2", lines);
            assert_eq!(client, Client::Proxy(ip(nearest)), "{lines:?}");
        }
        let other = [("forwarded", "for=203.0.113.9;proto=https")];
        assert_eq!(from(&site, "172.18.0.2", &other), Client::Proxy(ip("172.18.0.2")));
    }

    #[test]
    fn whoever_is_not_trusted_speaks_for_nobody() {
        let site = site(&["10.0.0.0/8"]);
        let peer = ip("127.0.0.1");
        let behind = |claimed: &str| Client::Behind(peer, Some(ip(claimed)));
        assert_eq!(forwarded(&site, "127.0.0.1", &["6.6.6.6, 203.0.113.9"]), behind("203.0.113.9"));
        assert_eq!(forwarded(&site, "127.0.0.1", &["nonsense"]), Client::Behind(peer, None));
        assert_eq!(from(&site, "127.0.0.1", &[("via", "1.1 proxy")]), Client::Behind(peer, None));
        assert_eq!(from(&site, "127.0.0.1", &[]), Client::At(peer));
    }
}
