//! What a phone syncs to a device that was linked later: its chats, and a made-up history.
//!
//! * [`plan`]: the made-up history, which is stored as a few numbers
//! * [`person`], [`message`], [`conversation`], [`files`]: its people, messages, chats and files
//! * [`own`]: the chats of the emulator
//! * [`wishes`]: how much a device wants
//! * [`outline`]: the parts that it is sent, in WhatsApp's order, made one by one
//! * [`on_demand`]: older messages that it asks for
//! * [`sealed`]: a part as a file and in the message that announces it

mod conversation;
mod files;
mod message;
mod on_demand;
mod outline;
mod own;
mod person;
mod plan;
mod sealed;
mod wishes;

use super::Phone;

pub use files::HistoryFiles;
pub use outline::{HistoryOutline, HistoryPart, OwnHistory};
pub use plan::{HistoryKind, HistoryPlan, NewHistory};
pub use sealed::SealedHistory;
pub use wishes::HistoryWishes;

impl Phone {
    /// Gives the phone a made-up history, which replaces an earlier one.
    pub fn set_history(&mut self, plan: HistoryPlan) {
        self.history = Some(plan);
    }

    /// The phone's made-up history.
    pub fn history(&self) -> Option<&HistoryPlan> {
        self.history.as_ref()
    }
}
