//! Everything that can be done to the emulator from outside, typed.
//!
//! [`Control`] is what [`Emulator`](crate::Emulator) dereferences to, and what the HTTP handlers
//! call: both doors lead to the same operations.

mod amend;
mod error;
mod faults;
mod load;
mod messages;
mod pairing;
mod phones;
mod types;

use std::sync::Arc;

pub use error::ControlError;
pub use load::{LoadReport, LoadRequest};
pub use types::{
    ChatInfo, DeviceInfo, Last, NewPhone, PhoneInfo, PhoneMessage, Reading, Scanned, Sent,
};

use crate::stats::StatsReport;
use crate::world::World;
use crate::world::account::Account;

/// A handle for steering an emulator. Cheap to clone.
#[derive(Clone)]
pub struct Control {
    world: Arc<World>,
}

impl Control {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    /// What went over the wire so far.
    pub fn stats(&self) -> StatsReport {
        self.world.stats.report()
    }

    fn phone(&self, number: &str) -> Result<Arc<Account>, ControlError> {
        self.world.account(number).ok_or_else(|| ControlError::NoSuchPhone(number.to_owned()))
    }

    /// The account a `to` or `with` names: a number, or a JID in either addressing.
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
