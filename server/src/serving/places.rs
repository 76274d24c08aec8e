//! Counts connections, all of them and those of each address, and makes room for new ones.
//!
//! Where there is no room, the connection goes whose other side has owed something for the longest time:
//! a request, the rest of one, or to read what it asked for. So however many do nothing, whoever asks is
//! answered. Where all are being answered, the new one is closed at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::progress::Progress;
use super::refused;
use crate::config::Limits;

/// All places of one listener.
pub(super) struct Places {
    limits: Limits,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    next: u64,
    all: HashMap<u64, Holder>,
    of_address: HashMap<IpAddr, usize>,
}

struct Holder {
    /// `None` for a proxy, through which many come.
    from: Option<IpAddr>,
    progress: Progress,
    close: CancellationToken,
}

/// The place of one connection, given back when dropped.
pub(super) struct Place {
    places: Arc<Places>,
    id: u64,
    pub(super) progress: Progress,
    /// Cancelled when another connection gets this place.
    pub(super) close: CancellationToken,
}

impl Places {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, taken: Mutex::default() }
    }

    /// A place for a connection from an address, or from a proxy; `None` where there is no room.
    pub(super) fn take(self: &Arc<Self>, from: Option<IpAddr>) -> Option<Place> {
        let mut taken = self.taken();
        if let Some(from) = from
            && taken
                .of_address
                .get(&from)
                .is_some_and(|n| *n >= self.limits.connections_per_address)
            && !taken.displace(|holder| holder.from == Some(from))
        {
            refused("connections-of-address", None);
            return None;
        }
        if taken.all.len() >= self.limits.connections && !taken.displace(|_| true) {
            refused("connections", None);
            return None;
        }
        let (id, progress, close) = (taken.next, Progress::begin(), CancellationToken::new());
        taken.next += 1;
        if let Some(from) = from {
            *taken.of_address.entry(from).or_default() += 1;
        }
        let holder = Holder { from, progress: progress.clone(), close: close.clone() };
        taken.all.insert(id, holder);
        metrics::gauge!("inbox_connections").increment(1.0);
        Some(Place { places: self.clone(), id, progress, close })
    }

    /// Closes up to so many connections that owe something.
    pub(super) fn make_room(&self, most: usize) {
        let mut taken = self.taken();
        for _ in 0..most {
            if !taken.displace(|_| true) {
                break;
            }
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// Takes the place of whoever has owed something for the longest time. False where nobody does.
    fn displace(&mut self, among: impl Fn(&Holder) -> bool) -> bool {
        let owing = self.all.iter().filter(|(_, holder)| among(holder));
        let owing = owing.filter_map(|(id, holder)| Some((holder.progress.owes_since()?, *id)));
        let Some((_, id)) = owing.min() else { return false };
        if let Some(holder) = self.remove(id) {
            holder.close.cancel();
            refused("connections-displaced", None);
        }
        true
    }

    fn remove(&mut self, id: u64) -> Option<Holder> {
        let holder = self.all.remove(&id)?;
        if let Some(from) = holder.from
            && let Some(count) = self.of_address.get_mut(&from)
        {
            *count -= 1;
            if *count == 0 {
                self.of_address.remove(&from);
            }
        }
        metrics::gauge!("inbox_connections").decrement(1.0);
        Some(holder)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Somebody else may have it already.
        self.places.taken().remove(self.id);
    }
}
