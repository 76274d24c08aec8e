//! All control operations, as typed Rust functions.
//!
//! [`Control`] is what [`Emulator`](crate::Emulator) dereferences to, and what the HTTP handlers
//! call, so both offer the same operations.

mod calls;
mod error;
mod faults;
mod load;
mod message_updates;
mod messages;
mod pairing;
mod phones;
mod types;

use std::sync::Arc;

pub use error::ControlError;
pub use load::{LoadReport, LoadRequest};
pub use types::{
    ChatInfo, DeviceInfo, LastMessage, NewPhone, PhoneInfo, PhoneMessage, ReceiptType, Scanned,
    Sent,
};

use crate::stats::StatsReport;
use crate::world::World;
use crate::world::account::Account;

/// A handle that controls an emulator. It is cheap to clone.
#[derive(Clone)]
pub struct Control {
    world: Arc<World>,
}

impl Control {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    /// Counters of the traffic so far.
    pub fn stats(&self) -> StatsReport {
        self.world.stats.report()
    }

    fn phone(&self, number: &str) -> Result<Arc<Account>, ControlError> {
        self.world.account(number).ok_or_else(|| ControlError::NoSuchPhone(number.to_owned()))
    }

    /// The account named by a `to` or `with`: a number, or a JID in either addressing.
    fn peer(&self, name: &str) -> Result<Arc<Account>, ControlError> {
        if let Some(account) = self.world.account(name) {
            return Ok(account);
        }
        let Ok(jid) = name.parse::<wacore_binary::Jid>() else {
            return Err(ControlError::NoSuchPhone(name.to_owned()));
        };
        if jid.server == wacore_binary::Server::Group {
            return Err(ControlError::NotSupported("groups"));
        }
        self.world.account_of(&jid).ok_or_else(|| ControlError::NoSuchPhone(name.to_owned()))
    }
}
