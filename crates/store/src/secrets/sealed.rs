//! One encrypted value: `sealed:1:<key>:<nonce and ciphertext>`, XChaCha20-Poly1305, in hexadecimal.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use secrecy::ExposeSecret as _;

use super::{Column, SealError, keys::Key};
use crate::{Secret, accounts::secret::random};

/// The beginning of every encrypted value. What is encrypted, Base32, has no colon.
const PREFIX: &str = "sealed:1:";
/// Long enough to be random each time.
const NONCE: usize = 24;

/// Returns true if a value is encrypted already.
pub(crate) fn is_sealed(value: &str) -> bool {
    value.starts_with(PREFIX)
}

/// The name of the key that it is encrypted under.
pub(super) fn key_of(value: &str) -> Option<&str> {
    Some(value.strip_prefix(PREFIX)?.split_once(':')?.0)
}

pub(super) fn seal(key: &Key, column: &Column, row: i64, text: &str) -> Result<String, SealError> {
    let nonce = random::<NONCE>().map_err(|_| SealError::Cipher)?;
    let place = place(column, row);
    let payload = Payload { msg: text.as_bytes(), aad: place.as_bytes() };
    let sealed = XChaCha20Poly1305::new(key.bytes.expose_secret().into())
        .encrypt(XNonce::from_slice(&nonce), payload)
        .map_err(|_| SealError::Cipher)?;
    Ok(format!("{PREFIX}{}:{}{}", key.id, hex::encode(nonce), hex::encode(sealed)))
}

pub(super) fn open(
    keys: &[Key],
    column: &Column,
    row: i64,
    value: &str,
) -> Result<Secret, SealError> {
    let altered = || SealError::Altered { table: column.table, column: column.name, row };
    let rest = value.strip_prefix(PREFIX).ok_or_else(altered)?;
    let (id, sealed) = rest.split_once(':').ok_or_else(altered)?;
    let unknown = || SealError::UnknownKey { id: id.chars().take(16).collect() };
    let key = keys.iter().find(|key| key.id == id).ok_or_else(unknown)?;
    let bytes = hex::decode(sealed).map_err(|_| altered())?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or_else(altered)?;
    let place = place(column, row);
    let text = XChaCha20Poly1305::new(key.bytes.expose_secret().into())
        .decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: place.as_bytes() })
        .map_err(|_| altered())?;
    Ok(Secret::new(String::from_utf8(text).map_err(|_| altered())?))
}

/// What a value is bound to. Names of tables and columns have no dots.
fn place(column: &Column, row: i64) -> String {
    format!("{}.{}.{row}", column.table, column.name)
}

#[cfg(test)]
mod tests {
    use super::super::{SecretKeys, TOTP_SECRET};
    use super::*;

    const OTHER: Column = Column { table: "totp", name: "other", key: "user_id" };

    #[test]
    fn a_value_is_read_with_its_key_in_its_place_only() {
        let keys = SecretKeys::generate().unwrap();
        let value = keys.seal(&TOTP_SECRET, 7, "JBSWY3DP").unwrap();
        assert!(is_sealed(&value) && !value.contains("JBSWY3DP"));
        assert_ne!(value, keys.seal(&TOTP_SECRET, 7, "JBSWY3DP").unwrap());
        assert_eq!(keys.open(&TOTP_SECRET, 7, &value).unwrap().expose(), "JBSWY3DP");
        assert_eq!(
            keys.with_new().unwrap().open(&TOTP_SECRET, 7, &value).unwrap().expose(),
            "JBSWY3DP"
        );
        let altered = |opened: Result<Secret, SealError>| {
            assert!(matches!(opened, Err(SealError::Altered { .. })), "{opened:?}");
        };
        altered(keys.open(&TOTP_SECRET, 8, &value));
        altered(keys.open(&OTHER, 7, &value));
        let mut changed = value.clone();
        let last = if changed.pop() == Some('0') { '1' } else { '0' };
        changed.push(last);
        altered(keys.open(&TOTP_SECRET, 7, &changed));
        for none in ["JBSWY3DP", "sealed:1:", "sealed:1:x", &value[..value.len() - 2]] {
            assert!(keys.open(&TOTP_SECRET, 7, none).is_err(), "{none}");
        }
        let other = SecretKeys::generate().unwrap().open(&TOTP_SECRET, 7, &value);
        assert!(matches!(other, Err(SealError::UnknownKey { .. })), "{other:?}");
    }
}
