//! All control operations, as typed Rust functions.
//!
//! [`Control`] is what [`Emulator`](crate::Emulator) dereferences to, and what the HTTP handlers
//! call, so both offer the same operations.

mod calls;
mod chats;
mod describe;
mod error;
mod faults;
mod group_types;
mod groups;
mod history;
mod load;
mod message_updates;
mod messages;
mod pairing;
mod phones;
mod profile;
mod reading;
mod types;

use std::sync::Arc;

use wacore_binary::{Jid, Server};

pub use error::ControlError;
pub use group_types::{
    GroupChange, GroupInfo, GroupMember, MembersChange, NewGroup, RequestsAnswer,
};
pub use history::MadeHistory;
pub use load::{LoadReport, LoadRequest};
pub use profile::NewPrivacy;
pub use types::{
    ChatInfo, DeviceInfo, LabelInfo, LastMessage, NewPhone, PhoneInfo, PhoneMessage, ReceiptType,
    Scanned, Sent,
};

use crate::stats::StatsReport;
use crate::world::World;
use crate::world::account::Account;
use crate::world::chat::Chat;

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
        let Ok(jid) = name.parse::<Jid>() else {
            return Err(ControlError::NoSuchPhone(name.to_owned()));
        };
        if jid.server == Server::Group {
            return Err(ControlError::Invalid(format!("{name} is a group, not a person")));
        }
        self.world.account_of(&jid).ok_or_else(|| ControlError::NoSuchPhone(name.to_owned()))
    }

    /// The chat named by a `to` or `with`: a person as in [`Control::peer`], or the JID of a group.
    fn chat(&self, name: &str) -> Result<Chat, ControlError> {
        match name.parse::<Jid>() {
            Ok(jid) if jid.server == Server::Group => self.cell(name).map(Chat::Group),
            _ => self.peer(name).map(Chat::Person),
        }
    }

    /// The same chat, if the phone may write there.
    fn chat_of_writer(&self, account: &Account, name: &str) -> Result<Chat, ControlError> {
        let chat = self.chat(name)?;
        if let Chat::Group(cell) = &chat
            && !cell.snapshot().admits_message_of(account.number())
        {
            let why = "to: this phone may not write to the group".to_owned();
            return Err(ControlError::Forbidden(why));
        }
        Ok(chat)
    }
}
