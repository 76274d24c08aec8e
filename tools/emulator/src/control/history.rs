//! History for devices that are linked later.

use serde::{Deserialize, Serialize};

use super::{Control, ControlError};
use crate::clock::now;
use crate::notify;
use crate::phone::{HistoryPlan, NewHistory};

/// A made-up history of a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeHistory {
    /// Chats in it.
    pub chats: u32,
    /// Messages in it, over all chats.
    pub messages: u64,
}

impl Control {
    /// Gives a phone a made-up history, which is synced to devices that are linked from now on. The
    /// people of it that are in the address book become contacts at once.
    pub async fn make_history(
        &self,
        number: &str,
        new: NewHistory,
    ) -> Result<MadeHistory, ControlError> {
        let account = self.phone(number)?;
        let accounts = self.world.accounts();
        let position = accounts.iter().position(|one| one.number() == account.number());
        let seed = position.and_then(|position| u32::try_from(position).ok()).unwrap_or_default();
        let plan = HistoryPlan::new(new, seed, now()).map_err(ControlError::Invalid)?;
        let made = MadeHistory { chats: plan.chats(), messages: plan.total() };
        let (changed, people) = {
            let mut phone = account.phone.lock().await;
            let changed = phone.save_history_contacts(&plan);
            phone.set_history(plan);
            let people = phone.saved().people().map(str::to_owned).collect();
            (changed, people)
        };
        {
            let mut directory = account.directory();
            directory.profile.contacts = people;
            directory.history_files = None;
        }
        if let Some(changed) = changed {
            notify::changed_on_phone(&self.world, &account, changed);
        }
        self.world.changed();
        Ok(made)
    }
}
