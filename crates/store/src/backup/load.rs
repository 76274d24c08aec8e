//! Writing: restoring a backup into an empty database.

use std::io;

use migrations::Migrator;
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
    sea_query::{Alias, Expr, Query},
};
use sea_orm_migration::MigratorTrait as _;
use serde_json::Value as Json;

use super::{
    BackupError, Row,
    columns::{self, Column},
    counters, tables,
};
use crate::{
    SecretKeys,
    open::{self, Missing},
    schema, secrets, uploads,
};

/// Maximum number of rows of one statement. Even for the widest table it stays far below the number
/// of parameters that a statement may have.
const BATCH: usize = 500;
/// Bytes of text in one statement beyond which no further row is added.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// A database that is being restored: everything is in one transaction, and nothing is visible
/// before [`Self::finish`].
#[derive(Debug)]
pub struct Loading {
    db: DatabaseConnection,
    tx: DatabaseTransaction,
}

impl Loading {
    /// Creates the schema of the rows, which an older version of this program may have written, in
    /// an empty database.
    ///
    /// # Errors
    /// [`BackupError::NotEmpty`], [`BackupError::Newer`], [`BackupError::Migrations`], or the
    /// database cannot be opened.
    pub async fn begin(url: &str, migrations: &[String]) -> Result<Self, BackupError> {
        if let Some(newer) = schema::newer(migrations) {
            return Err(BackupError::Newer(newer.to_owned()));
        }
        if migrations.is_empty() || !schema::known().starts_with(migrations) {
            return Err(BackupError::Migrations);
        }
        let steps = u32::try_from(migrations.len()).map_err(|_| BackupError::Migrations)?;
        let db = open::connect(url, Missing::Create).await?;
        match make_schema(&db, steps).await {
            Ok(tx) => Ok(Self { db, tx }),
            Err(error) => {
                // Its files are removed next. The first error already names the cause.
                let _ = db.close().await;
                Err(error)
            }
        }
    }

    /// Fills a table and returns the number of rows. The tables come in the order of
    /// [`super::tables()`]; `last_id` is the result of [`super::Snapshot::last_id`].
    ///
    /// # Errors
    /// The table is not in that schema, a row does not fit, or the database or `rows` failed.
    pub async fn table(
        &self,
        name: &str,
        rows: impl IntoIterator<Item = io::Result<Row>>,
        last_id: Option<i64>,
    ) -> Result<u64, BackupError> {
        let table = tables::find(name)?;
        let columns = Column::of(&self.tx, table.name).await?;
        if columns.is_empty() {
            return Err(BackupError::Table(name.to_owned()));
        }
        let mut rows = rows.into_iter();
        let mut count = 0;
        loop {
            let mut batch = Query::insert();
            batch
                .into_table(Alias::new(table.name))
                .columns(columns.iter().map(|column| Alias::new(column.name.as_str())));
            let (mut taken, mut bytes) = (0, 0);
            for row in rows.by_ref().take(BATCH) {
                let row = row?;
                let values = columns::write(&columns, &row)?;
                bytes += row.values().filter_map(Json::as_str).map(str::len).sum::<usize>();
                batch.values(values.into_iter().map(Expr::val)).map_err(|error| {
                    BackupError::Row { table: name.to_owned(), problem: error.to_string() }
                })?;
                taken += 1;
                if bytes > BATCH_BYTES {
                    break;
                }
            }
            if taken == 0 {
                break;
            }
            self.tx.execute(&batch).await?;
            count += taken;
        }
        if let Some(last_id) = last_id {
            counters::write(&self.tx, table, &columns, last_id).await?;
        }
        Ok(count)
    }

    /// Migrates the database to the newest schema, fails messages whose files were incomplete, commits,
    /// and closes it; an SQLite database is a single file then. With `keys`, secrets are encrypted first; without, they are encrypted when
    /// the store is opened with keys.
    ///
    /// # Errors
    /// The database failed, and is empty as before.
    pub async fn finish_with(self, keys: Option<&SecretKeys>) -> Result<(), BackupError> {
        let committed = bring_up_to_date(self.tx, keys).await;
        let closed = self.db.close().await;
        committed?;
        Ok(closed?)
    }

    /// Does the same without keys.
    ///
    /// # Errors
    /// As [`Self::finish_with`].
    pub async fn finish(self) -> Result<(), BackupError> {
        self.finish_with(None).await
    }

    /// Closes the database, which is empty as before.
    ///
    /// # Errors
    /// The database failed; it discards uncommitted rows by itself then.
    pub async fn abandon(self) -> Result<(), BackupError> {
        // On a full disk SQLite has rolled back by itself, and reports that there is no
        // transaction.
        let rolled_back = self.tx.rollback().await;
        self.db.close().await?;
        Ok(rolled_back?)
    }
}

async fn make_schema(
    db: &DatabaseConnection,
    steps: u32,
) -> Result<DatabaseTransaction, BackupError> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let tx = db.begin_with_options(options).await?;
    if !columns::tables(&tx).await?.is_empty() {
        return Err(BackupError::NotEmpty);
    }
    Migrator::up(&tx, Some(steps)).await?;
    Ok(tx)
}

async fn bring_up_to_date(
    tx: DatabaseTransaction,
    keys: Option<&SecretKeys>,
) -> Result<(), BackupError> {
    Migrator::up(&tx, None).await?;
    uploads::abandon(&tx).await?;
    if let Some(keys) = keys {
        secrets::reencrypt(&tx, keys).await?;
    }
    Ok(tx.commit().await?)
}
