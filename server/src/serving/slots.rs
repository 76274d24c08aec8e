//! Counts connections in total and per address, and makes room for new ones.
//!
//! When the limit is reached, the connection is closed whose client has kept the server waiting for
//! the longest time: for a request, the rest of one, or for reading its response. So idle
//! connections, however many, do not keep new requests from being answered. If all connections are
//! being answered, the new one is closed at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::progress::Progress;
use super::refusal::refused;
use crate::config::Limits;

/// All slots of one listener.
pub(super) struct Slots {
    limits: Limits,
    occupied: Mutex<Occupied>,
}

#[derive(Default)]
struct Occupied {
    next: u64,
    all: HashMap<u64, Occupant>,
    of_address: HashMap<IpAddr, usize>,
}

struct Occupant {
    /// `None` for a proxy, which many clients share.
    from: Option<IpAddr>,
    progress: Progress,
    close: CancellationToken,
}

/// The slot of one connection, released on drop.
pub(super) struct Slot {
    slots: Arc<Slots>,
    id: u64,
    pub(super) progress: Progress,
    /// Cancelled when another connection gets this slot.
    pub(super) close: CancellationToken,
}

impl Slots {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, occupied: Mutex::default() }
    }

    /// Takes a slot for a connection from an address, or from a proxy; `None` if there is no room.
    pub(super) fn take(self: &Arc<Self>, from: Option<IpAddr>) -> Option<Slot> {
        let mut occupied = self.occupied();
        if let Some(from) = from
            && occupied
                .of_address
                .get(&from)
                .is_some_and(|n| *n >= self.limits.connections_per_address)
            && !occupied.displace(|occupant| occupant.from == Some(from))
        {
            refused("connections-of-address", None);
            return None;
        }
        if occupied.all.len() >= self.limits.connections && !occupied.displace(|_| true) {
            refused("connections", None);
            return None;
        }
        let (id, progress, close) = (occupied.next, Progress::begin(), CancellationToken::new());
        occupied.next += 1;
        if let Some(from) = from {
            *occupied.of_address.entry(from).or_default() += 1;
        }
        let occupant = Occupant { from, progress: progress.clone(), close: close.clone() };
        occupied.all.insert(id, occupant);
        metrics::gauge!("inbox_connections").increment(1.0);
        Some(Slot { slots: self.clone(), id, progress, close })
    }

    /// Closes up to `most` connections that wait for their client.
    pub(super) fn make_room(&self, most: usize) {
        let mut occupied = self.occupied();
        for _ in 0..most {
            if !occupied.displace(|_| true) {
                break;
            }
        }
    }

    fn occupied(&self) -> MutexGuard<'_, Occupied> {
        self.occupied.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Occupied {
    /// Closes the connection that has waited for its client for the longest time. Returns false if
    /// none waits.
    fn displace(&mut self, among: impl Fn(&Occupant) -> bool) -> bool {
        let waiting = self.all.iter().filter(|(_, occupant)| among(occupant));
        let waiting = waiting
            .filter_map(|(id, occupant)| Some((occupant.progress.waits_for_client_since()?, *id)));
        let Some((_, id)) = waiting.min() else { return false };
        if let Some(occupant) = self.remove(id) {
            occupant.close.cancel();
            refused("connections-displaced", None);
        }
        true
    }

    fn remove(&mut self, id: u64) -> Option<Occupant> {
        let occupant = self.all.remove(&id)?;
        if let Some(from) = occupant.from
            && let Some(count) = self.of_address.get_mut(&from)
        {
            *count -= 1;
            if *count == 0 {
                self.of_address.remove(&from);
            }
        }
        metrics::gauge!("inbox_connections").decrement(1.0);
        Some(occupant)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // The slot may have been given to another connection already.
        self.slots.occupied().remove(self.id);
    }
}
