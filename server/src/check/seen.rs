//! What has arrived at the server.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::extract::Request;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::visit::CLAIMED;
use app::Site;
use app::auth::forwarded::{self, Client};
use app::auth::{foreign, host};

/// A request as the server has it, and what it makes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(super) host: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) forwarded_host: Option<String>,
    pub(super) forwarded_proto: Option<String>,
    /// All lines of `X-Forwarded-For`, in order.
    pub(super) forwarded_for: Vec<String>,
    /// Who connected.
    pub(super) peer: Option<IpAddr>,
    pub(super) is_trusted: bool,
    /// It would believe what anybody says: the address that nobody has is a proxy to it.
    pub(super) trusts_strangers: bool,
    /// Who it takes for the sender, where it can tell.
    pub(super) client: Option<IpAddr>,
    /// A page with these headers would be served, and a form taken.
    pub(super) is_ours: bool,
    /// `--public-url`.
    pub(super) public: Option<String>,
}

impl Seen {
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
            forwarded_for: all("x-forwarded-for").map(str::to_owned).collect(),
            peer,
            trusts_strangers: CLAIMED.parse().is_ok_and(|claimed| site.trusts(claimed)),
            is_trusted: peer.is_some_and(|peer| site.trusts(peer)),
            client,
            is_ours: foreign::is_ours(headers, site) && host::is_ours(request, site),
            public: site.public().map(str::to_owned),
        }
    }
}
