//! Polls.

use serde::{Deserialize, Serialize};

use super::{shorten, shorten_list};
use crate::bounds;

/// A question with options to choose from. Votes are encrypted with a secret of the message, and
/// are stored as they come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    pub question: String,
    pub options: Vec<String>,
    /// The number of options that one person may choose; `None` for any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choices: Option<u32>,
}

impl Poll {
    pub(super) fn shorten(&mut self) -> bool {
        let mut is_longer = shorten(&mut self.question, bounds::WORDS);
        is_longer |= shorten_list(&mut self.options, bounds::OPTIONS);
        for option in &mut self.options {
            is_longer |= shorten(option, bounds::OPTION);
        }
        is_longer
    }
}
