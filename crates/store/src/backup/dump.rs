//! Reading: a consistent snapshot of a database, while others go on writing.

use std::io;

use sea_orm::{
    AccessMode, ConnectionTrait as _, DatabaseBackend, DatabaseConnection, DatabaseTransaction,
    IsolationLevel, SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
    sea_query::{Alias, Expr, ExprTrait as _, Order, Query, SelectStatement},
};

use super::{
    BackupError, Row,
    columns::{self, Column},
    counters,
    tables::{self, Table},
};
use crate::{
    EncryptionError, SecretKeys,
    open::{self, Missing},
    schema, secrets,
};

/// Maximum number of rows in memory at one time.
const PAGE: u64 = 1000;

/// A database at one moment. Rows written after [`Self::take`] are in none of its tables.
#[derive(Debug)]
pub struct Snapshot {
    db: DatabaseConnection,
    tx: DatabaseTransaction,
    migrations: Vec<String>,
    tables: Vec<&'static Table>,
    keys: Option<SecretKeys>,
}

impl Snapshot {
    /// Opens the database as it is: it is neither created nor migrated, so a backup can be made
    /// with a new version before that version changes the data.
    ///
    /// # Errors
    /// There is no database, it cannot be read, it is of a newer version, or
    /// [`BackupError::Empty`].
    pub async fn take(url: &str) -> Result<Self, BackupError> {
        let db = open::connect(url, Missing::Refuse).await?;
        let tx = db.begin_with_options(read_transaction(db.get_database_backend())).await?;
        // The first read fixes the moment of the snapshot, on both databases.
        let migrations = schema::applied(&tx).await?;
        if let Some(newer) = schema::newer(&migrations) {
            return Err(BackupError::Newer(newer.to_owned()));
        }
        if migrations.is_empty() {
            return Err(BackupError::Empty);
        }
        let present = columns::tables(&tx).await?;
        let is_present = |table: &&Table| present.iter().any(|name| name == table.name);
        let tables = tables::TABLES.iter().filter(is_present).collect();
        Ok(Self { db, tx, migrations, tables, keys: None })
    }

    /// Decrypts secrets with these keys: a backup holds them in clear, since it may be restored
    /// under another key.
    pub fn with_secrets(self, keys: Option<SecretKeys>) -> Self {
        Self { keys, ..self }
    }

    /// Returns the migrations that made the schema of the rows, oldest first.
    pub fn migrations(&self) -> &[String] {
        &self.migrations
    }

    /// Returns the tables of this schema, in the order in which they have to be read back.
    pub fn tables(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.tables.iter().map(|table| table.name)
    }

    /// Passes every row of a table to `each`, in the order of its key, and returns their number.
    ///
    /// # Errors
    /// The table is none of [`Self::tables`], or the database or `each` failed.
    pub async fn rows(
        &self,
        table: &str,
        mut each: impl FnMut(&Row) -> io::Result<()>,
    ) -> Result<u64, BackupError> {
        let table = tables::find(table)?;
        let columns = Column::of(&self.tx, table.name).await?;
        if columns.is_empty() {
            return Err(BackupError::Table(table.name.to_owned()));
        }
        let (mut count, mut last) = (0, None);
        loop {
            let page = page(table, &columns, last.as_ref())?;
            let page = self.tx.query_all(&page).await?;
            for row in &page {
                let mut row = columns::read(&columns, row)?;
                self.decrypt_secret(table.name, &mut row)?;
                each(&row)?;
                last = Some(row);
                count += 1;
            }
            if (page.len() as u64) < PAGE {
                return Ok(count);
            }
        }
    }

    /// Returns the highest id that a table has assigned, if it assigns ids.
    ///
    /// # Errors
    /// The database failed.
    pub async fn last_id(&self, table: &str) -> Result<Option<i64>, BackupError> {
        let table = tables::find(table)?;
        let columns = Column::of(&self.tx, table.name).await?;
        Ok(counters::read(&self.tx, table, &columns).await?)
    }

    fn decrypt_secret(&self, table: &str, row: &mut Row) -> Result<(), BackupError> {
        let Some(column) = secrets::column_of(table) else { return Ok(()) };
        let key = row.get(column.key).and_then(serde_json::Value::as_i64);
        let value = row.get(column.name).and_then(serde_json::Value::as_str);
        let (Some(key), Some(value)) = (key, value.filter(|value| secrets::is_encrypted(value)))
        else {
            return Ok(());
        };
        let keys = self.keys.as_ref().ok_or(EncryptionError::NoKey)?;
        let secret = match keys.decrypt(column, key, value) {
            Ok(secret) => secret.expose().to_owned(),
            // An altered secret is of no use here either, and must not keep the rest from being
            // backed up.
            Err(EncryptionError::Altered { .. }) => String::new(),
            Err(error) => return Err(error.into()),
        };
        row.insert(column.name.to_owned(), secret.into());
        Ok(())
    }

    /// Closes the database.
    ///
    /// # Errors
    /// The database failed. The rows that were read are valid all the same.
    pub async fn close(self) -> Result<(), BackupError> {
        self.tx.rollback().await?;
        Ok(self.db.close().await?)
    }
}

/// Every read of the transaction sees the same state as the first. On SQLite this holds in WAL
/// mode, and it has no other isolation levels.
fn read_transaction(backend: DatabaseBackend) -> TransactionOptions {
    match backend {
        DatabaseBackend::Sqlite => TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
            ..TransactionOptions::default()
        },
        _ => TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        },
    }
}

/// Returns the query for the next rows after `last`.
fn page(
    table: &Table,
    columns: &[Column],
    last: Option<&Row>,
) -> Result<SelectStatement, BackupError> {
    let keys = table.key(columns);
    let mut page = Query::select();
    page.from(Alias::new(table.name))
        .columns(columns.iter().map(|column| Alias::new(column.name.as_str())))
        .limit(PAGE);
    for key in keys {
        page.order_by(Alias::new(*key), Order::Asc);
    }
    if let Some(last) = last {
        let key = keys.iter().map(|key| Expr::col(Alias::new(*key)));
        let mut of_last = Vec::new();
        for key in keys {
            let column = columns.iter().find(|column| column.name == *key);
            let column = column.ok_or_else(|| BackupError::Table(table.name.to_owned()))?;
            of_last.push(Expr::val(column.value(last)?));
        }
        page.and_where(Expr::tuple(key).gt(Expr::tuple(of_last)));
    }
    Ok(page)
}
