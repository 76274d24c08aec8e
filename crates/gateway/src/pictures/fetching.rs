//! Limits how many pictures are fetched at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::ConnectionId;
use store::PictureOf;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Pictures that a number fetches at once, and those of all numbers.
const AT_ONCE: usize = 2;
const AT_ONCE_OF_ALL: usize = 6;
/// Pictures of a number that wait. A page shows fewer, and asks again for those that were left out.
const WAITING: usize = 200;
/// Time without a request after one that failed.
const REST: Duration = Duration::from_secs(30);

/// The pictures of all numbers that are being fetched. Clones share them.
#[derive(Clone)]
pub(super) struct Fetching {
    numbers: Arc<Mutex<HashMap<ConnectionId, Number>>>,
    of_all: Arc<Semaphore>,
}

impl Default for Fetching {
    fn default() -> Self {
        Self { numbers: Arc::default(), of_all: Arc::new(Semaphore::new(AT_ONCE_OF_ALL)) }
    }
}

/// The pictures of one number.
struct Number {
    permits: Arc<Semaphore>,
    /// One large picture at a time, beside the others: a user waits for it.
    large: Arc<Semaphore>,
    /// True for those of which WhatsApp reported another one meanwhile.
    under_way: HashMap<PictureOf, bool>,
    rests_until: Option<Instant>,
    was_swept: bool,
}

impl Default for Number {
    fn default() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            large: Arc::new(Semaphore::new(1)),
            under_way: HashMap::new(),
            rests_until: None,
            was_swept: false,
        }
    }
}

impl Number {
    fn rests(&self) -> bool {
        self.rests_until.is_some_and(|until| Instant::now() < until)
    }
}

/// The permission to fetch one picture: of its number, and of all numbers.
type Permits = (OwnedSemaphorePermit, OwnedSemaphorePermit);

/// The turn of one picture. It is under way until this is dropped.
pub(super) struct Turn {
    fetching: Fetching,
    connection: ConnectionId,
    of: PictureOf,
}

impl Fetching {
    /// Returns the turn of a picture; `None` if it is under way already or is not to be fetched now.
    pub(super) fn begin(&self, connection: ConnectionId, of: PictureOf) -> Option<Turn> {
        let mut numbers = self.lock();
        let number = numbers.entry(connection).or_default();
        let is_under_way = number.under_way.contains_key(&of);
        if number.rests() || is_under_way || number.under_way.len() >= WAITING {
            return None;
        }
        number.under_way.insert(of, false);
        drop(numbers);
        Some(Turn { fetching: self.clone(), connection, of })
    }

    /// Has a picture that is under way fetched again after that: WhatsApp has another one.
    pub(super) fn changed(&self, connection: ConnectionId, of: PictureOf) {
        let mut numbers = self.lock();
        let number = numbers.get_mut(&connection);
        if let Some(again) = number.and_then(|number| number.under_way.get_mut(&of)) {
            *again = true;
        }
    }

    /// Waits until a large picture may be fetched, as [`Turn::wait`] does.
    pub(super) async fn wait_for_large(&self, connection: ConnectionId) -> Option<Permits> {
        let permits = Arc::clone(&self.lock().entry(connection).or_default().large);
        self.acquire(connection, permits).await
    }

    /// Returns true for the first call for a number.
    pub(super) fn is_first(&self, connection: ConnectionId) -> bool {
        let mut numbers = self.lock();
        !std::mem::replace(&mut numbers.entry(connection).or_default().was_swept, true)
    }

    async fn acquire(&self, connection: ConnectionId, permits: Arc<Semaphore>) -> Option<Permits> {
        let of_number = permits.acquire_owned().await.ok()?;
        let of_all = Arc::clone(&self.of_all).acquire_owned().await.ok()?;
        let may = self.lock().get(&connection).is_some_and(|number| !number.rests());
        may.then_some((of_number, of_all))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConnectionId, Number>> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Waits until the picture may be fetched. The permits are held until they are dropped. `None` if the
    /// number rests by then.
    pub(super) async fn wait(&self) -> Option<Permits> {
        let permits = Arc::clone(&self.fetching.lock().get(&self.connection)?.permits);
        self.fetching.acquire(self.connection, permits).await
    }

    /// Returns true if WhatsApp has reported another picture since the last call.
    pub(super) fn is_asked_again(&self) -> bool {
        let mut numbers = self.fetching.lock();
        let number = numbers.get_mut(&self.connection);
        let again = number.and_then(|number| number.under_way.get_mut(&self.of));
        again.is_some_and(std::mem::take)
    }

    /// Has the number rest.
    pub(super) fn rest(&self) {
        if let Some(number) = self.fetching.lock().get_mut(&self.connection) {
            number.rests_until = Some(Instant::now() + REST);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(number) = self.fetching.lock().get_mut(&self.connection) {
            number.under_way.remove(&self.of);
        }
    }
}

#[cfg(test)]
mod tests {
    use model::ContactId;

    use super::*;

    const NUMBER: ConnectionId = ConnectionId(1);

    fn of(contact: usize) -> PictureOf {
        PictureOf::Person(ContactId(i64::try_from(contact).unwrap()))
    }

    #[tokio::test]
    async fn a_picture_is_fetched_once_at_a_time_and_a_number_rests_after_a_failure() {
        let fetching = Fetching::default();
        let turn = fetching.begin(NUMBER, of(1)).unwrap();
        assert!(fetching.begin(NUMBER, of(1)).is_none());
        assert!(fetching.wait_for_large(NUMBER).await.is_some(), "the large one is another");
        assert!(fetching.begin(ConnectionId(2), of(1)).is_some());
        let waiting = fetching.begin(NUMBER, of(2)).unwrap();
        fetching.changed(NUMBER, of(1));
        fetching.changed(NUMBER, of(7));
        assert!(turn.is_asked_again() && !turn.is_asked_again());
        drop(turn);
        let turn = fetching.begin(NUMBER, of(1)).unwrap();
        turn.rest();
        drop(turn);
        assert!(fetching.begin(NUMBER, of(1)).is_none());
        assert!(waiting.wait().await.is_none());
        assert!(fetching.is_first(NUMBER) && !fetching.is_first(NUMBER));
    }

    #[tokio::test]
    async fn few_are_fetched_at_once_and_those_that_wait_are_bounded() {
        let fetching = Fetching::default();
        let turns: Vec<_> = (0..2 * WAITING).map(|n| fetching.begin(NUMBER, of(n))).collect();
        assert_eq!(turns.iter().flatten().count(), WAITING);
        let [Some(one), Some(two), Some(three), ..] = &turns[..] else { panic!("no turns") };
        let first = one.wait().await.unwrap();
        let _second = two.wait().await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(20), three.wait()).await.is_err());
        drop(first);
        assert!(three.wait().await.is_some());
    }
}
