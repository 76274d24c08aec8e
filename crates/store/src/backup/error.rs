//! Errors of backups and restores.

use std::io;

use crate::{EncryptionError, Error, error::OpenError, outage};

/// A failed backup or restore. Neither the database that was read nor the one that was to be filled
/// has changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("database: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// The database exists, but this program has never used it.
    #[error("the database is empty")]
    Empty,
    /// The database to restore into has tables already.
    #[error("the database is not empty")]
    NotEmpty,
    /// The rows are of a schema that this program does not know yet; the value names the migration.
    #[error("made by a newer version of this program, with {0:?}")]
    Newer(String),
    /// The rows are of no schema that this program ever had.
    #[error("the list of migrations is not one of this program's")]
    Migrations,
    /// The table does not belong in a backup of that schema.
    #[error("{0:?} is no table of a backup")]
    Table(String),
    /// A column has a type that `backup::columns` does not support.
    #[error("{table}.{column} is of the unknown type {kind:?}")]
    Kind { table: String, column: String, kind: String },
    /// A row does not fit its table.
    #[error("a row does not fit the table {table}: {problem}")]
    Row { table: String, problem: String },
    /// A secret cannot be decrypted or encrypted.
    #[error(transparent)]
    Encrypted(#[from] EncryptionError),
    /// The consumer or the source of the rows failed.
    #[error(transparent)]
    Rows(#[from] io::Error),
}

impl BackupError {
    /// Returns true if the disk of a database has no space left.
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
            Error::Encrypted(error) => Self::Encrypted(error),
            Error::Database(error) => Self::Database(error),
            other => Self::Rows(io::Error::other(other)),
        }
    }
}
