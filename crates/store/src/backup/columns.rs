//! Columns and their values: as JSON in a backup, as parameters in a statement.
//!
//! The columns are read from the database, so that a backup of any age fits its schema. Each
//! database has its own type names for the three kinds.

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, QueryResult, Statement, Value};
use serde_json::Value as Json;

use super::BackupError;

/// A row: the names of its columns and their values. NULL values are left out.
pub type Row = serde_json::Map<String, Json>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Integer,
    Boolean,
    Text,
}

#[derive(Debug)]
pub(super) struct Column {
    table: String,
    pub(super) name: String,
    kind: Kind,
}

impl Column {
    /// Returns the columns of a table as it is now, in its own order; none if there is no such
    /// table.
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
                "bigint" | "integer" => Kind::Integer,
                "boolean" => Kind::Boolean,
                "text" => Kind::Text,
                _ => return Err(BackupError::Kind { table: table.to_owned(), column: name, kind }),
            };
            found.push(Self { table: table.to_owned(), name, kind });
        }
        Ok(found)
    }

    fn read(&self, row: &QueryResult) -> Result<Option<Json>, DbErr> {
        let name = self.name.as_str();
        Ok(match self.kind {
            Kind::Integer => row.try_get::<Option<i64>>("", name)?.map(Json::from),
            Kind::Boolean => row.try_get::<Option<bool>>("", name)?.map(Json::from),
            Kind::Text => row.try_get::<Option<String>>("", name)?.map(Json::from),
        })
    }

    /// Returns the column's value of a row as a parameter of a statement: a NULL, too, has its
    /// type.
    pub(super) fn value(&self, row: &Row) -> Result<Value, BackupError> {
        let value = row.get(&self.name).filter(|value| !value.is_null());
        let wrong = || BackupError::Row {
            table: self.table.clone(),
            problem: format!("{} cannot be that", self.name),
        };
        Ok(match self.kind {
            Kind::Integer => {
                value.map(|value| value.as_i64().ok_or_else(wrong)).transpose()?.into()
            }
            Kind::Boolean => {
                value.map(|value| value.as_bool().ok_or_else(wrong)).transpose()?.into()
            }
            Kind::Text => {
                let text = value.map(|value| value.as_str().ok_or_else(wrong)).transpose()?;
                text.map(str::to_owned).into()
            }
        })
    }
}

/// Returns the columns of a row that was read.
pub(super) fn read(columns: &[Column], row: &QueryResult) -> Result<Row, DbErr> {
    let mut read = Row::new();
    for column in columns {
        if let Some(value) = column.read(row)? {
            read.insert(column.name.clone(), value);
        }
    }
    Ok(read)
}

/// Returns the values of a row to be written. A row with a column that the table does not have is
/// refused, because its value would be lost.
pub(super) fn write(columns: &[Column], row: &Row) -> Result<Vec<Value>, BackupError> {
    if let Some(name) = row.keys().find(|name| columns.iter().all(|column| column.name != **name)) {
        let table = columns.first().map(|column| column.table.clone()).unwrap_or_default();
        return Err(BackupError::Row { table, problem: format!("there is no column {name:?}") });
    }
    columns.iter().map(|column| column.value(row)).collect()
}

/// Returns the names of all tables of the database.
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
