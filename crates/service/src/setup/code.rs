//! The code for creating the first administrator. Its owner has seen the terminal of the server; on
//! a network, the first visitor need not be the owner.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

/// Letters and digits that are not confused with each other (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code, each worth five bits: 80 in all, so that guesses need not be counted.
const LENGTH: usize = 16;

/// The code of this run of the server. It exists only in memory and in the printed text.
#[derive(Clone)]
pub struct SetupCode(Arc<str>);

impl SetupCode {
    /// The configured code, or a new one.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn new(chosen: Option<&str>) -> Result<Self, getrandom::Error> {
        if let Some(chosen) = chosen {
            return Ok(Self(chosen.into()));
        }
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes)?;
        let letters = bytes.map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
        let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
        Ok(Self(groups.join("-").into()))
    }

    /// The code in its printed form.
    pub fn shown(&self) -> &str {
        &self.0
    }

    /// Returns true if this is the code, with or without hyphens, in any case. Digests are
    /// compared, so that the time it takes reveals nothing about the code.
    pub(super) fn is(&self, typed: &str) -> bool {
        digest(&self.0) == digest(typed)
    }
}

impl std::fmt::Debug for SetupCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetupCode")
    }
}

fn digest(code: &str) -> [u8; 32] {
    let letters = code.bytes().filter(|byte| *byte != b'-' && !byte.is_ascii_whitespace());
    let letters: Vec<u8> = letters.map(|byte| byte.to_ascii_uppercase()).collect();
    Sha256::digest(letters).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_new_each_time_and_long_enough() {
        let [one, other] = [SetupCode::new(None).unwrap(), SetupCode::new(None).unwrap()];
        assert_ne!(one.shown(), other.shown());
        assert!(one.shown().split('-').all(|group| group.len() == 4) && one.shown().len() == 19);
        assert!(one.is(one.shown()) && !one.is(other.shown()) && !one.is(""));
        assert_eq!(format!("{one:?}"), "SetupCode");
    }

    #[test]
    fn a_code_may_be_typed_as_people_type() {
        let code = SetupCode::new(Some("ABCD-EFGH-2345-6789")).unwrap();
        for typed in ["abcd efgh 2345 6789", " ABCDEFGH23456789\n", "abcd-efgh-2345-6789"] {
            assert!(code.is(typed), "{typed:?}");
        }
        for typed in ["ABCD-EFGH-2345-678", "ABCD-EFGH-2345-67890", "----", "\0"] {
            assert!(!code.is(typed), "{typed:?}");
        }
    }
}
