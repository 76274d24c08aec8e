//! The other side of a chat.

use std::sync::Arc;

use super::account::Account;
use super::groups::cell::GroupCell;

/// The person or group a chat is with.
#[derive(Clone)]
pub(crate) enum Chat {
    Person(Arc<Account>),
    Group(Arc<GroupCell>),
}

impl Chat {
    /// The name of the chat on a phone: a number, or the JID of a group.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Person(account) => account.number().to_owned(),
            Self::Group(group) => group.jid().to_string(),
        }
    }
}
