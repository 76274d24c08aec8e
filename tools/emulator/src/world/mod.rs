//! State of the server: accounts, their devices, queues and connections.
//!
//! [`World`] is the shared root. An [`Account`](account::Account) is one WhatsApp user: the
//! simulated phone behind a lock of its own, and the [`Directory`](account::Directory) with the
//! *server's* records of that user. Locks are held for lookups and queue pushes only; the phone's
//! lock is the only one held over cryptography, and it is per phone. Files are separate from both:
//! on the media servers ([`media`]) and on the phones ([`phone_media`]).

pub(crate) mod accepted;
pub(crate) mod account;
pub(crate) mod addressing;
pub(crate) mod business;
pub(crate) mod calls;
pub(crate) mod chat;
pub(crate) mod companion;
pub(crate) mod groups;
pub(crate) mod history;
pub(crate) mod inbox;
pub(crate) mod keys;
pub(crate) mod link;
pub(crate) mod media;
pub(crate) mod pairing;
pub(crate) mod phone_media;
pub(crate) mod picture;
pub(crate) mod presence;
pub(crate) mod presentation;
pub(crate) mod privacy;
pub(crate) mod profile;
pub(crate) mod queue;
mod send_queue;
pub(crate) mod stored;
pub(crate) mod typing;
mod uptime;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use futures::future::BoxFuture;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use wacore_binary::{Jid, Server};

use self::account::Account;
use self::addressing::Addressing;
use self::groups::store::Groups;
use self::inbox::Event;
use self::media::MediaStore;
use self::pairing::Pairings;
use self::uptime::Uptime;
use crate::clock::{self, ServerClock};
use crate::faults::Faults;
use crate::phone::Phone;
use crate::stats::Stats;
use crate::wire::identity::ServerIdentity;

/// Starts the phone of a new account, which handles the events of its inbox until the emulator
/// stops. The world is below the phones and everything else that uses it, so it is given this.
pub(crate) type StartPhone =
    fn(Arc<World>, Arc<Account>, mpsc::UnboundedReceiver<Event>) -> BoxFuture<'static, ()>;

/// The shared state behind every connection and every control call.
pub(crate) struct World {
    pub(crate) identity: ServerIdentity,
    pub(crate) stats: Stats,
    pub(crate) faults: Faults,
    pub(crate) clock: ServerClock,
    pub(crate) pairings: Pairings,
    pub(crate) media: MediaStore,
    pub(crate) groups: Groups,
    /// `host:port` that `media_conn` names.
    pub(crate) media_host: String,
    /// Cancelled when the emulator stops; it ends connections.
    pub(crate) stopping: CancellationToken,
    pub(crate) uptime: Uptime,
    /// Cancelled after the last connection ended; phones finish the events in their inboxes.
    pub(crate) draining: CancellationToken,
    pub(crate) connections: TaskTracker,
    phone_tasks: TaskTracker,
    start_phone: StartPhone,
    accounts: RwLock<Accounts>,
    changes: watch::Sender<u64>,
    next_id: AtomicU64,
}

#[derive(Default)]
struct Accounts {
    by_number: HashMap<String, Arc<Account>>,
    by_lid: HashMap<String, Arc<Account>>,
    /// Accounts made without a number get 55 61 9xxxx-xxxx in sequence.
    made: u64,
}

impl World {
    pub(crate) fn new(
        identity: ServerIdentity,
        media_host: String,
        start_phone: StartPhone,
    ) -> Self {
        let stopping = CancellationToken::new();
        Self {
            identity,
            stats: Stats::default(),
            faults: Faults::default(),
            clock: ServerClock::default(),
            pairings: Pairings::default(),
            media: MediaStore::default(),
            groups: Groups::default(),
            media_host,
            uptime: Uptime::new(stopping.clone()),
            stopping,
            draining: CancellationToken::new(),
            connections: TaskTracker::new(),
            phone_tasks: TaskTracker::new(),
            start_phone,
            accounts: RwLock::default(),
            changes: watch::Sender::new(0),
            // Ids of queued stanzas survive a restart; those made after it are higher.
            next_id: AtomicU64::new(clock::now().unsigned_abs() * 1_000),
        }
    }

    /// Cancels all tasks without waiting for them.
    pub(crate) fn end(&self) {
        self.stopping.cancel();
        self.draining.cancel();
    }

    /// Ends connections, then phones, so that no acknowledged message is lost.
    pub(crate) async fn shut_down(&self) {
        self.stopping.cancel();
        self.connections.close();
        self.connections.wait().await;
        self.draining.cancel();
        self.phone_tasks.close();
        self.phone_tasks.wait().await;
    }

    /// A unique number, for ids of the server's stanzas and of connections.
    pub(crate) fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Wakes all subscribers of [`World::changes`].
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Creates the account `number`. Returns `None` if it exists already.
    pub(crate) fn add_account(
        self: &Arc<Self>,
        number: Option<&str>,
        name: Option<&str>,
        addressing: Addressing,
    ) -> Option<Arc<Account>> {
        let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
        let number = match number {
            Some(number) => number.to_owned(),
            None => accounts.free_number(),
        };
        if accounts.by_number.contains_key(&number) {
            return None;
        }
        let lid_user = format!("{}", 100_000_000_000_000 + accounts.by_lid.len() as u64 + 1);
        let name = name.map_or_else(|| format!("Phone {number}"), str::to_owned);
        let phone = Phone::new(&number, &lid_user, &name);
        Some(self.start_account(&mut accounts, phone, addressing))
    }

    /// Restores an account from stored state.
    pub(crate) fn restore_account(
        self: &Arc<Self>,
        phone: Phone,
        addressing: Addressing,
    ) -> Arc<Account> {
        let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
        self.start_account(&mut accounts, phone, addressing)
    }

    fn start_account(
        self: &Arc<Self>,
        accounts: &mut Accounts,
        phone: Phone,
        addressing: Addressing,
    ) -> Arc<Account> {
        let (inbox, events) = mpsc::unbounded_channel();
        let account = Arc::new(Account::new(phone, addressing, inbox));
        accounts.by_number.insert(account.number().to_owned(), account.clone());
        accounts.by_lid.insert(account.lid_user().to_owned(), account.clone());
        let phone = (self.start_phone)(self.clone(), account.clone(), events);
        self.phone_tasks.spawn(phone);
        account
    }

    pub(crate) fn account(&self, number: &str) -> Option<Arc<Account>> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        accounts.by_number.get(number).cloned()
    }

    /// The account a user's or device's JID belongs to, in either addressing.
    pub(crate) fn account_of(&self, jid: &Jid) -> Option<Arc<Account>> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        match jid.server {
            Server::Pn | Server::Hosted | Server::Legacy => {
                accounts.by_number.get(jid.user.as_str()).cloned()
            }
            Server::Lid | Server::HostedLid => accounts.by_lid.get(jid.user.as_str()).cloned(),
            _ => None,
        }
    }

    pub(crate) fn account_named(&self, name: &str) -> Option<Arc<Account>> {
        self.accounts().into_iter().find(|account| account.directory().name == name)
    }

    /// Every account, by number.
    pub(crate) fn accounts(&self) -> Vec<Arc<Account>> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = accounts.by_number.values().cloned().collect();
        all.sort_by(|one, other| one.number().cmp(other.number()));
        all
    }
}

impl Accounts {
    fn free_number(&mut self) -> String {
        loop {
            self.made += 1;
            let number = format!("55619{:08}", 90_000_000 + self.made);
            if !self.by_number.contains_key(&number) {
                return number;
            }
        }
    }
}
