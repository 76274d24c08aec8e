//! The sender of a request, before anybody is known to be logged in.

use std::net::IpAddr;

use store::DeviceToken;

/// The place that a request comes from, as far as its proxies make it known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// A client at this address.
    At(IpAddr),
    /// A client behind a proxy that is not trusted, which claims to be at the second address. The
    /// claim cannot be verified.
    Behind(IpAddr, Option<IpAddr>),
    /// A trusted proxy that does not name its client, or a client on its machine.
    Proxy(IpAddr),
}

impl Client {
    /// The best known address.
    pub fn ip(self) -> IpAddr {
        match self {
            Self::At(ip) | Self::Behind(ip, _) | Self::Proxy(ip) => ip,
        }
    }
}

/// The part of an address that one customer gets: for IPv6 a /64.
pub fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => (ip.to_bits() >> 64 << 64).to_be_bytes().into(),
    }
}

/// The browser that sends a request.
#[derive(Debug)]
pub struct Requester {
    /// Its place; `None` without a socket, in tests.
    pub client: Option<Client>,
    /// The tokens by which accounts recognise it.
    pub devices: Vec<DeviceToken>,
}

impl Requester {
    /// The address for the audit trail, as far as it is known.
    pub fn ip(&self) -> Option<IpAddr> {
        self.client.map(Client::ip)
    }

    /// The network by which it can be recognised; `None` if its address is only a claim.
    pub(crate) fn own_network(&self) -> Option<IpAddr> {
        match self.client? {
            Client::At(ip) => Some(network(ip)),
            Client::Behind(..) | Client::Proxy(_) => None,
        }
    }
}
