//! The keys under which tries are counted.
//!
//! Anybody can guess at any account. So an account does not have one counter for all: a try waits
//! for those made at the same account from the same place; a browser that has logged in before has
//! a counter of its own, and so has every login that asks for a proof. Only strangers, who are
//! known neither by browser nor by network, also wait for each other, a little.

use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::Duration;

use model::UserId;
use sha2::{Digest as _, Sha256};
use store::{Email, LoginOrigin};

use crate::client::{Client, network};

/// A kind of key, with its own limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum Limit {
    /// Passwords for an account, from one place.
    AccountHere,
    /// Passwords for an account, from a browser that it knows.
    AccountDevice,
    /// Passwords for an account, from all strangers together.
    AccountStrangers,
    /// Codes of a person whose password was right, split in the same three ways.
    CodeHere,
    CodeDevice,
    CodeStrangers,
    /// Passwords and codes as a proof, in one login.
    Proof,
    /// An address; for IPv6 the network that one customer gets.
    Address,
    /// The larger network of IPv6 that many customers share and that one may rent.
    WideNetwork,
    /// A client that claims the second address, at an untrusted proxy at the first. The key is
    /// never the proxy alone, or all clients behind it would wait for each other; and never the
    /// second address alone, or anybody could make its owner wait.
    ClaimedAddress,
    /// All clients behind an untrusted proxy together, so that no header evades every limit.
    UntrustedProxy,
    /// Pairing codes that a person requests, and those for one phone.
    PairingUser,
    PairingPhone,
    /// Phones whose WhatsApp accounts a person looks up.
    Lookup,
}

impl Limit {
    /// Tries without a delay.
    pub(crate) fn free(self) -> u32 {
        match self {
            // This allows for a person with some passwords in mind and a stuck Caps Lock.
            Self::AccountHere | Self::AccountDevice | Self::Proof => 8,
            Self::CodeHere | Self::CodeDevice => 5,
            Self::AccountStrangers => 100,
            Self::CodeStrangers => 20,
            // This allows for an office of many people behind one address, on a Monday morning.
            Self::Address | Self::ClaimedAddress => 50,
            // This allows for many offices.
            Self::WideNetwork | Self::UntrustedProxy => 500,
            Self::PairingUser => 12,
            Self::PairingPhone => 6,
            // This allows for a list of customers to write to; a scan of numbers takes years.
            Self::Lookup => 20,
        }
    }

    /// The delay once the free tries are used up.
    fn first(self) -> Duration {
        Duration::from_secs(match self {
            // Each pairing code rings at a phone.
            Self::PairingUser | Self::PairingPhone => 10 * 60,
            _ => 5,
        })
    }

    /// The longest delay.
    fn longest(self) -> Duration {
        Duration::from_secs(match self {
            // A stranger may be the account's own user.
            Self::AccountStrangers => 2 * 60,
            // Guessing six digits with 15 minutes between tries takes 40 years.
            Self::CodeHere | Self::CodeDevice | Self::CodeStrangers => 15 * 60,
            Self::PairingUser | Self::PairingPhone => 60 * 60,
            Self::Lookup => 60,
            _ => 5 * 60,
        })
    }

    /// The time that the next try has to wait after so many.
    pub(crate) fn delay(self, tries: u32) -> Duration {
        match tries.checked_sub(self.free()) {
            None => Duration::ZERO,
            Some(over) => {
                self.first().saturating_mul(2_u32.saturating_pow(over)).min(self.longest())
            }
        }
    }

    /// Returns true if tries of different people are counted here.
    pub(crate) fn is_shared(self) -> bool {
        match self {
            Self::AccountHere
            | Self::AccountDevice
            | Self::CodeHere
            | Self::CodeDevice
            | Self::Proof
            | Self::Lookup => false,
            Self::AccountStrangers
            | Self::CodeStrangers
            | Self::Address
            | Self::WideNetwork
            | Self::ClaimedAddress
            | Self::UntrustedProxy
            | Self::PairingUser
            | Self::PairingPhone => true,
        }
    }

    /// The name under which a refusal is counted.
    pub(crate) fn refusal(self) -> &'static str {
        match self {
            Self::CodeHere | Self::CodeDevice | Self::CodeStrangers => "login-code",
            Self::Proof => "proof",
            Self::PairingUser | Self::PairingPhone => "pairing-code",
            Self::Lookup => "phone-lookup",
            _ => "login",
        }
    }
}

/// One counter. It holds only a digest of its subject, made with a secret of this process: all keys
/// are of one size, and nobody can search for two subjects with the same counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) limit: Limit,
    of: [u8; 16],
}

static SECRET: LazyLock<[u8; 32]> = LazyLock::new(|| {
    let mut secret = [0; 32];
    // Without randomness keys work as well, except that they can be computed.
    getrandom::fill(&mut secret).ok();
    secret
});

impl Key {
    pub(crate) fn new(limit: Limit, parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new_with_prefix(*SECRET);
        digest.update([limit as u8]);
        for part in parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        let digest = digest.finalize();
        let mut of = [0; 16];
        of.copy_from_slice(&digest[..16]);
        Self { limit, of }
    }

    /// The keys of a password for an account, whether it exists or not, so that the answer does not
    /// reveal which accounts exist.
    pub(crate) fn account(
        email: &Email,
        origin: &LoginOrigin,
        client: Option<Client>,
    ) -> Vec<Self> {
        let limits = [Limit::AccountHere, Limit::AccountDevice, Limit::AccountStrangers];
        keys_of(limits, email.as_str().as_bytes(), origin, client)
    }

    /// The keys of a code of a person whose password was right.
    pub(crate) fn code(user: UserId, origin: &LoginOrigin, client: Option<Client>) -> Vec<Self> {
        let limits = [Limit::CodeHere, Limit::CodeDevice, Limit::CodeStrangers];
        keys_of(limits, &user.0.to_be_bytes(), origin, client)
    }

    /// The key of a proof that a login asks of its user. Neither strangers nor another login, which
    /// may be a thief's, make it wait.
    pub(crate) fn proof(user: UserId, session: &str) -> Self {
        Self::new(Limit::Proof, &[&user.0.to_be_bytes(), session.as_bytes()])
    }

    /// The keys of a pairing code for a phone, requested by a person.
    pub(crate) fn pairing(user: UserId, phone: &str) -> [Self; 2] {
        [
            Self::new(Limit::PairingUser, &[&user.0.to_be_bytes()]),
            Self::new(Limit::PairingPhone, &[phone.as_bytes()]),
        ]
    }

    /// The key of a phone whose account a person looks up.
    pub(crate) fn lookup(user: UserId) -> Self {
        Self::new(Limit::Lookup, &[&user.0.to_be_bytes()])
    }

    /// The keys of a client's place. There are none if it may hold many people: accounts are still
    /// counted.
    pub(crate) fn places(client: Client) -> Vec<Self> {
        let of = |limit, ips: &[IpAddr]| {
            let texts: Vec<String> = ips.iter().map(IpAddr::to_string).collect();
            let parts: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
            Self::new(limit, &parts)
        };
        match client {
            Client::At(ip) => {
                let around = wide_network(ip).map(|around| of(Limit::WideNetwork, &[around]));
                [of(Limit::Address, &[network(ip)])].into_iter().chain(around).collect()
            }
            Client::Behind(proxy, claimed) => {
                let behind =
                    claimed.map(|ip| of(Limit::ClaimedAddress, &[network(proxy), network(ip)]));
                behind.into_iter().chain([of(Limit::UntrustedProxy, &[network(proxy)])]).collect()
            }
            Client::Proxy(_) => Vec::new(),
        }
    }
}

/// Returns the keys of a try. A known browser has one of its own. Any other try counts at its place
/// and, if its network is not known either, among all strangers.
fn keys_of(
    [here, device, strangers]: [Limit; 3],
    of: &[u8],
    origin: &LoginOrigin,
    client: Option<Client>,
) -> Vec<Key> {
    if let LoginOrigin::KnownDevice(token) = origin {
        return vec![Key::new(device, &[of, token.as_bytes()])];
    }
    let place = match client {
        Some(Client::At(ip)) => format!("{}", network(ip)),
        Some(Client::Behind(proxy, claimed)) => {
            format!("{} {:?}", network(proxy), claimed.map(network))
        }
        // These clients cannot be told apart.
        Some(Client::Proxy(_)) | None => String::new(),
    };
    let mut keys = vec![Key::new(here, &[of, place.as_bytes()])];
    if *origin == LoginOrigin::Unknown {
        keys.push(Key::new(strangers, &[of]));
    }
    keys.extend(client.map(Key::places).unwrap_or_default());
    keys
}

/// The surrounding network, for IPv6 a /48.
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

    fn limits(keys: &[Key]) -> Vec<Limit> {
        keys.iter().map(|key| key.limit).collect()
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
        let device = LoginOrigin::KnownDevice("d1".into());
        let here = client("203.0.113.7");
        let known = Key::account(&ana, &device, here);
        assert_eq!(limits(&known), [Limit::AccountDevice]);
        assert_eq!(known, Key::account(&ana, &device, client("198.51.100.4")));
        assert_ne!(known, Key::account(&bia, &device, here));
        let stranger = Key::account(&ana, &LoginOrigin::Unknown, here);
        assert_eq!(
            limits(&stranger),
            [Limit::AccountHere, Limit::AccountStrangers, Limit::Address]
        );
        let regular = Key::account(&ana, &LoginOrigin::KnownNetwork, here);
        assert_eq!(limits(&regular), [Limit::AccountHere, Limit::Address]);
        assert_ne!(Key::proof(UserId(1), "one"), Key::proof(UserId(1), "other"));
    }

    #[test]
    fn a_key_is_small_whatever_it_is_about() {
        assert_eq!(size_of::<Key>(), 17);
    }
}
