//! Secrets that leave the store once: tokens of links, recovery codes, the key of a second factor.

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::Error;

/// A text to be shown to one person, once. It prints as nothing.
#[derive(Debug, Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub(crate) fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The text itself. Neither to be logged nor kept.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// What is kept of a secret that is long and random: whoever reads the database cannot use it.
/// Guessing is hopeless, so a fast digest will do.
pub(super) fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

/// Bytes that nobody can guess.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        assert!(!format!("{:?}", Secret::new("correct horse".to_owned())).contains("horse"));
    }
}
