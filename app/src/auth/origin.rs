//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::request::Parts;

/// The address of whoever sent the request being answered; `None` where there is no socket, in tests.
pub(crate) fn ip() -> Option<IpAddr> {
    of(&leptos::prelude::use_context()?)
}

/// The address by which whoever sends the form being answered knows this site, as in
/// `https://inbox.loja.com.br`. Only our own pages get this far, so it is ours (`same_origin`).
pub(crate) fn of_site() -> Option<String> {
    let parts: Parts = leptos::prelude::use_context()?;
    Some(parts.headers.get(http::header::ORIGIN)?.to_str().ok()?.to_owned())
}

/// The peer's address. A peer on this machine is a reverse proxy, and the last entry of
/// `X-Forwarded-For` is what it saw; earlier entries are whatever the browser claimed. From anybody
/// else the header means nothing.
pub fn of(parts: &Parts) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    let peer = peer.ip().to_canonical();
    if !peer.is_loopback() {
        return Some(peer);
    }
    let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
    let last =
        forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    Some(last.unwrap_or(peer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, forwarded: &[&str]) -> String {
        let mut request = http::Request::builder();
        for value in forwarded {
            request = request.header("x-forwarded-for", *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let peer: IpAddr = peer.parse().unwrap();
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer, 4000)));
        of(&parts).unwrap().to_string()
    }

    #[test]
    fn only_a_proxy_on_this_machine_speaks_for_others() {
        assert_eq!(from("203.0.113.7", &["10.0.0.1"]), "203.0.113.7");
        assert_eq!(from("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(from("127.0.0.1", &["198.51.100.1, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(from("::1", &["6.6.6.6", "2001:db8::7"]), "2001:db8::7");
        assert_eq!(from("::ffff:203.0.113.7", &[]), "203.0.113.7");
        assert_eq!(from("127.0.0.1", &["nonsense"]), "127.0.0.1");
    }
}
