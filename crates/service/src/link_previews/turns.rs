//! Few pages are fetched at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::UserId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pages that are fetched at a time, in the whole process.
const OF_ALL: usize = 8;
/// Of these, those for one person.
const OF_ONE: usize = 2;

/// Counts the pages that are being fetched.
#[derive(Debug)]
pub(super) struct Turns {
    all: Arc<Semaphore>,
    users: Mutex<HashMap<UserId, usize>>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(OF_ALL)), users: Mutex::default() }
    }
}

impl Turns {
    /// Takes a turn for a person; `None` if too many are taken.
    pub(super) fn take(self: &Arc<Self>, user: UserId) -> Option<Turn> {
        let mut users = self.users();
        let own = users.get(&user).copied().unwrap_or(0);
        if own >= OF_ONE {
            return None;
        }
        let permit = Arc::clone(&self.all).try_acquire_owned().ok()?;
        users.insert(user, own + 1);
        Some(Turn { turns: Arc::clone(self), user, _permit: permit })
    }

    fn users(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to fetch a page, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Arc<Turns>,
    user: UserId,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut users = self.turns.users();
        match users.get_mut(&self.user) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                users.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_the_turns_of_others() {
        let turns = Arc::new(Turns::default());
        let (ana, bia) = (UserId(1), UserId(2));
        let first = turns.take(ana).expect("a turn");
        let second = turns.take(ana).expect("a turn");
        assert!(turns.take(ana).is_none());
        assert!(turns.take(bia).is_some());
        drop(first);
        let third = turns.take(ana).expect("a turn again");
        drop((second, third));
        assert!(turns.users().is_empty(), "what has ended is forgotten");
    }

    #[test]
    fn all_together_have_few() {
        let turns = Arc::new(Turns::default());
        let taken: Vec<_> = (1..).map_while(|user| turns.take(UserId(user))).collect();
        assert_eq!(taken.len(), OF_ALL);
        drop(taken);
        assert!(turns.take(UserId(1)).is_some());
    }
}
