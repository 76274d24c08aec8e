//! Groups.
//!
//! * [`group`]: one group and what its admins set
//! * [`members`]: its members and admins
//! * [`cell`]: a group that several tasks change
//! * [`store`]: all groups

pub(crate) mod cell;
pub(crate) mod group;
pub(crate) mod members;
pub(crate) mod store;
