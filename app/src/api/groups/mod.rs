//! Groups: what is known of them, leaving them, and the people who may see them.

mod leave_group;
mod members;
mod page;
mod receipts;
mod set_granted_groups;
mod set_group_access;

pub use leave_group::{LeaveGroup, leave_group};
pub use members::{GroupMembers, group_members};
pub use page::{Group, group};
pub use receipts::{Receipts, receipts};
pub use set_granted_groups::{SetGrantedGroups, set_granted_groups};
pub use set_group_access::{SetGroupAccess, set_group_access};
