//! Limits guesses of a password or a code: a few are allowed at once, then each waits for a delay
//! that doubles. A try is counted before its outcome is known, so that many tries at once gain
//! nothing.
//!
//! Tries are counted per [`key`], so that nobody waits because of strangers elsewhere.

pub(crate) mod key;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use key::Key;

use crate::Error;
use crate::refusals::refused;

/// A key without a try for this long is forgotten.
const FORGOTTEN: Duration = Duration::from_secs(3600);
/// The time between two sweeps of forgotten keys.
const SWEEP: Duration = Duration::from_secs(60);
/// Keys remembered at once, some 8 MB. Beyond that, keys that still have free tries are forgotten
/// early, those without a try for longest first, and then the delayed ones in the same order.
const MOST: usize = 100_000;

#[derive(Debug)]
struct Tries {
    count: u32,
    last: Instant,
    /// No try is accepted before this instant.
    next: Instant,
}

#[derive(Debug, Default)]
struct Counts {
    tries: HashMap<Key, Tries>,
    swept: Option<Instant>,
}

/// Counts tries, and refuses those that come too early.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<Counts>);

impl Throttle {
    /// Counts one try under all these keys. A try that comes too early is not counted.
    ///
    /// # Errors
    /// [`Error::TooMany`], with the time to wait.
    pub(crate) fn count(&self, keys: &[Key]) -> Result<(), Error> {
        match self.count_at(keys, Instant::now()) {
            Duration::ZERO => Ok(()),
            wait => {
                let what = keys.first().map_or("login", |key| key.limit.refusal());
                refused(what);
                Err(Error::TooMany { seconds: wait.as_secs() + 1 })
            }
        }
    }

    /// Checks a proof of identity, whose try is counted before its outcome is known. If it fails for
    /// another reason than a wrong password or code, it revealed nothing and the try is taken back.
    ///
    /// # Errors
    /// [`Error::TooMany`], before the proof is checked; those of the proof.
    pub(crate) async fn check<T>(
        &self,
        keys: &[Key],
        proof: impl Future<Output = Result<T, store::Error>>,
    ) -> Result<T, Error> {
        self.count(keys)?;
        let outcome = proof.await;
        match &outcome {
            Ok(_) => self.proved(keys),
            Err(store::Error::WrongPassword | store::Error::WrongCode) => {}
            Err(_) => self.take_back(keys),
        }
        Ok(outcome?)
    }

    /// Forgets the tries of a person who has proved their identity. Under a shared key only this
    /// try is forgotten: its person may have one right password and be guessing others.
    fn proved(&self, keys: &[Key]) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            if key.limit.is_shared() {
                counts.take_back(key);
            } else {
                counts.tries.remove(key);
            }
        }
    }

    /// Takes back a try that was never checked.
    pub(crate) fn take_back(&self, keys: &[Key]) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            counts.take_back(key);
        }
    }

    /// The time that the try has to wait; zero if it was counted.
    fn count_at(&self, keys: &[Key], now: Instant) -> Duration {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.sweep(now);
        // Another thread may have counted a try later than this one's `now`: that alone is no
        // delay.
        let slowed = |key: &Key| {
            let tries = counts.tries.get(key)?;
            (tries.count >= key.limit.free()).then(|| tries.next.saturating_duration_since(now))
        };
        let wait = keys.iter().filter_map(slowed).max();
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            return wait;
        }
        for key in keys {
            let tries =
                counts.tries.entry(*key).or_insert(Tries { count: 0, last: now, next: now });
            if now.saturating_duration_since(tries.last) > FORGOTTEN {
                tries.count = 0;
            }
            tries.count = tries.count.saturating_add(1);
            tries.last = now;
            tries.next = now + key.limit.delay(tries.count);
        }
        Duration::ZERO
    }
}

impl Counts {
    fn take_back(&mut self, key: &Key) {
        let Some(tries) = self.tries.get_mut(key) else { return };
        tries.count = tries.count.saturating_sub(1);
        tries.next = tries.last + key.limit.delay(tries.count);
        if tries.count == 0 {
            self.tries.remove(key);
        }
    }

    /// Forgets old keys, and makes room when full.
    fn sweep(&mut self, now: Instant) {
        let is_due = |swept| now.saturating_duration_since(swept) >= SWEEP;
        if self.swept.is_none_or(is_due) {
            self.swept = Some(now);
            let is_kept = |tries: &Tries| now.saturating_duration_since(tries.last) <= FORGOTTEN;
            self.tries.retain(|_, tries| is_kept(tries));
            if self.tries.capacity() > 4 * self.tries.len() {
                self.tries.shrink_to(2 * self.tries.len());
            }
        }
        if self.tries.len() < MOST {
            return;
        }
        // An attacker who floods this with new keys has one try in each, so the delayed keys
        // outlast them.
        let room = MOST / 10;
        self.forget_oldest(room, |key, tries| tries.count < key.limit.free());
        let missing = (self.tries.len() + room).saturating_sub(MOST);
        self.forget_oldest(missing, |_, _| true);
    }

    /// Forgets up to `count` keys of a kind: those without a try for longest.
    fn forget_oldest(&mut self, count: usize, is_of_kind: impl Fn(&Key, &Tries) -> bool) {
        let of_kind = self.tries.iter().filter(|&(key, tries)| is_of_kind(key, tries));
        let mut oldest: Vec<(Instant, Key)> =
            of_kind.map(|(key, tries)| (tries.last, *key)).collect();
        if count == 0 || oldest.is_empty() {
            return;
        }
        if count < oldest.len() {
            oldest.select_nth_unstable_by_key(count - 1, |(last, _)| *last);
            oldest.truncate(count);
        }
        for (_, key) in oldest {
            self.tries.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::key::Limit;
    use super::*;
    use crate::Client;

    fn key(limit: Limit, of: &str) -> Key {
        Key::new(limit, &[of.as_bytes()])
    }

    fn ana() -> Key {
        key(Limit::AccountHere, "ana@loja.com")
    }

    fn bia() -> Key {
        key(Limit::AccountHere, "bia@loja.com")
    }

    fn at(ip: &str) -> Key {
        Key::places(Client::At(ip.parse().unwrap())).remove(0)
    }

    #[test]
    fn nobody_waits_for_others_behind_a_proxy_that_is_not_known() {
        let [proxy, one, other]: [IpAddr; 3] =
            ["172.18.0.2", "203.0.113.7", "203.0.113.8"].map(|ip| ip.parse().unwrap());
        let (throttle, now) = (Throttle::default(), Instant::now());
        let [one_there, other_there] =
            [one, other].map(|ip| Key::places(Client::Behind(proxy, Some(ip))).remove(0));
        while throttle.count_at(std::slice::from_ref(&one_there), now).is_zero() {}
        assert!(throttle.count_at(&[other_there], now).is_zero());
        assert!(throttle.count_at(&[Key::places(Client::At(one)).remove(0)], now).is_zero());
        assert_eq!(Key::places(Client::Proxy(proxy)), []);
        // No header evades every limit: clients that come through it are counted, far more
        // generously.
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
            let wait = throttle.count_at(&[ana()], now);
            assert_eq!(wait, Duration::from_secs(seconds));
            assert_eq!(throttle.count_at(&[ana()], now), wait, "impatience costs nothing");
            assert_eq!(throttle.count_at(&[bia()], now), Duration::ZERO);
            now += wait;
            assert_eq!(throttle.count_at(&[ana()], now), Duration::ZERO);
        }
        now += FORGOTTEN + Duration::from_secs(1);
        assert!((0..8).all(|_| throttle.count_at(&[ana()], now).is_zero()));
    }

    #[test]
    fn a_person_looks_up_few_phones_at_once_and_then_one_a_minute() {
        let (throttle, mut now) = (Throttle::default(), Instant::now());
        let [ana, bia] = ["1", "2"].map(|user| key(Limit::Lookup, user));
        let free = (0..).take_while(|_| throttle.count_at(&[ana], now).is_zero()).count();
        assert_eq!(free, 20);
        for _ in 0..60 {
            now += throttle.count_at(&[ana], now);
            assert!(throttle.count_at(&[ana], now).is_zero());
        }
        assert_eq!(throttle.count_at(&[ana], now), Duration::from_secs(60));
        assert!(throttle.count_at(&[bia], now).is_zero(), "nobody waits for others");
    }

    #[test]
    fn who_proves_themselves_starts_anew_but_their_address_does_not() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let here = at("203.0.113.7");
        for tries in 0..50 {
            let keys = [key(Limit::AccountHere, &format!("{tries}@loja.com")), here];
            assert!(throttle.count_at(&keys, now).is_zero());
        }
        let keys = [ana(), here];
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
        assert!(throttle.count_at(&[ana(), here], later).is_zero());
        assert!(throttle.count_at(&[bia(), here], now).is_zero());
    }

    #[test]
    fn strangers_together_wait_a_little_and_a_right_password_pardons_one_try() {
        let (throttle, mut now) = (Throttle::default(), Instant::now());
        let strangers = key(Limit::AccountStrangers, "ana@loja.com");
        let free = (0..).take_while(|_| throttle.count_at(&[strangers], now).is_zero()).count();
        assert_eq!(free, 100);
        for _ in 0..20 {
            let wait = throttle.count_at(&[strangers], now);
            assert!(wait <= Duration::from_secs(120), "{wait:?}");
            now += wait;
            assert!(throttle.count_at(&[strangers], now).is_zero());
        }
        throttle.proved(&[strangers]);
        assert_eq!(throttle.count_at(&[strangers], now), Duration::from_secs(120));
    }

    #[test]
    fn a_try_that_is_taken_back_leaves_nothing_behind() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        assert!(throttle.count_at(&[ana()], now).is_zero());
        throttle.take_back(&[ana()]);
        assert!(throttle.0.lock().unwrap().tries.is_empty());
        for _ in 0..9 {
            throttle.count_at(&[ana()], now);
        }
        // Eight were counted and the ninth was refused.
        throttle.take_back(&[ana()]);
        assert!(throttle.count_at(&[ana()], now).is_zero());
        assert!(!throttle.count_at(&[ana()], now).is_zero());
    }

    #[tokio::test]
    async fn only_a_wrong_proof_counts_and_none_is_checked_before_its_time() {
        let (throttle, keys) = (Throttle::default(), [key(Limit::Proof, "ana")]);
        let check = async |outcome: Result<(), store::Error>| {
            throttle.check(&keys, std::future::ready(outcome)).await
        };
        for _ in 0..20 {
            let failed = check(Err(store::Error::NotFound)).await;
            assert!(matches!(failed, Err(Error::Store(store::Error::NotFound))));
        }
        for _ in 0..Limit::Proof.free() {
            let wrong = check(Err(store::Error::WrongCode)).await;
            assert!(matches!(wrong, Err(Error::Store(store::Error::WrongCode))));
        }
        assert!(matches!(check(Ok(())).await, Err(Error::TooMany { .. })));
    }

    #[test]
    fn keys_are_swept_by_age_and_bounded_in_number() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let held = |throttle: &Throttle| {
            let counts = throttle.0.lock().unwrap();
            (counts.tries.len(), counts.tries.capacity())
        };
        while throttle.count_at(&[ana()], now).is_zero() {}
        for nth in 0..MOST + 10 {
            throttle.count_at(&[key(Limit::AccountHere, &nth.to_string())], now);
        }
        assert!(held(&throttle).0 <= MOST);
        assert!(!throttle.count_at(&[ana()], now).is_zero(), "who has to wait is not forgotten");
        // Nor is a key forgotten that has waited long enough to try once more.
        let due = now + Duration::from_secs(400);
        for nth in 0..MOST + 10 {
            throttle.count_at(&[key(Limit::AccountHere, &format!("d{nth}"))], due);
        }
        assert!(throttle.count_at(&[ana()], due).is_zero());
        assert!(!throttle.count_at(&[ana()], due).is_zero(), "the count is kept");
        // All of them have to wait.
        for nth in 0..MOST + 10 {
            let key = key(Limit::AccountHere, &format!("w{nth}"));
            while throttle.count_at(&[key], now).is_zero() {}
        }
        assert!(held(&throttle).0 <= MOST);
        let later = due + FORGOTTEN + SWEEP;
        throttle.count_at(&[bia()], later);
        let (keys, room) = held(&throttle);
        assert_eq!(keys, 1);
        assert!(room < 100, "memory came back: {room}");
    }
}
