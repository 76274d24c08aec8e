use serde::{Deserialize, Serialize};

use crate::{Group, GroupAccessPage};

/// The data of the page of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupPage {
    pub group: Group,
    /// The viewer may have the number leave it.
    pub can_leave: bool,
    /// The people who may see it, for users who may manage its number.
    pub access: Option<GroupAccessPage>,
}
