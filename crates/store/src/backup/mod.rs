//! Copying all rows from one database to another.
//!
//! ```text
//!  Snapshot::take(url)                         Loading::begin(url, migrations)
//!    │ one transaction, one moment               │ an empty database, at the same schema
//!    │ rows(table) ─► Row, Row, …  ── archive ──►│ table(name, rows)
//!    ▼                                           ▼ finish: the migrations since then, commit
//!  the database, unchanged                     the database, whole or not there
//! ```
//!
//! A [`Row`] is a JSON object that means the same on both databases: rows written on SQLite can be
//! read into PostgreSQL, and the other way round. `server::backup` stores the rows meanwhile, and
//! the numbers' keys beside them.
//!
//! Logins ([`LEFT_OUT`]) are not copied: they are credentials, and people log in again. Files that a
//! browser was sending are not copied either, and their messages have failed in the copy.
//!
//! * `tables`: the tables of a backup and their order. `columns`: their values, as JSON and as
//!   parameters.
//! * `dump` and `load`: reading and writing. `counters`: the ids that have been assigned.
//! * `files`: copying SQLite files.

mod columns;
mod counters;
mod dump;
mod error;
mod files;
mod load;
mod tables;

pub use columns::Row;
pub use dump::Snapshot;
pub use error::BackupError;
pub use files::{copy_sqlite, sqlite_file};
pub use load::Loading;
pub use tables::{LEFT_OUT, names as tables};
