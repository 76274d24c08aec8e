//! Why there is no backup, or nothing restored.

use std::io;

use crate::{Error, SealError, error::OpenError, outage};

/// What stood in the way. Neither the database that was read nor the one that was to be filled has
/// changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("database: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// There is a database, and this program has never used it.
    #[error("the database is empty")]
    Empty,
    /// The database to restore into has tables already.
    #[error("the database is not empty")]
    NotEmpty,
    /// The rows are of a schema that this program does not know yet; the migration is named.
    #[error("made by a newer version of this program, with {0:?}")]
    Newer(String),
    /// The rows are of no schema that this program ever had.
    #[error("the list of migrations is not one of this program's")]
    Migrations,
    /// Not a table of that schema that belongs in a backup.
    #[error("{0:?} is no table of a backup")]
    Table(String),
    /// A column of a kind that nobody has taught to `backup::columns`.
    #[error("{table}.{column} is of the unknown type {kind:?}")]
    Kind { table: String, column: String, kind: String },
    /// A row that does not fit its table.
    #[error("a row does not fit the table {table}: {problem}")]
    Row { table: String, problem: String },
    /// A secret cannot be read, or written.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// What took the rows, or gave them, failed.
    #[error(transparent)]
    Rows(#[from] io::Error),
}

impl BackupError {
    /// Whether the disk of a database has no room left.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Database(error)
            | Self::Open(OpenError::File { source: error, .. } | OpenError::Migration(error)) => {
                outage::is_disk_full(error)
            }
            _ => false,
        }
    }
}

impl From<Error> for BackupError {
    fn from(error: Error) -> Self {
        match error {
            Error::Sealed(error) => Self::Sealed(error),
            Error::Database(error) => Self::Database(error),
            other => Self::Rows(io::Error::other(other)),
        }
    }
}
