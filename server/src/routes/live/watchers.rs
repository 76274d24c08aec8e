//! The watchers of all users with open streams, and the events that they share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::UserId;
use store::Committed;
use tokio::sync::{mpsc, oneshot};

use super::channel::Channel;
use super::shared_event::{RecentEvents, SharedEvent};
use super::stream_ended::StreamEnded;

/// Streams that may wait for their channels at once.
const JOINS: usize = 16;

/// A stream that asks for a channel.
pub(super) type Join = oneshot::Sender<Channel>;

/// The watchers of a server. Clones share the same state.
#[derive(Clone, Default)]
pub(crate) struct Watchers(Arc<Mutex<Watched>>);

#[derive(Default)]
struct Watched {
    last: u64,
    /// The watcher of each user, with its number.
    of: HashMap<UserId, (u64, mpsc::WeakSender<Join>)>,
    recent: RecentEvents,
}

/// The share of one stream in its user's watcher, which ends when the last one is dropped.
pub(super) struct Membership(mpsc::Sender<Join>);

/// The entry of a watcher. Its task drops it when it ends, with an error or without.
pub(super) struct Registered {
    watchers: Watchers,
    user: UserId,
    number: u64,
}

impl Watchers {
    /// Returns a share in the watcher of a user. Unless another stream has one, `start` has to spawn
    /// the watcher; it ends when it receives no more joins.
    pub(super) fn of(
        &self,
        user: UserId,
        start: impl FnOnce(Registered, mpsc::Receiver<Join>),
    ) -> Membership {
        let mut watched = self.watched();
        let running = watched.of.get(&user).and_then(|(_, watcher)| watcher.upgrade());
        if let Some(watcher) = running.filter(|watcher| !watcher.is_closed()) {
            return Membership(watcher);
        }
        let (sender, joins) = mpsc::channel(JOINS);
        watched.last += 1;
        let number = watched.last;
        watched.of.insert(user, (number, sender.downgrade()));
        metrics::gauge!("inbox_live_users").increment(1.0);
        // A watcher that cannot be spawned drops its entry, which takes the lock.
        drop(watched);
        start(Registered { watchers: self.clone(), user, number }, joins);
        Membership(sender)
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Membership {
    /// Returns a channel that has everything from now on.
    pub(super) async fn join(&self) -> Result<Channel, StreamEnded> {
        let (join, channel) = oneshot::channel();
        self.0.send(join).await.map_err(|_| StreamEnded)?;
        channel.await.map_err(|_| StreamEnded)
    }
}

impl Registered {
    pub(super) fn user(&self) -> UserId {
        self.user
    }

    /// Returns a committed event in the form that all users share.
    pub(super) fn shared(&self, committed: &Committed) -> Arc<SharedEvent> {
        self.watchers.watched().recent.get(committed)
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let mut watched = self.watchers.watched();
        // A new stream may have started another watcher already.
        if watched.of.get(&self.user).is_some_and(|(number, _)| *number == self.number) {
            watched.of.remove(&self.user);
        }
        if watched.of.is_empty() {
            watched.recent = RecentEvents::default();
        }
        metrics::gauge!("inbox_live_users").decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use model::{ChatId, ConnectionId, LiveEvent};

    use super::*;

    fn unexpected(_: Registered, _: mpsc::Receiver<Join>) {
        panic!("the watcher runs already");
    }

    /// Returns the first share in the watcher of a user, and what the watcher holds.
    fn first(watchers: &Watchers, user: i64) -> (Membership, Registered, mpsc::Receiver<Join>) {
        let mut held = None;
        let membership = watchers.of(UserId(user), |registered, joins| {
            held = Some((registered, joins));
        });
        let (registered, joins) = held.expect("a new watcher");
        (membership, registered, joins)
    }

    #[tokio::test]
    async fn the_streams_of_a_user_share_a_watcher_that_ends_with_the_last() {
        let watchers = Watchers::default();
        let (one, registered, mut joins) = first(&watchers, 1);
        let two = watchers.of(UserId(1), unexpected);
        let (_other, registered_other, _joins) = first(&watchers, 2);
        drop(one);
        assert!(joins.try_recv().is_err_and(|error| error == mpsc::error::TryRecvError::Empty));
        drop(two);
        assert!(joins.recv().await.is_none(), "the watcher has to end");

        // A stream that opens before the watcher has ended gets another.
        let (late, registered_late, _joins) = first(&watchers, 1);
        drop(registered);
        drop(watchers.of(UserId(1), unexpected));
        drop((late, registered_late));

        let event = Arc::new(LiveEvent::Resync);
        let (connection, chat) = (ConnectionId(1), ChatId(1));
        let shared = registered_other.shared(&Committed { seq: 1, connection, chat, event });
        assert_eq!(Arc::strong_count(&shared), 2);
        drop(registered_other);
        assert_eq!(Arc::strong_count(&shared), 1, "nothing is kept when nobody has a stream");
        assert!(watchers.watched().of.is_empty());
    }

    #[tokio::test]
    async fn a_watcher_that_has_failed_is_replaced() {
        let watchers = Watchers::default();
        let (one, registered, joins) = first(&watchers, 1);
        drop(joins);
        assert!(one.join().await.is_err());
        let (_two, _registered, _joins) = first(&watchers, 1);
        drop(registered);
        watchers.of(UserId(1), unexpected);
    }
}
