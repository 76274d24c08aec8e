//! How often a password or a code may be guessed: a few times at once, then after a delay that doubles
//! with every try. Counted before the answer is known, so that many tries at once gain nothing.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use model::UserId;

use super::forwarded::Client;
use crate::ApiError;

/// The delay once the free tries are used up.
const FIRST: Duration = Duration::from_secs(5);
/// A key without a try for this long is forgotten.
const FORGOTTEN: Duration = Duration::from_secs(3600);
/// Keys remembered before those that need not wait are forgotten early.
const MOST: usize = 100_000;

/// What tries are counted by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// An e-mail address, known or not, so that the answer tells nothing about who exists.
    Account(String),
    /// The codes of a person whose password was right.
    Code(UserId),
    /// Where a try comes from: an address, of IPv6 the network that one customer gets.
    From(IpAddr),
    /// A client that claims the second address, at an untrusted proxy at the first. Never the proxy
    /// alone, or all who come through it would wait for each other; and never the second alone, or anybody
    /// could make its owner wait.
    Behind(IpAddr, IpAddr),
    /// All who come through a proxy that is not trusted, so that no header takes every limit away.
    Through(IpAddr),
}

impl Key {
    pub(super) fn account(email: &str) -> Self {
        Self::Account(email.trim().to_lowercase())
    }

    /// The places of a client. None where many may be in it: accounts are still counted.
    pub(super) fn places(client: Client) -> Vec<Self> {
        match client {
            Client::At(ip) => vec![Self::From(network(ip))],
            Client::Behind(proxy, claimed) => {
                let behind = claimed.map(|ip| Self::Behind(network(proxy), network(ip)));
                behind.into_iter().chain([Self::Through(network(proxy))]).collect()
            }
            Client::Proxy(_) => Vec::new(),
        }
    }

    /// Tries that come without waiting.
    fn free(&self) -> u32 {
        match self {
            // A person with some passwords in mind and a stuck Caps Lock.
            Self::Account(_) => 8,
            Self::Code(_) => 5,
            // An office of many people behind one address, on a Monday morning.
            Self::From(_) | Self::Behind(..) => 50,
            // Many offices behind a proxy that nobody has named.
            Self::Through(_) => 500,
        }
    }

    /// The longest delay. Anybody can make the owner of an account wait that long; six digits and
    /// 15 minutes between tries are 40 years.
    fn longest(&self) -> Duration {
        Duration::from_secs(match self {
            Self::Account(_) | Self::From(_) | Self::Behind(..) | Self::Through(_) => 5 * 60,
            Self::Code(_) => 15 * 60,
        })
    }

    /// How long the next try has to wait after so many.
    fn delay(&self, tries: u32) -> Duration {
        match tries.checked_sub(self.free()) {
            None => Duration::ZERO,
            Some(over) => FIRST.saturating_mul(2_u32.saturating_pow(over)).min(self.longest()),
        }
    }
}

/// The part of an address that one customer gets.
fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => (ip.to_bits() >> 64 << 64).to_be_bytes().into(),
    }
}

#[derive(Debug)]
struct Tries {
    count: u32,
    last: Instant,
    /// None before.
    next: Instant,
}

/// Counts tries and tells who has to wait.
#[derive(Debug, Default)]
pub(super) struct Throttle(Mutex<HashMap<Key, Tries>>);

impl Throttle {
    /// Counts one try under all these keys. One that comes too early is not counted.
    ///
    /// # Errors
    /// [`ApiError::TooMany`], with how long to wait.
    pub(super) fn count(&self, keys: &[Key]) -> Result<(), ApiError> {
        match self.count_at(keys, Instant::now()) {
            Duration::ZERO => Ok(()),
            wait => Err(ApiError::TooMany { seconds: wait.as_secs() + 1 }),
        }
    }

    /// Forgets the tries of who has proved who they are. Of an address only this one is: its owner
    /// may have one right password and be after others.
    pub(super) fn proved(&self, keys: &[Key]) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            match key {
                Key::Account(_) | Key::Code(_) => {
                    all.remove(key);
                }
                Key::From(_) | Key::Behind(..) | Key::Through(_) => {
                    if let Some(tries) = all.get_mut(key) {
                        tries.count = tries.count.saturating_sub(1);
                        tries.next = tries.last + key.delay(tries.count);
                    }
                }
            }
        }
    }

    /// How long the try has to wait; zero if it was counted.
    fn count_at(&self, keys: &[Key], now: Instant) -> Duration {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > MOST {
            all.retain(|_, tries| tries.next > now);
        }
        // Another thread may have counted a try later than this one's `now`: that alone is no delay.
        let slowed = |key: &Key| all.get(key).filter(|tries| tries.count >= key.free());
        let wait = keys
            .iter()
            .filter_map(slowed)
            .map(|tries| tries.next.saturating_duration_since(now))
            .max();
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            return wait;
        }
        for key in keys {
            let tries = all.entry(key.clone()).or_insert(Tries { count: 0, last: now, next: now });
            if now.saturating_duration_since(tries.last) > FORGOTTEN {
                tries.count = 0;
            }
            tries.count = tries.count.saturating_add(1);
            tries.last = now;
            tries.next = now + key.delay(tries.count);
        }
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> Key {
        Key::account("ana@loja.com")
    }

    fn at(ip: &str) -> Key {
        Key::places(Client::At(ip.parse().unwrap())).remove(0)
    }

    #[test]
    fn nobody_waits_for_others_behind_a_proxy_that_is_not_known() {
        let [proxy, one, other] =
            ["172.18.0.2", "203.0.113.7", "203.0.113.8"].map(|ip| ip.parse().unwrap());
        let (throttle, now) = (Throttle::default(), Instant::now());
        let [one_there, other_there] =
            [one, other].map(|ip| Key::places(Client::Behind(proxy, Some(ip))).remove(0));
        while throttle.count_at(std::slice::from_ref(&one_there), now).is_zero() {}
        assert!(throttle.count_at(&[other_there], now).is_zero());
        assert!(throttle.count_at(&[Key::places(Client::At(one)).remove(0)], now).is_zero());
        assert_eq!(Key::places(Client::Proxy(proxy)), []);
        // No header takes every limit away: who comes through it is counted, far more generously.
        let through = Key::places(Client::Behind(proxy, None));
        let free = (0..).take_while(|_| throttle.count_at(&through, now).is_zero()).count();
        assert_eq!(free, 500);
    }

    #[test]
    fn after_the_free_tries_the_delay_doubles_up_to_a_limit_and_others_go_on() {
        let (throttle, mut now) = (Throttle::default(), Instant::now());
        for _ in 0..8 {
            assert_eq!(throttle.count_at(&[ana()], now), Duration::ZERO);
        }
        for seconds in [5, 10, 20, 40, 80, 160, 300, 300] {
            let wait = throttle.count_at(&[Key::account(" Ana@Loja.com")], now);
            assert_eq!(wait, Duration::from_secs(seconds));
            assert_eq!(throttle.count_at(&[ana()], now), wait, "impatience costs nothing");
            assert_eq!(throttle.count_at(&[Key::account("bia@loja.com")], now), Duration::ZERO);
            now += wait;
            assert_eq!(throttle.count_at(&[ana()], now), Duration::ZERO);
        }
        now += FORGOTTEN + Duration::from_secs(1);
        assert!((0..8).all(|_| throttle.count_at(&[ana()], now).is_zero()));
    }

    #[test]
    fn who_proves_themselves_starts_anew_but_their_address_does_not() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let here = at("203.0.113.7");
        for tries in 0..50 {
            let keys = [Key::account(&format!("{tries}@loja.com")), here.clone()];
            assert!(throttle.count_at(&keys, now).is_zero());
        }
        let keys = [ana(), here.clone()];
        assert!(!throttle.count_at(&keys, now).is_zero(), "whoever it is");
        throttle.proved(&[here]);
        assert!(throttle.count_at(&keys, now).is_zero());
        assert!(!throttle.count_at(&keys, now).is_zero());
        throttle.proved(&[ana()]);
        assert!((0..8).all(|_| throttle.count_at(&[ana()], now).is_zero()));
    }

    #[test]
    fn two_at_once_need_not_wait_for_each_other() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let here = at("203.0.113.7");
        let later = now + Duration::from_millis(1);
        assert!(throttle.count_at(&[ana(), here.clone()], later).is_zero());
        assert!(throttle.count_at(&[Key::account("bia@loja.com"), here], now).is_zero());
    }

    #[test]
    fn one_customers_network_is_one_place() {
        let [one, other, far] = ["2001:db8::7", "2001:db8::ffff:1", "2001:db8:0:1::7"].map(at);
        assert_eq!(one, other);
        assert_ne!(one, far);
    }
}
