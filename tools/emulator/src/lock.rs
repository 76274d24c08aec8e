//! Locks of data that is shared between tasks.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex. Its holders cannot leave the data half changed, so poisoning is ignored.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
