//! Keeps a number online while somebody looks at it.
//!
//! A number that is online (`<presence type="available">`) keeps its phone from ringing. So it is only
//! while somebody has a page open who may read it, and a moment longer, as pages are loaded anew.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use model::ConnectionId;
use tokio::sync::{Notify, watch};
use whatsapp_rust::prelude::Client;

/// A number stays online for so long after the last page closed.
const GRACE: Duration = Duration::from_secs(10);
/// After it took another name, the library says by itself that the number is online.
const LIBRARY_PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_secs(5);

/// The count of pages that are open on each number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attention(Arc<watch::Sender<HashMap<ConnectionId, usize>>>);

/// One open page. Numbers are looked at until this is dropped.
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
    /// The numbers that the page's user may read now.
    pub fn set(&mut self, numbers: &HashSet<ConnectionId>) {
        if self.numbers == *numbers {
            return;
        }
        let before = std::mem::replace(&mut self.numbers, numbers.clone());
        self.attention.0.send_modify(|looked_at| {
            for number in numbers.difference(&before) {
                *looked_at.entry(*number).or_default() += 1;
            }
            for number in before.difference(numbers) {
                let pages = looked_at.entry(*number).or_default();
                *pages = pages.saturating_sub(1);
            }
            looked_at.retain(|_, pages| *pages > 0);
        });
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.set(&HashSet::new());
    }
}

/// Keeps one connected number online or not, as somebody looks at it.
pub(crate) struct Presence {
    pub(crate) connection: ConnectionId,
    pub(crate) client: Arc<Client>,
    pub(crate) attention: Attention,
    /// Rung when the library may have said something else.
    pub(crate) again: Arc<Notify>,
}

impl Presence {
    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        let mut pages = self.attention.follow();
        let mut told = None;
        loop {
            let is_looked_at = pages.borrow_and_update().contains_key(&self.connection);
            if told == Some(true) && !is_looked_at {
                let back = pages.wait_for(|pages| pages.contains_key(&self.connection));
                if matches!(tokio::time::timeout(GRACE, back).await, Ok(Ok(_))) {
                    continue;
                }
            }
            if told != Some(is_looked_at) {
                told = self.tell(is_looked_at).await.then_some(is_looked_at);
            }
            tokio::select! {
                changed = pages.changed() => if changed.is_err() { return },
                () = self.again.notified() => {
                    tokio::time::sleep(LIBRARY_PATIENCE).await;
                    told = None;
                }
                // Without a name of its own a number is not online either.
                () = tokio::time::sleep(PAUSE), if told.is_none() => {}
            }
        }
    }

    async fn tell(&self, is_online: bool) -> bool {
        let presence = self.client.presence();
        let told = match is_online {
            true => presence.set_available().await,
            false => presence.set_unavailable().await,
        };
        if let Err(error) = &told {
            tracing::debug!(connection_id = %self.connection, %error, "presence not told");
        }
        told.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_looked_at_until_the_last_page_closes() {
        let attention = Attention::default();
        let pages = attention.follow();
        let open = |numbers: &[i64]| {
            let mut page = attention.watching();
            page.set(&numbers.iter().copied().map(ConnectionId).collect());
            page
        };
        let (mut one, two) = (open(&[1, 2]), open(&[2]));
        assert_eq!(pages.borrow().len(), 2);
        // The first may not read number 2 any more.
        one.set(&[ConnectionId(1)].into());
        assert_eq!(pages.borrow().get(&ConnectionId(2)), Some(&1));
        drop(two);
        assert_eq!(pages.borrow().get(&ConnectionId(2)), None);
        drop(one);
        assert!(pages.borrow().is_empty());
    }
}
