//! A bounded map whose entries expire.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Values that are kept for a time, at most a fixed number of them.
#[derive(Debug)]
pub(super) struct Expiring<K, V> {
    /// Each value with the instant at which it expires.
    entries: Mutex<HashMap<K, (Instant, V)>>,
    most: usize,
}

impl<K: Clone + Eq + Hash, V: Clone> Expiring<K, V> {
    pub(super) fn new(most: usize) -> Self {
        Self { entries: Mutex::default(), most }
    }

    /// Returns the value of a key, unless it has expired.
    pub(super) fn get(&self, key: &K, now: Instant) -> Option<V> {
        let entries = self.entries();
        let (expires, value) = entries.get(key)?;
        (*expires > now).then(|| value.clone())
    }

    /// Keeps a value for `lasts`. If there are too many, what has expired is removed, or else the one
    /// that would expire next.
    pub(super) fn put(&self, key: K, value: V, lasts: Duration, now: Instant) {
        let mut entries = self.entries();
        if entries.len() >= self.most && !entries.contains_key(&key) {
            entries.retain(|_, (expires, _)| *expires > now);
        }
        if entries.len() >= self.most && !entries.contains_key(&key) {
            let next = entries.iter().min_by_key(|(_, (expires, _))| *expires);
            if let Some(next) = next.map(|(key, _)| key.clone()) {
                entries.remove(&next);
            }
        }
        entries.insert(key, (now + lasts, value));
    }

    pub(super) fn remove(&self, key: &K) {
        self.entries().remove(key);
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<K, (Instant, V)>> {
        // A panic while the lock was held leaves the map consistent: every change to it is one call.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_value_is_kept_for_its_time() {
        let (kept, now) = (Expiring::new(9), Instant::now());
        kept.put("a", 1, MINUTE, now);
        assert_eq!(kept.get(&"a", now), Some(1));
        assert_eq!(kept.get(&"a", now + MINUTE), None);
        kept.put("a", 2, MINUTE, now);
        assert_eq!(kept.get(&"a", now), Some(2));
        kept.remove(&"a");
        assert_eq!(kept.get(&"a", now), None);
    }

    #[test]
    fn no_more_than_the_most_are_kept_and_the_oldest_goes_first() {
        let (kept, now) = (Expiring::new(2), Instant::now());
        kept.put("a", 1, 2 * MINUTE, now);
        kept.put("b", 2, MINUTE, now);
        kept.put("c", 3, 3 * MINUTE, now);
        let all = |now| ["a", "b", "c", "d"].map(|key| kept.get(&key, now).is_some());
        assert_eq!(all(now), [true, false, true, false]);
        let later = now + 2 * MINUTE;
        kept.put("d", 4, MINUTE, later);
        assert_eq!(all(later), [false, false, true, true], "what had expired went");
        assert_eq!(kept.entries().len(), 2);
    }
}
