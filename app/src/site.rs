//! The public address of this site, and its trusted proxies.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use ipnet::IpNet;

/// Seconds between two warnings about proxies that are not trusted.
const WARN_EVERY: u64 = 600;

/// The administrator's settings for the site. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Site(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    public: Option<String>,
    trusted: Vec<IpNet>,
    /// Seconds since 1970; 0 before the first warning.
    warned: AtomicU64,
}

impl Site {
    /// `public` is an origin as browsers send it, as in `https://inbox.loja.com.br`.
    pub fn new(public: Option<String>, trusted: Vec<IpNet>) -> Self {
        Self(Arc::new(Inner { public, trusted, warned: AtomicU64::new(0) }))
    }

    /// The address that people open, if it is known.
    pub fn public(&self) -> Option<&str> {
        self.0.public.as_deref()
    }

    /// Returns true if people open this site over TLS.
    pub fn is_https(&self) -> bool {
        self.public().is_some_and(|public| public.starts_with("https://"))
    }

    /// The name of a cookie. Over TLS it has a prefix by which browsers accept it from this very
    /// host and over TLS only: neither a neighbouring host nor anybody on the network can set one
    /// in its place.
    pub fn cookie_name(&self, name: &str) -> String {
        let prefix = if self.is_https() { "__Host-" } else { "" };
        format!("{prefix}{name}")
    }

    /// Returns true if a page that sends this `Origin` is one of ours at the public address.
    pub fn is_public(&self, origin: &str) -> bool {
        self.public().is_some_and(|public| public.eq_ignore_ascii_case(origin))
    }

    /// Returns true if forwarding headers from this address are trusted.
    pub fn trusts(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.trusted.iter().any(|network| network.contains(&ip))
    }

    /// Warns of a peer that sends forwarding headers and is not trusted, at most once every ten
    /// minutes.
    pub fn warn_of(&self, peer: IpAddr) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_secs());
        let last = self.0.warned.load(Ordering::Relaxed);
        let is_due = last == 0 || now.saturating_sub(last) >= WARN_EVERY;
        let unchanged = Ordering::Relaxed;
        // Of several at once, one warns.
        if is_due && self.0.warned.compare_exchange(last, now, unchanged, unchanged).is_ok() {
            tracing::warn!(
                %peer,
                "a request came with X-Forwarded-For from an address that is not trusted, so who sent it \
                 is not known; if that is your reverse proxy, start with --trusted-proxy {peer} (or \
                 INBOX_TRUSTED_PROXY={peer})"
            );
        }
    }
}

impl Default for Site {
    /// No public address, and proxies on this machine.
    fn default() -> Self {
        let trusted = [[127, 0, 0, 0].into(), std::net::Ipv6Addr::LOCALHOST.into()];
        let lengths = [8, 128];
        let trusted = trusted.into_iter().zip(lengths);
        let trusted = trusted.filter_map(|(ip, length): (IpAddr, u8)| IpNet::new(ip, length).ok());
        Self::new(None, trusted.collect())
    }
}
