//! Writing: an empty database becomes the one that a backup was made of.

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
    schema, secrets,
};

/// Rows of one statement. Of the widest table they are far from the number of values that a
/// statement may have.
const BATCH: usize = 500;
/// And the bytes of its texts, beyond which no further row is added.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// A database on its way to being restored: everything in one transaction, and nothing of it there
/// before [`Self::finish`].
#[derive(Debug)]
pub struct Loading {
    db: DatabaseConnection,
    tx: DatabaseTransaction,
}

impl Loading {
    /// Makes the schema of the rows, which an older version of this program may have written, in an
    /// empty database.
    ///
    /// # Errors
    /// [`BackupError::NotEmpty`], [`BackupError::Newer`], [`BackupError::Migrations`], or the
    /// database cannot be had.
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
                // Its files are removed next. What went wrong is said already.
                let _ = db.close().await;
                Err(error)
            }
        }
    }

    /// Fills a table and says with how many rows. The tables come in the order of
    /// [`super::tables()`]; `last_id` is what [`super::Snapshot::last_id`] said.
    ///
    /// # Errors
    /// The table is none of that schema, a row does not fit, the database failed, or `rows` did.
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
            counters::write(&self.tx, table, last_id).await?;
        }
        Ok(count)
    }

    /// Brings the database up to date, commits, and lets go of it: an SQLite file is one file then. With
    /// `keys`, secrets are encrypted before; without, when the store is opened with some.
    ///
    /// # Errors
    /// The database failed, and is empty as before.
    pub async fn finish_with(self, keys: Option<&SecretKeys>) -> Result<(), BackupError> {
        let committed = bring_up_to_date(self.tx, keys).await;
        let closed = self.db.close().await;
        committed?;
        Ok(closed?)
    }

    /// The same without keys.
    ///
    /// # Errors
    /// As [`Self::finish_with`].
    pub async fn finish(self) -> Result<(), BackupError> {
        self.finish_with(None).await
    }

    /// Lets go of the database, which is empty as before.
    ///
    /// # Errors
    /// The database failed; then it forgets by itself what was not committed.
    pub async fn abandon(self) -> Result<(), BackupError> {
        // On a full disk SQLite has done so by itself, and says that there is nothing to roll back.
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
    if let Some(keys) = keys {
        secrets::reseal(&tx, keys).await?;
    }
    Ok(tx.commit().await?)
}
