//! Secret values of the database, encrypted under a key that is not in it.
//!
//! A value names the key that decrypts it, and is bound to its table, column and row: it cannot be
//! read with another key, and one that is moved elsewhere cannot be decrypted there. A person who
//! has the database alone, for example from a backup of PostgreSQL, can read none of them.
//!
//! * `keys`: the keys and their text form, `key`: one of them. `encrypted`: one value. `rows`: all values, when the
//!   database is opened and when the key changes.
//! * `secret`: a secret that leaves the store once, and of which the database has a digest only.
//!
//! A new secret column has to be added to [`COLUMNS`], which backups use too.

mod encrypted;
mod key;
mod keys;
mod rows;
mod secret;

pub(crate) use encrypted::is_encrypted;
pub use keys::{InvalidKeys, SecretKeys};
pub(crate) use rows::{Reencrypted, any_encrypted, is_due, reencrypt, unreadable};
pub use secret::Secret;
pub(crate) use secret::{digest, random};

/// A column of secrets.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) table: &'static str,
    pub(crate) name: &'static str,
    /// The integer column that identifies the row.
    pub(crate) key: &'static str,
}

/// The secrets of second factors (TOTP).
pub(crate) const TOTP_SECRET: Column = Column { table: "totp", name: "secret", key: "user_id" };

/// All secret columns.
pub(crate) const COLUMNS: &[Column] = &[TOTP_SECRET];

/// Returns the secret column of a table, if it has one.
pub(crate) fn column_of(table: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|column| column.table == table)
}
