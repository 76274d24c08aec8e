//! A group that several tasks change and write to.

use std::sync::{Arc, Mutex};

use wacore_binary::Jid;

use super::group::Group;
use crate::lock::lock;

/// A group behind a lock.
///
/// Changes are announced, and messages are delivered, while it is locked, so that all members see
/// both in the same order. Accounts are locked after it, never before.
pub(crate) struct GroupCell {
    jid: Jid,
    group: Mutex<Arc<Group>>,
}

impl GroupCell {
    pub(super) fn new(group: Group) -> Self {
        Self { jid: group.jid(), group: Mutex::new(Arc::new(group)) }
    }

    /// The group's JID, which never changes.
    pub(crate) fn jid(&self) -> &Jid {
        &self.jid
    }

    /// The group as it is now.
    pub(crate) fn snapshot(&self) -> Arc<Group> {
        lock(&self.group).clone()
    }

    /// Delivers something in the group's order.
    pub(crate) fn in_order<T>(&self, deliver: impl FnOnce(&Group) -> T) -> T {
        deliver(&lock(&self.group))
    }

    /// Changes the group, and announces the change.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Group) -> T) -> T {
        change(Arc::make_mut(&mut lock(&self.group)))
    }
}
