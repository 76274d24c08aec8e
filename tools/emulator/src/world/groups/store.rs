//! All groups.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use wacore_binary::{Jid, Server};

use super::cell::GroupCell;
use super::group::Group;

/// The groups, by the digits of their JIDs.
#[derive(Default)]
pub(crate) struct Groups(RwLock<BTreeMap<String, Arc<GroupCell>>>);

impl Groups {
    pub(crate) fn insert(&self, group: Group) -> Arc<GroupCell> {
        let id = group.id.clone();
        let cell = Arc::new(GroupCell::new(group));
        let mut groups = self.0.write().unwrap_or_else(PoisonError::into_inner);
        groups.insert(id, cell.clone());
        cell
    }

    /// The group with a JID, if it is the JID of a group.
    pub(crate) fn find(&self, jid: &Jid) -> Option<Arc<GroupCell>> {
        if jid.server != Server::Group {
            return None;
        }
        let groups = self.0.read().unwrap_or_else(PoisonError::into_inner);
        groups.get(jid.user.as_str()).cloned()
    }

    /// Every group, by id.
    pub(crate) fn all(&self) -> Vec<Arc<GroupCell>> {
        let groups = self.0.read().unwrap_or_else(PoisonError::into_inner);
        groups.values().cloned().collect()
    }

    /// The groups that an account is a member of, as they are now.
    pub(crate) fn of(&self, number: &str) -> Vec<Arc<Group>> {
        let mut groups: Vec<_> = self.all().iter().map(|cell| cell.snapshot()).collect();
        groups.retain(|group| group.has(number));
        groups
    }

    /// The group that an invite link leads to.
    pub(crate) fn invited_to(&self, code: &str) -> Option<Arc<GroupCell>> {
        self.all().into_iter().find(|cell| cell.snapshot().invite == code)
    }

    /// Numbers of everybody who shares a group with an account, itself among them.
    pub(crate) fn acquaintances(&self, number: &str) -> BTreeSet<String> {
        let groups = self.of(number);
        groups.iter().flat_map(|group| group.members.numbers()).map(str::to_owned).collect()
    }
}
