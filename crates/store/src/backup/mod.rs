//! Every row out of one database and into another.
//!
//! ```text
//!  Snapshot::take(url)                         Loading::begin(url, migrations)
//!    │ one transaction, one moment               │ an empty database, at the same schema
//!    │ rows(table) ─► Row, Row, …  ── archive ──►│ table(name, rows)
//!    ▼                                           ▼ finish: the migrations since then, commit
//!  the database, unchanged                     the database, whole or not there
//! ```
//!
//! A [`Row`] is a JSON object that means the same on both databases: what was written on SQLite can
//! be read into PostgreSQL, and the other way round. Where rows are kept meanwhile, and the numbers'
//! keys beside them, is `server::backup`'s business.
//!
//! Logins ([`LEFT_OUT`]) do not travel: they are credentials, and people log in again.
//!
//! * `tables`: which there are, and in which order. `columns`: what they hold, as JSON and as values.
//! * `dump` and `load`: the two ends. `counters`: the ids that have been given out.
//! * `files`: SQLite files as such.

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
