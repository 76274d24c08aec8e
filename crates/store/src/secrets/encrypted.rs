//! One encrypted value: `sealed:1:<key>:<nonce and ciphertext>`, XChaCha20-Poly1305, in
//! hexadecimal.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use secrecy::ExposeSecret as _;

use super::{Column, Secret, key::Key, secret::random};
use crate::EncryptionError;

/// Prefix of every encrypted value. The plaintext, Base32, has no colon.
const PREFIX: &str = "sealed:1:";
/// Length of a nonce in bytes, long enough to be random each time.
const NONCE: usize = 24;

/// Returns true if a value is encrypted already.
pub(crate) fn is_encrypted(value: &str) -> bool {
    value.starts_with(PREFIX)
}

/// Returns the id of the key under which it is encrypted.
pub(super) fn key_of(value: &str) -> Option<&str> {
    Some(value.strip_prefix(PREFIX)?.split_once(':')?.0)
}

pub(super) fn encrypt(
    key: &Key,
    column: &Column,
    row: i64,
    text: &str,
) -> Result<String, EncryptionError> {
    let nonce = random::<NONCE>().map_err(|_| EncryptionError::Cipher)?;
    let bound_to = bound_to(column, row);
    let payload = Payload { msg: text.as_bytes(), aad: bound_to.as_bytes() };
    let ciphertext = XChaCha20Poly1305::new(key.bytes.expose_secret().into())
        .encrypt(XNonce::from_slice(&nonce), payload)
        .map_err(|_| EncryptionError::Cipher)?;
    Ok(format!("{PREFIX}{}:{}{}", key.id, hex::encode(nonce), hex::encode(ciphertext)))
}

pub(super) fn decrypt(
    keys: &[Key],
    column: &Column,
    row: i64,
    value: &str,
) -> Result<Secret, EncryptionError> {
    let altered = || EncryptionError::Altered { table: column.table, column: column.name, row };
    let rest = value.strip_prefix(PREFIX).ok_or_else(altered)?;
    let (id, digits) = rest.split_once(':').ok_or_else(altered)?;
    let unknown = || EncryptionError::UnknownKey { id: id.chars().take(16).collect() };
    let key = keys.iter().find(|key| key.id == id).ok_or_else(unknown)?;
    let bytes = hex::decode(digits).map_err(|_| altered())?;
    let (nonce, ciphertext) = bytes.split_at_checked(NONCE).ok_or_else(altered)?;
    let bound_to = bound_to(column, row);
    let text = XChaCha20Poly1305::new(key.bytes.expose_secret().into())
        .decrypt(XNonce::from_slice(nonce), Payload { msg: ciphertext, aad: bound_to.as_bytes() })
        .map_err(|_| altered())?;
    Ok(Secret::new(String::from_utf8(text).map_err(|_| altered())?))
}

/// Returns the associated data, which binds a value to its row. Names of tables and columns have no
/// dots.
fn bound_to(column: &Column, row: i64) -> String {
    format!("{}.{}.{row}", column.table, column.name)
}
