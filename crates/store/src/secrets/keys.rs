//! Encryption keys and their text form: the first encrypts, and all of them decrypt.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};

use super::{Column, Secret, encrypted, key::Key, secret::random};
use crate::{EncryptionError, Error};

/// Number of hexadecimal digits of a key.
const DIGITS: usize = 64;

/// The text holds no valid keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key has 64 hexadecimal digits; several stand in lines, or between commas")]
pub struct InvalidKeys;

/// The keys of an installation, the newest first. Their `Debug` output shows only ids.
#[derive(Clone)]
pub struct SecretKeys {
    keys: Arc<[Key]>,
}

impl SecretKeys {
    /// Generates one new key.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn generate() -> Result<Self, Error> {
        let bytes = Zeroizing::new(random::<32>()?);
        Ok(Self { keys: [Key::new(&bytes)].into() })
    }

    /// Parses keys of 64 hexadecimal digits each, on separate lines or separated by commas.
    ///
    /// # Errors
    /// The text has no key, or a part of it is not a key.
    pub fn parse(text: &str) -> Result<Self, InvalidKeys> {
        let words = text.split([',', '\n']).map(str::trim).filter(|word| !word.is_empty());
        let keys = words
            .map(|word| {
                let mut bytes = Zeroizing::new([0; 32]);
                match word.len() == DIGITS && hex::decode_to_slice(word, &mut *bytes).is_ok() {
                    true => Ok(Key::new(&bytes)),
                    false => Err(InvalidKeys),
                }
            })
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(InvalidKeys);
        }
        Ok(Self { keys: keys.into() })
    }

    /// Returns the keys in the form that [`Self::parse`] reads, one per line.
    pub fn to_text(&self) -> SecretString {
        let lines =
            self.keys.iter().map(|key| Zeroizing::new(hex::encode(key.bytes.expose_secret())));
        let mut text = String::with_capacity(self.keys.len() * (DIGITS + 1));
        for line in lines {
            text.push_str(&line);
            text.push('\n');
        }
        text.into()
    }

    /// Returns a new key followed by these, which still decrypt.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn with_new(&self) -> Result<Self, Error> {
        let fresh = Self::generate()?;
        let all = fresh.keys.iter().chain(&*self.keys);
        Ok(Self { keys: all.map(|key| Key::new(key.bytes.expose_secret())).collect() })
    }

    /// Returns the newest key alone.
    pub fn newest(&self) -> Self {
        Self {
            keys: self.keys.iter().take(1).map(|key| Key::new(key.bytes.expose_secret())).collect(),
        }
    }

    /// Returns the number of keys.
    pub fn count(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn encrypt(
        &self,
        column: &Column,
        row: i64,
        text: &str,
    ) -> Result<String, EncryptionError> {
        encrypted::encrypt(self.keys.first().ok_or(EncryptionError::NoKey)?, column, row, text)
    }

    pub(crate) fn decrypt(
        &self,
        column: &Column,
        row: i64,
        value: &str,
    ) -> Result<Secret, EncryptionError> {
        encrypted::decrypt(&self.keys, column, row, value)
    }

    /// Returns true if the value is encrypted under the newest key.
    pub(super) fn is_current(&self, value: &str) -> bool {
        self.keys.first().is_some_and(|key| encrypted::key_of(value) == Some(&*key.id))
    }
}

impl fmt::Debug for SecretKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| &key.id)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::TOTP_SECRET;
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written_and_printed_as_names_only() {
        let old = SecretKeys::generate().unwrap();
        let both = old.with_new().unwrap();
        let text = both.to_text();
        let read = SecretKeys::parse(text.expose_secret()).unwrap();
        assert_eq!((read.count(), format!("{read:?}")), (2, format!("{both:?}")));
        let in_a_variable = text.expose_secret().trim().replace('\n', ", ");
        assert_eq!(SecretKeys::parse(&in_a_variable).unwrap().count(), 2);
        for line in text.expose_secret().lines() {
            assert!(!format!("{both:?}").contains(line));
        }
        assert_eq!(format!("{:?}", both.newest()), format!("{:?}", read.newest()));
        assert_ne!(format!("{:?}", both.newest()), format!("{old:?}"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let short = "a".repeat(63);
        let long = "a".repeat(65);
        let other = "g".repeat(64);
        for text in ["", "\n,\n", &short, &long, &other, "minha senha"] {
            assert_eq!(SecretKeys::parse(text).err(), Some(InvalidKeys), "{text:?}");
        }
    }

    const OTHER: Column = Column { table: "totp", name: "other", key: "user_id" };

    #[test]
    fn a_value_is_read_with_its_key_in_its_place_only() {
        let keys = SecretKeys::generate().unwrap();
        let value = keys.encrypt(&TOTP_SECRET, 7, "JBSWY3DP").unwrap();
        assert!(encrypted::is_encrypted(&value) && !value.contains("JBSWY3DP"));
        assert_ne!(value, keys.encrypt(&TOTP_SECRET, 7, "JBSWY3DP").unwrap());
        assert_eq!(keys.decrypt(&TOTP_SECRET, 7, &value).unwrap().expose(), "JBSWY3DP");
        assert_eq!(
            keys.with_new().unwrap().decrypt(&TOTP_SECRET, 7, &value).unwrap().expose(),
            "JBSWY3DP"
        );
        let altered = |opened: Result<Secret, EncryptionError>| {
            assert!(matches!(opened, Err(EncryptionError::Altered { .. })), "{opened:?}");
        };
        altered(keys.decrypt(&TOTP_SECRET, 8, &value));
        altered(keys.decrypt(&OTHER, 7, &value));
        let mut changed = value.clone();
        let last = if changed.pop() == Some('0') { '1' } else { '0' };
        changed.push(last);
        altered(keys.decrypt(&TOTP_SECRET, 7, &changed));
        for none in ["JBSWY3DP", "sealed:1:", "sealed:1:x", &value[..value.len() - 2]] {
            assert!(keys.decrypt(&TOTP_SECRET, 7, none).is_err(), "{none}");
        }
        let other = SecretKeys::generate().unwrap().decrypt(&TOTP_SECRET, 7, &value);
        assert!(matches!(other, Err(EncryptionError::UnknownKey { .. })), "{other:?}");
    }
}
