//! Columns, and what they hold: as JSON in a backup, as values in a statement.
//!
//! They are asked of the database, so that a backup of any age and its schema fit each other. Each
//! database has its own words for the three kinds that there are.

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, QueryResult, Statement, Value};
use serde_json::Value as Json;

use super::BackupError;

/// A row: the names of its columns and what they hold. What is NULL is left out.
pub type Row = serde_json::Map<String, Json>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Whole,
    Truth,
    Words,
}

#[derive(Debug)]
pub(super) struct Column {
    table: String,
    pub(super) name: String,
    kind: Kind,
}

impl Column {
    /// The columns of a table as it is now, in its own order. None, if there is no such table.
    pub(super) async fn of(
        db: &impl ConnectionTrait,
        table: &str,
    ) -> Result<Vec<Self>, BackupError> {
        let sql = match db.get_database_backend() {
            DatabaseBackend::Postgres => {
                "SELECT column_name::text AS name, data_type::text AS kind \
                 FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
            }
            _ => "SELECT name, lower(type) AS kind FROM pragma_table_info(?) ORDER BY cid",
        };
        let columns =
            Statement::from_sql_and_values(db.get_database_backend(), sql, [Value::from(table)]);
        let mut found = Vec::new();
        for row in db.query_all_raw(columns).await? {
            let (name, kind): (String, String) =
                (row.try_get("", "name")?, row.try_get("", "kind")?);
            let kind = match kind.as_str() {
                "bigint" | "integer" => Kind::Whole,
                "boolean" => Kind::Truth,
                "text" => Kind::Words,
                _ => return Err(BackupError::Kind { table: table.to_owned(), column: name, kind }),
            };
            found.push(Self { table: table.to_owned(), name, kind });
        }
        Ok(found)
    }

    fn read(&self, row: &QueryResult) -> Result<Option<Json>, DbErr> {
        let name = self.name.as_str();
        Ok(match self.kind {
            Kind::Whole => row.try_get::<Option<i64>>("", name)?.map(Json::from),
            Kind::Truth => row.try_get::<Option<bool>>("", name)?.map(Json::from),
            Kind::Words => row.try_get::<Option<String>>("", name)?.map(Json::from),
        })
    }

    /// What the column of a row holds, as the database takes it: a NULL, too, has its type.
    pub(super) fn value(&self, row: &Row) -> Result<Value, BackupError> {
        let held = row.get(&self.name).filter(|held| !held.is_null());
        let wrong = || BackupError::Row {
            table: self.table.clone(),
            problem: format!("{} cannot be that", self.name),
        };
        Ok(match self.kind {
            Kind::Whole => held.map(|held| held.as_i64().ok_or_else(wrong)).transpose()?.into(),
            Kind::Truth => held.map(|held| held.as_bool().ok_or_else(wrong)).transpose()?.into(),
            Kind::Words => {
                let words = held.map(|held| held.as_str().ok_or_else(wrong)).transpose()?;
                words.map(str::to_owned).into()
            }
        })
    }
}

/// The columns of a row that was read.
pub(super) fn read(columns: &[Column], row: &QueryResult) -> Result<Row, DbErr> {
    let mut read = Row::new();
    for column in columns {
        if let Some(value) = column.read(row)? {
            read.insert(column.name.clone(), value);
        }
    }
    Ok(read)
}

/// The values of a row that is to be written. One with a column that the table has not is refused:
/// it would be lost.
pub(super) fn write(columns: &[Column], row: &Row) -> Result<Vec<Value>, BackupError> {
    if let Some(name) = row.keys().find(|name| columns.iter().all(|column| column.name != **name)) {
        let table = columns.first().map(|column| column.table.clone()).unwrap_or_default();
        return Err(BackupError::Row { table, problem: format!("there is no column {name:?}") });
    }
    columns.iter().map(|column| column.value(row)).collect()
}

/// The tables that there are.
pub(super) async fn tables(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DatabaseBackend::Postgres => {
            "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()"
        }
        _ => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        }
    };
    let rows = db.query_all_raw(Statement::from_string(backend, sql)).await?;
    rows.iter().map(|row| row.try_get("", "name")).collect()
}
