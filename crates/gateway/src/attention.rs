//! Keeps a number online while a page shows it.
//!
//! The phone of a number that is online (`<presence type="available">`) does not ring. So a number
//! is online only while its owner, or a user with a grant, has a page open, and for
//! [`Presence::grace`] longer, since pages are reloaded. Administrators see every number, and the
//! page of one must not keep all of them online. A number that hides it (`model::Visibility`) never is.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use model::ConnectionId;
use store::{Ingest, Wakeups};
use tokio::sync::{Notify, watch};
use whatsapp_rust::prelude::Client;

/// Delay after a change of the own name, upon which the library itself sends that the number is
/// online.
const LIBRARY_DELAY: Duration = Duration::from_secs(1);
/// Pause before a presence that could not be sent is sent again.
const RETRY_PAUSE: Duration = Duration::from_secs(5);

/// The count of users of each number who have a page open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attention(Arc<watch::Sender<HashMap<ConnectionId, usize>>>);

/// The open pages of one user. Their numbers count as watched until this is dropped.
#[derive(Debug)]
pub struct Watching {
    attention: Attention,
    numbers: HashSet<ConnectionId>,
}

impl Attention {
    pub(crate) fn watching(&self) -> Watching {
        Watching { attention: self.clone(), numbers: HashSet::new() }
    }

    fn follow(&self) -> watch::Receiver<HashMap<ConnectionId, usize>> {
        self.0.subscribe()
    }
}

impl Watching {
    /// Sets the numbers that the user of the pages works with now.
    pub fn set(&mut self, numbers: HashSet<ConnectionId>) {
        if self.numbers == numbers {
            return;
        }
        let before = std::mem::replace(&mut self.numbers, numbers);
        let now = &self.numbers;
        self.attention.0.send_modify(|watched| {
            for number in now.difference(&before) {
                *watched.entry(*number).or_default() += 1;
            }
            for number in before.difference(now) {
                let pages = watched.entry(*number).or_default();
                *pages = pages.saturating_sub(1);
            }
            watched.retain(|_, pages| *pages > 0);
        });
    }

    /// Adds one of these numbers, or removes it.
    pub fn put(&mut self, number: ConnectionId, is_watched: bool) {
        if self.numbers.contains(&number) == is_watched {
            return;
        }
        let mut numbers = self.numbers.clone();
        match is_watched {
            true => numbers.insert(number),
            false => numbers.remove(&number),
        };
        self.set(numbers);
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.set(HashSet::new());
    }
}

/// Sends the presence of one connected number as pages open and close.
pub(crate) struct Presence {
    pub(crate) connection: ConnectionId,
    pub(crate) client: Arc<Client>,
    pub(crate) attention: Attention,
    /// Time for which the number stays online after its last page closed.
    pub(crate) grace: Duration,
    /// Notified when the library may have sent another presence.
    pub(crate) refresh: Arc<Notify>,
    pub(crate) ingest: Ingest,
    /// Notified when somebody decides anew if the number may be online.
    pub(crate) wakeups: Arc<Wakeups>,
}

impl Presence {
    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        let mut pages = self.attention.follow();
        let mut announced = None;
        loop {
            let is_watched = pages.borrow_and_update().contains_key(&self.connection);
            let is_hidden = self.is_hidden().await;
            if announced == Some(true) && !is_watched && !is_hidden {
                let back = pages.wait_for(|pages| pages.contains_key(&self.connection));
                if matches!(tokio::time::timeout(self.grace, back).await, Ok(Ok(_))) {
                    continue;
                }
            }
            let is_online = is_watched && !is_hidden;
            if announced != Some(is_online) {
                announced = self.announce(is_online).await.then_some(is_online);
            }
            tokio::select! {
                changed = pages.changed() => if changed.is_err() { return },
                () = self.wakeups.visibility.notified() => {}
                () = self.refresh.notified() => {
                    tokio::time::sleep(LIBRARY_DELAY).await;
                    announced = None;
                }
                // The library sends no presence for a number without a name, so it is tried again.
                () = tokio::time::sleep(RETRY_PAUSE), if announced.is_none() => {}
            }
        }
    }

    /// Returns true if the number is never to be online, also while the database cannot say so.
    async fn is_hidden(&self) -> bool {
        let may_be_seen = self.ingest.visibility().await.is_ok_and(|seen| !seen.hides_online);
        !may_be_seen
    }

    /// Sends the presence. Returns false if it could not be sent.
    async fn announce(&self, is_online: bool) -> bool {
        let presence = self.client.presence();
        let sent = match is_online {
            true => presence.set_available().await,
            false => presence.set_unavailable().await,
        };
        if let Err(error) = &sent {
            tracing::debug!(connection_id = %self.connection, %error, "presence not sent");
        }
        sent.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_watched_until_the_last_page_closes() {
        let attention = Attention::default();
        let pages = attention.follow();
        let open = |numbers: &[i64]| {
            let mut page = attention.watching();
            page.set(numbers.iter().copied().map(ConnectionId).collect());
            page
        };
        let (mut one, two) = (open(&[1, 2]), open(&[2]));
        assert_eq!(pages.borrow().len(), 2);
        // The user of the first page has no right on number 2 any more.
        one.put(ConnectionId(2), false);
        assert_eq!(pages.borrow().get(&ConnectionId(2)), Some(&1));
        drop(two);
        assert_eq!(pages.borrow().get(&ConnectionId(2)), None);
        drop(one);
        assert!(pages.borrow().is_empty());
    }
}
