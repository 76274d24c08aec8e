//! Secret values of the database, encrypted under a key that is not in it.
//!
//! A value says which key opens it, and is bound to its table, column and row: it cannot be read with
//! another key, and one that is moved elsewhere is of no use there. Whoever has the database alone, from
//! a backup of PostgreSQL say, has none of it.
//!
//! * `keys`: the keys, as they are written down. `sealed`: one value. `rows`: all of them, when the
//!   database is opened and when the key changes.
//!
//! A new secret column is named in [`COLUMNS`]; backups go by it too.

mod keys;
mod rows;
mod sealed;

pub use keys::{InvalidKeys, SecretKeys};
pub(crate) use rows::{Resealed, any, is_due, reseal, unreadable};
pub(crate) use sealed::is_sealed;

/// A column of secrets.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) table: &'static str,
    pub(crate) name: &'static str,
    /// The whole number that names the row.
    pub(crate) key: &'static str,
}

/// The secrets that phones make codes from.
pub(crate) const TOTP_SECRET: Column = Column { table: "totp", name: "secret", key: "user_id" };

/// All there are.
pub(crate) const COLUMNS: &[Column] = &[TOTP_SECRET];

/// The secret column of a table, if it has one.
pub(crate) fn column_of(table: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|column| column.table == table)
}

/// Why a secret cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The store was opened without keys ([`crate::Store::with_secrets`]).
    #[error("there is no key for the secrets in the database")]
    NoKey,
    /// Encrypted under a key that is not among those given.
    #[error("a secret in the database is encrypted under another key ({id})")]
    UnknownKey { id: String },
    /// Changed, or moved from another row.
    #[error("{table}.{column} of {row} was altered")]
    Altered { table: &'static str, column: &'static str, row: i64 },
    /// The cipher refused, which it does for texts of many gigabytes only.
    #[error("a secret could not be encrypted")]
    Cipher,
}
