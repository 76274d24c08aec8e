use serde::{Deserialize, Serialize};

/// The decision about the calls of a number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallPolicy {
    /// Calls are rejected as soon as they ring. Otherwise they ring until somebody answers on the phone,
    /// or rejects them.
    pub reject: bool,
    /// The text that a caller gets then, once a day at most; empty for none.
    pub answer: String,
}

impl CallPolicy {
    /// Characters of the longest text.
    pub const LONGEST: usize = 1000;
}
