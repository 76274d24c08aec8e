//! Polls.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use super::{shorten, shorten_list};
use crate::bounds;

/// A question with options to choose from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    pub question: String,
    pub options: Vec<String>,
    /// The number of options that one person may choose; `None` for any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choices: Option<u32>,
    /// The secret with which votes are encrypted; `None` if the poll came without one, so that nobody
    /// here can read its votes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<PollSecret>,
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

    /// Returns true if a person may choose these options, by their positions: each exists and is named
    /// once, and they are not too many. No options take a vote back.
    pub fn allows(&self, choices: &[u32]) -> bool {
        let exists = |choice: &u32| (*choice as usize) < self.options.len();
        let is_distinct = |(nth, choice): (usize, &u32)| !choices[..nth].contains(choice);
        let most = self.choices.map_or(self.options.len(), |most| most as usize);
        // The length is checked first: a request may have any number of them.
        choices.len() <= most.min(self.options.len())
            && choices.iter().all(exists)
            && choices.iter().enumerate().all(is_distinct)
    }
}

/// The 32 random bytes of a poll (`messageContextInfo.messageSecret`), from which the key of each vote is
/// derived. Whoever has the poll has them; they are in no page and in no log.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PollSecret([u8; 32]);

impl PollSecret {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the secret of a received poll; `None` if it has another length.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for PollSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PollSecret")
    }
}

/// In hexadecimal.
impl From<PollSecret> for String {
    fn from(secret: PollSecret) -> Self {
        let mut digits = Self::with_capacity(64);
        for byte in secret.0 {
            // Writing to a text does not fail.
            let _ = write!(digits, "{byte:02x}");
        }
        digits
    }
}

impl TryFrom<String> for PollSecret {
    type Error = &'static str;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        const REFUSAL: &str = "the secret of a poll has 64 hexadecimal digits";
        let mut bytes = [0; 32];
        let pairs = digits.as_bytes().chunks_exact(2);
        let is_whole = digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if !is_whole {
            return Err(REFUSAL);
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            let pair = std::str::from_utf8(pair).map_err(|_| REFUSAL)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| REFUSAL)?;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_survives_the_database_and_is_not_logged() {
        let secret = PollSecret::new(std::array::from_fn(|nth| nth as u8 * 8));
        let json = serde_json::to_string(&secret).unwrap();
        assert!(json.starts_with("\"0008101820") && json.len() == 66, "{json}");
        assert_eq!(serde_json::from_str::<PollSecret>(&json).unwrap(), secret);
        assert_eq!(format!("{secret:?}"), "PollSecret");
        let odd =
            ["".to_owned(), "00".repeat(31), "0g".repeat(32), "+1".repeat(32), "é".repeat(32)];
        for odd in odd {
            assert!(PollSecret::try_from(odd.clone()).is_err(), "{odd}");
        }
        assert_eq!(PollSecret::from_slice(&[1; 31]), None);
    }

    #[test]
    fn a_vote_has_options_of_the_poll_once_each_and_no_more_than_one_may_choose() {
        let options = ["a", "b", "c"].map(str::to_owned).to_vec();
        let one = Poll { options, choices: Some(1), ..Poll::default() };
        let any = Poll { choices: None, ..one.clone() };
        assert!(one.allows(&[]) && one.allows(&[2]) && any.allows(&[2, 0]));
        assert!(!one.allows(&[0, 1]) && !any.allows(&[3]) && !any.allows(&[1, 1]));
        assert!(!any.allows(&vec![0; 1_000_000]), "this takes no time");
    }
}
