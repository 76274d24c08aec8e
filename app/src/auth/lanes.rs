//! The counters that tries are counted by.
//!
//! Anybody can guess at any account. So an account is not counted as one: a try waits for those made at
//! the same account from the same place; a browser that has logged in before has a lane of its own, and so
//! has every login that asks for a proof. Only strangers, who are known neither by browser nor by network,
//! also wait for each other, a little.

use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::Duration;

use model::UserId;
use sha2::{Digest as _, Sha256};
use store::{Email, Known};

use super::forwarded::{Client, network};

/// A kind of key, with limits of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(super) enum Lane {
    /// Passwords for an account, from one place.
    AccountHere,
    /// Passwords for an account, from a browser that it knows.
    AccountDevice,
    /// Passwords for an account, from all strangers together.
    AccountStrangers,
    /// Codes of a person whose password was right, in the same three lanes.
    CodeHere,
    CodeDevice,
    CodeStrangers,
    /// Passwords and codes as a proof, in one login.
    Proof,
    /// An address, of IPv6 the network that one customer gets.
    From,
    /// The larger network of IPv6 that many customers share and one may rent.
    Around,
    /// A client that claims the second address, at an untrusted proxy at the first. Never the proxy
    /// alone, or all who come through it would wait for each other; and never the second alone, or anybody
    /// could make its owner wait.
    Behind,
    /// All who come through a proxy that is not trusted, so that no header takes every limit away.
    Through,
    /// Pairing codes that a person asks for, and those for one phone.
    PairingBy,
    PairingOf,
}

impl Lane {
    /// Tries that come without waiting.
    pub(super) fn free(self) -> u32 {
        match self {
            // A person with some passwords in mind and a stuck Caps Lock.
            Self::AccountHere | Self::AccountDevice | Self::Proof => 8,
            Self::CodeHere | Self::CodeDevice => 5,
            Self::AccountStrangers => 100,
            Self::CodeStrangers => 20,
            // An office of many people behind one address, on a Monday morning.
            Self::From | Self::Behind => 50,
            // Many offices.
            Self::Around | Self::Through => 500,
            Self::PairingBy => 12,
            Self::PairingOf => 6,
        }
    }

    /// The delay once the free tries are used up.
    fn first(self) -> Duration {
        Duration::from_secs(match self {
            // Each one rings at a phone.
            Self::PairingBy | Self::PairingOf => 10 * 60,
            _ => 5,
        })
    }

    /// The longest delay.
    fn longest(self) -> Duration {
        Duration::from_secs(match self {
            // A newcomer may be the account's own person.
            Self::AccountStrangers => 2 * 60,
            // Six digits and 15 minutes between tries are 40 years.
            Self::CodeHere | Self::CodeDevice | Self::CodeStrangers => 15 * 60,
            Self::PairingBy | Self::PairingOf => 60 * 60,
            _ => 5 * 60,
        })
    }

    /// Returns the time that the next try has to wait after so many.
    pub(super) fn delay(self, tries: u32) -> Duration {
        match tries.checked_sub(self.free()) {
            None => Duration::ZERO,
            Some(over) => {
                self.first().saturating_mul(2_u32.saturating_pow(over)).min(self.longest())
            }
        }
    }

    /// Returns true if tries of different people are counted here.
    pub(super) fn is_shared(self) -> bool {
        match self {
            Self::AccountHere
            | Self::AccountDevice
            | Self::CodeHere
            | Self::CodeDevice
            | Self::Proof => false,
            Self::AccountStrangers
            | Self::CodeStrangers
            | Self::From
            | Self::Around
            | Self::Behind
            | Self::Through
            | Self::PairingBy
            | Self::PairingOf => true,
        }
    }

    /// Returns the name under which a refusal is counted.
    pub(super) fn refusal(self) -> &'static str {
        match self {
            Self::CodeHere | Self::CodeDevice | Self::CodeStrangers => "login-code",
            Self::Proof => "proof",
            Self::PairingBy | Self::PairingOf => "pairing-code",
            _ => "login",
        }
    }
}

/// One counter. Of what it is about only a digest is kept, under a secret of this process: all keys are
/// of one size, and nobody can look for two that are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) lane: Lane,
    of: [u8; 16],
}

static SECRET: LazyLock<[u8; 32]> = LazyLock::new(|| {
    let mut secret = [0; 32];
    // Without randomness keys are as good as ever, except that they can be computed.
    getrandom::fill(&mut secret).ok();
    secret
});

impl Key {
    pub(super) fn new(lane: Lane, parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new_with_prefix(*SECRET);
        digest.update([lane as u8]);
        for part in parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        let digest = digest.finalize();
        let mut of = [0; 16];
        of.copy_from_slice(&digest[..16]);
        Self { lane, of }
    }

    /// A password for an account, known or not, so that the answer tells nothing about who exists.
    pub(super) fn account(email: &Email, known: &Known, client: Option<Client>) -> Vec<Self> {
        let lanes = [Lane::AccountHere, Lane::AccountDevice, Lane::AccountStrangers];
        lanes_of(lanes, email.as_str().as_bytes(), known, client)
    }

    /// A code of a person whose password was right.
    pub(super) fn code(user: UserId, known: &Known, client: Option<Client>) -> Vec<Self> {
        let lanes = [Lane::CodeHere, Lane::CodeDevice, Lane::CodeStrangers];
        lanes_of(lanes, &user.0.to_be_bytes(), known, client)
    }

    /// A proof that is asked of a person in one of their logins. Neither strangers nor another login,
    /// which may be a thief's, make it wait.
    pub(super) fn proof(user: UserId, session: &str) -> Self {
        Self::new(Lane::Proof, &[&user.0.to_be_bytes(), session.as_bytes()])
    }

    /// A pairing code for a phone, asked for by a person.
    pub(super) fn pairing(user: UserId, phone: &str) -> [Self; 2] {
        [
            Self::new(Lane::PairingBy, &[&user.0.to_be_bytes()]),
            Self::new(Lane::PairingOf, &[phone.as_bytes()]),
        ]
    }

    /// The places of a client. None where many may be in it: accounts are still counted.
    pub(super) fn places(client: Client) -> Vec<Self> {
        let of = |lane, ips: &[IpAddr]| {
            let texts: Vec<String> = ips.iter().map(IpAddr::to_string).collect();
            let parts: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
            Self::new(lane, &parts)
        };
        match client {
            Client::At(ip) => {
                let around = wide_network(ip).map(|around| of(Lane::Around, &[around]));
                [of(Lane::From, &[network(ip)])].into_iter().chain(around).collect()
            }
            Client::Behind(proxy, claimed) => {
                let behind = claimed.map(|ip| of(Lane::Behind, &[network(proxy), network(ip)]));
                behind.into_iter().chain([of(Lane::Through, &[network(proxy)])]).collect()
            }
            Client::Proxy(_) => Vec::new(),
        }
    }
}

/// Returns the counters of a try. A browser that is known has one of its own. Any other try counts at its
/// place and, where its network is not known either, among all strangers.
fn lanes_of(
    [here, device, strangers]: [Lane; 3],
    of: &[u8],
    known: &Known,
    client: Option<Client>,
) -> Vec<Key> {
    if let Known::Device(token) = known {
        return vec![Key::new(device, &[of, token.as_bytes()])];
    }
    let place = match client {
        Some(Client::At(ip)) => format!("{}", network(ip)),
        Some(Client::Behind(proxy, claimed)) => {
            format!("{} {:?}", network(proxy), claimed.map(network))
        }
        // Nobody can tell these apart.
        Some(Client::Proxy(_)) | None => String::new(),
    };
    let mut keys = vec![Key::new(here, &[of, place.as_bytes()])];
    if *known == Known::Not {
        keys.push(Key::new(strangers, &[of]));
    }
    keys.extend(client.map(Key::places).unwrap_or_default());
    keys
}

/// The network by which a client can be known again; `None` for whoever may only claim to be there.
pub(super) fn own_network(client: Option<Client>) -> Option<IpAddr> {
    match client? {
        Client::At(ip) => Some(network(ip)),
        Client::Behind(..) | Client::Proxy(_) => None,
    }
}

/// The network around it, of IPv6 a /48.
fn wide_network(ip: IpAddr) -> Option<IpAddr> {
    match ip {
        IpAddr::V4(_) => None,
        IpAddr::V6(ip) => Some((ip.to_bits() >> 80 << 80).to_be_bytes().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(ip: &str) -> Option<Client> {
        Some(Client::At(ip.parse().unwrap()))
    }

    fn lanes(keys: &[Key]) -> Vec<Lane> {
        keys.iter().map(|key| key.lane).collect()
    }

    #[test]
    fn one_customers_network_is_one_place() {
        let of = |ip: &str| Key::places(Client::At(ip.parse().unwrap()));
        let [one, other, far] = ["2001:db8::7", "2001:db8::ffff:1", "2001:db8:0:1::7"].map(of);
        assert_eq!(one, other);
        assert_ne!(one[0], far[0]);
        assert_eq!(one[1], far[1], "a rented /48 is slowed down as one");
    }

    #[test]
    fn a_browser_that_is_known_waits_for_nobody_else() {
        let ana = Email::read("ana@loja.com").unwrap();
        let bia = Email::read("bia@loja.com").unwrap();
        let device = Known::Device("d1".into());
        let here = client("203.0.113.7");
        let known = Key::account(&ana, &device, here);
        assert_eq!(lanes(&known), [Lane::AccountDevice]);
        assert_eq!(known, Key::account(&ana, &device, client("198.51.100.4")));
        assert_ne!(known, Key::account(&bia, &device, here));
        let stranger = Key::account(&ana, &Known::Not, here);
        assert_eq!(lanes(&stranger), [Lane::AccountHere, Lane::AccountStrangers, Lane::From]);
        let regular = Key::account(&ana, &Known::Network, here);
        assert_eq!(lanes(&regular), [Lane::AccountHere, Lane::From]);
        assert_ne!(Key::proof(UserId(1), "one"), Key::proof(UserId(1), "other"));
    }

    #[test]
    fn a_key_is_small_whatever_it_is_about() {
        assert_eq!(size_of::<Key>(), 17);
    }
}
