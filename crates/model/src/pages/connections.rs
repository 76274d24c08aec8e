use serde::{Deserialize, Serialize};

use crate::{Connection, Figures};

/// The initial data of the administrators' list of numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectionsPage {
    /// The last event that the list may already contain; the live stream starts after it.
    pub seq: i64,
    /// All numbers, by label, with their figures.
    pub numbers: Vec<(Connection, Figures)>,
}
