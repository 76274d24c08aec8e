//! Secrets that leave the store once: tokens of links, recovery codes, the key of a second factor.

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::Error;

/// A text that is shown to one person, once. Its `Debug` output does not contain it.
#[derive(Debug, Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub(crate) fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// Returns the text itself, which must be neither logged nor stored.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Returns the digest that is stored of a long random secret: a reader of the database cannot use
/// it. Such a secret cannot be guessed, so a fast digest suffices.
pub(crate) fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

/// Returns unpredictable bytes.
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
