use serde::{Deserialize, Serialize};

use crate::{AuditEntry, AuditId, Connection, User};

/// The data of the administrators' history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditPage {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
    /// The last entry of this page, if there is a next page.
    pub next: Option<AuditId>,
    /// All users, for the filter.
    pub people: Vec<User>,
    /// All numbers, for the filter.
    pub numbers: Vec<Connection>,
}
