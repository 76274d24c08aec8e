//! Polls.

use serde::Deserialize;

use super::invalid::invalid;
use crate::control::ControlError;
use crate::json::null_as_default;
use crate::phone::Card;

/// A question and the answers to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Poll {
    name: String,
    options: Vec<String>,
    /// Any number of answers may be chosen.
    #[serde(default, deserialize_with = "null_as_default")]
    multiple: bool,
}

impl Poll {
    pub(super) fn read(self) -> Result<Card, ControlError> {
        let Self { name: question, options, multiple } = self;
        // WhatsApp's apps offer 2 to 12; a hostile client sends any number.
        if options.is_empty() {
            return Err(invalid("poll.options is empty"));
        }
        Ok(match multiple {
            true => Card::MultipleChoice { question, options },
            false => Card::Poll { question, options },
        })
    }
}
