//! The highest id that a table has assigned.
//!
//! It can be higher than the id of any row, and no id is ever used twice: the audit trail still
//! names a number that was removed, and an open page knows live events that have been pruned.

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, Statement, Value};

use super::{columns::Column, tables::Table};

/// Returns `None` for tables whose ids come from elsewhere, and if there was no row yet.
pub(super) async fn read(
    db: &impl ConnectionTrait,
    table: &Table,
    columns: &[Column],
) -> Result<Option<i64>, DbErr> {
    let &[key] = table.key(columns) else { return Ok(None) };
    let backend = db.get_database_backend();
    let last = match backend {
        DatabaseBackend::Postgres => Statement::from_sql_and_values(
            backend,
            "SELECT pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass) AS last",
            [Value::from(quoted(table)), Value::from(key)],
        ),
        _ => Statement::from_sql_and_values(
            backend,
            "SELECT seq AS last FROM sqlite_sequence WHERE name = ?",
            [Value::from(table.name)],
        ),
    };
    match db.query_one_raw(last).await? {
        Some(row) => Ok(row.try_get::<Option<i64>>("", "last")?.filter(|last| *last > 0)),
        None => Ok(None),
    }
}

/// Continues ids after `last`, in a table that was filled with rows with ids of their own.
pub(super) async fn write(
    db: &impl ConnectionTrait,
    table: &Table,
    columns: &[Column],
    last: i64,
) -> Result<(), DbErr> {
    let &[key] = table.key(columns) else { return Ok(()) };
    let backend = db.get_database_backend();
    if backend == DatabaseBackend::Postgres {
        let set_last = format!(
            "SELECT setval(pg_get_serial_sequence($1, $2)::regclass, \
             greatest($3::bigint, (SELECT max(\"{key}\") FROM {})))",
            quoted(table)
        );
        let values = [Value::from(quoted(table)), Value::from(key), Value::from(last)];
        db.query_one_raw(Statement::from_sql_and_values(backend, set_last, values)).await?;
        return Ok(());
    }
    // SQLite updates the counter when rows are inserted, and has none for a table that has had no
    // rows.
    let values = [Value::from(last), Value::from(table.name)];
    let set_last = "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?";
    let updated = db
        .execute_raw(Statement::from_sql_and_values(backend, set_last, values.clone()))
        .await?
        .rows_affected();
    if updated == 0 {
        let begin = "INSERT INTO sqlite_sequence (seq, name) VALUES (?, ?)";
        db.execute_raw(Statement::from_sql_and_values(backend, begin, values)).await?;
    }
    Ok(())
}

fn quoted(table: &Table) -> String {
    format!("\"{}\"", table.name)
}
