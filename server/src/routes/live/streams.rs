//! Counts open streams per user and in total.
//!
//! A browser has one stream, or one per visible tab if tabs cannot share a worker, so ordinary use
//! stays far below the limits. Beyond the limit of a user their oldest stream ends, not the newest:
//! after a silent network failure the oldest ones are dead, and the returning browser is admitted.
//! The browser of the ended stream reconnects later ([`RETRY_WHEN_FULL`]), so that live
//! streams do not displace each other quickly.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::UserId;
use tokio_util::sync::CancellationToken;

/// Most streams of one user.
pub(super) const OF_USER: usize = 64;
/// Most streams of the process.
pub(super) const OF_ALL: usize = 2_048;

/// Reconnection time of a browser whose stream exceeds the limits. An event sets it (`retry:`):
/// after a refusal by status the browser would give up the stream and reload the page at once.
pub(super) const RETRY_WHEN_FULL: Duration = Duration::from_secs(30);

/// The open streams of a server. Clones share the same state.
#[derive(Clone, Default)]
pub(crate) struct Streams(Arc<Mutex<Opened>>);

#[derive(Default)]
struct Opened {
    last: u64,
    /// Streams by number, the oldest first.
    of: HashMap<UserId, BTreeMap<u64, CancellationToken>>,
    all: usize,
}

/// A stream, counted until this is dropped.
pub(super) struct Open {
    streams: Streams,
    user: UserId,
    number: u64,
    /// Cancelled when the stream has to end.
    pub(super) ended: CancellationToken,
}

impl Streams {
    /// Counts a new stream of this user, and ends their oldest if they have too many; `None` if the
    /// process has too many.
    pub(super) fn open(&self, user: UserId) -> Option<Open> {
        let mut opened = self.opened();
        let is_full = opened.all >= OF_ALL;
        let theirs = opened.of.entry(user).or_default();
        if theirs.len() >= OF_USER || (is_full && !theirs.is_empty()) {
            refuse("live-streams-of-user");
            // A stream is counted until it has ended, and so is its queue; it is cancelled once.
            if let Some(oldest) = theirs.values().find(|ended| !ended.is_cancelled()) {
                oldest.cancel();
            }
        } else if is_full {
            opened.of.remove(&user);
            refuse("live-streams");
            return None;
        }
        let ended = CancellationToken::new();
        opened.last += 1;
        let number = opened.last;
        opened.of.entry(user).or_default().insert(number, ended.clone());
        opened.all += 1;
        metrics::gauge!("inbox_live_streams").increment(1.0);
        Some(Open { streams: self.clone(), user, number, ended })
    }

    fn opened(&self) -> MutexGuard<'_, Opened> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refuse(what: &'static str) {
    metrics::counter!("inbox_refused", "what" => what).increment(1);
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut opened = self.streams.opened();
        opened.all -= 1;
        if let Some(theirs) = opened.of.get_mut(&self.user) {
            theirs.remove(&self.number);
            if theirs.is_empty() {
                opened.of.remove(&self.user);
            }
        }
        metrics::gauge!("inbox_live_streams").decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn many(streams: &Streams, user: i64, count: usize) -> Vec<Open> {
        (0..count).map(|_| streams.open(UserId(user)).expect("room")).collect()
    }

    #[test]
    fn beyond_the_limit_of_a_user_their_oldest_ends() {
        let streams = Streams::default();
        let others = many(&streams, 2, OF_USER);
        let theirs = many(&streams, 1, OF_USER + 2);
        let ended = |open: &Open| open.ended.is_cancelled();
        assert!(theirs[..2].iter().all(ended) && !theirs[2..].iter().any(ended));
        assert!(!others.iter().any(ended), "nobody else's");
        drop(theirs);
        drop(others);
        let opened = streams.opened();
        assert_eq!((opened.all, opened.of.len()), (0, 0));
    }

    #[test]
    fn beyond_the_limit_of_all_those_who_have_none_wait() {
        let streams = Streams::default();
        let users = i64::try_from(OF_ALL / OF_USER).expect("few");
        let mut all: Vec<_> = (0..users).flat_map(|user| many(&streams, user, OF_USER)).collect();
        assert!(streams.open(UserId(users)).is_none());
        assert!(streams.open(UserId(0)).is_some(), "in place of one of their own");
        all.pop();
        assert!(streams.open(UserId(users)).is_some());
    }
}
