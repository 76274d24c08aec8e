//! The groups of a phone's user: who has the phone's key, and how their members are addressed.
//!
//! * [`keys`]: the devices that have the phone's key for a group
//! * [`members`]: the addresses of members in messages

mod keys;
mod members;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The groups in which the user has written or read something, by JID.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct GroupStates(BTreeMap<String, GroupState>);

/// What the phone knows of a group.
#[derive(Default, Serialize, Deserialize)]
struct GroupState {
    /// Members are addressed by LID.
    by_lid: bool,
    /// The addresses of the devices that have the phone's key.
    holders: BTreeSet<String>,
}
