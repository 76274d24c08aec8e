//! Reading: one moment of a database, whole, while others go on writing.

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
    SealError, SecretKeys,
    open::{self, Missing},
    schema, secrets,
};

/// Rows that are in memory at one time.
const PAGE: u64 = 1000;

/// A database at one moment. What is written after [`Self::take`] is not in it, in no table.
#[derive(Debug)]
pub struct Snapshot {
    db: DatabaseConnection,
    tx: DatabaseTransaction,
    migrations: Vec<String>,
    tables: Vec<&'static Table>,
    keys: Option<SecretKeys>,
}

impl Snapshot {
    /// Looks at the database as it is now: it is neither created nor brought up to date, so a
    /// backup can be made with a new version before it is let near the data.
    ///
    /// # Errors
    /// There is no database, it cannot be read, it is of a newer version, or
    /// [`BackupError::Empty`].
    pub async fn take(url: &str) -> Result<Self, BackupError> {
        let db = open::connect(url, Missing::Refuse).await?;
        let tx = db.begin_with_options(reading(db.get_database_backend())).await?;
        // The first read is what fixes the moment, on both databases.
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

    /// The same, which reads what is encrypted: a backup has it in clear, since it is restored where the
    /// key may be another.
    pub fn with_secrets(self, keys: Option<SecretKeys>) -> Self {
        Self { keys, ..self }
    }

    /// The migrations that made the schema of the rows, oldest first.
    pub fn migrations(&self) -> &[String] {
        &self.migrations
    }

    /// The tables that this schema has, in the order in which they have to be read back.
    pub fn tables(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.tables.iter().map(|table| table.name)
    }

    /// Hands every row of a table to `each`, in the order of its key, and says how many they were.
    ///
    /// # Errors
    /// The table is none of [`Self::tables`], the database failed, or `each` did.
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
                self.open_secret(table.name, &mut row)?;
                each(&row)?;
                last = Some(row);
                count += 1;
            }
            if (page.len() as u64) < PAGE {
                return Ok(count);
            }
        }
    }

    /// The highest id that a table has given out, where it gives ids.
    ///
    /// # Errors
    /// The database failed.
    pub async fn last_id(&self, table: &str) -> Result<Option<i64>, BackupError> {
        Ok(counters::read(&self.tx, tables::find(table)?).await?)
    }

    fn open_secret(&self, table: &str, row: &mut Row) -> Result<(), BackupError> {
        let Some(column) = secrets::column_of(table) else { return Ok(()) };
        let key = row.get(column.key).and_then(serde_json::Value::as_i64);
        let value = row.get(column.name).and_then(serde_json::Value::as_str);
        let (Some(key), Some(value)) = (key, value.filter(|value| secrets::is_sealed(value)))
        else {
            return Ok(());
        };
        let keys = self.keys.as_ref().ok_or(SealError::NoKey)?;
        let secret = match keys.open(column, key, value) {
            Ok(secret) => secret.expose().to_owned(),
            // It is of no use here either, and keeps nothing else from being backed up.
            Err(SealError::Altered { .. }) => String::new(),
            Err(error) => return Err(error.into()),
        };
        row.insert(column.name.to_owned(), secret.into());
        Ok(())
    }

    /// Lets go of the database.
    ///
    /// # Errors
    /// The database failed. What was read is good all the same.
    pub async fn close(self) -> Result<(), BackupError> {
        self.tx.rollback().await?;
        Ok(self.db.close().await?)
    }
}

/// Every read of the transaction sees what the first saw. SQLite's are like that in WAL mode, and it
/// knows no other levels.
fn reading(backend: DatabaseBackend) -> TransactionOptions {
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

/// The next rows after `last`.
fn page(
    table: &Table,
    columns: &[Column],
    last: Option<&Row>,
) -> Result<SelectStatement, BackupError> {
    let mut page = Query::select();
    page.from(Alias::new(table.name))
        .columns(columns.iter().map(|column| Alias::new(column.name.as_str())))
        .limit(PAGE);
    for key in table.key {
        page.order_by(Alias::new(*key), Order::Asc);
    }
    if let Some(last) = last {
        let key = table.key.iter().map(|key| Expr::col(Alias::new(*key)));
        let mut of_last = Vec::new();
        for key in table.key {
            let column = columns.iter().find(|column| column.name == *key);
            let column = column.ok_or_else(|| BackupError::Table(table.name.to_owned()))?;
            of_last.push(Expr::val(column.value(last)?));
        }
        page.and_where(Expr::tuple(key).gt(Expr::tuple(of_last)));
    }
    Ok(page)
}
