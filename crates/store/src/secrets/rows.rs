//! Every secret of a database: encrypted where it is not, and under the newest key where it is not.

use sea_orm::{
    ConnectionTrait, DatabaseBackend,
    sea_query::{Alias, Expr, ExprTrait as _, Query},
};

use super::{COLUMNS, Column, SealError, SecretKeys, is_sealed};
use crate::Error;

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Resealed {
    /// Were not encrypted.
    pub(crate) plain: u64,
    /// Were encrypted under an older key.
    pub(crate) older: u64,
}

/// Encrypts what is not, and under the newest key what is under an older one. A value that was altered
/// stays as it is: whose it is can be helped, and nobody else has to wait for that.
///
/// # Errors
/// [`SealError::UnknownKey`]; the database failed.
pub(crate) async fn reseal(
    tx: &impl ConnectionTrait,
    keys: &SecretKeys,
) -> Result<Resealed, Error> {
    let mut done = Resealed::default();
    if tx.get_database_backend() == DatabaseBackend::Sqlite {
        // Or what stood there stays readable in the unused parts of the file.
        tx.execute_unprepared("PRAGMA secure_delete = ON").await?;
    }
    for column in COLUMNS {
        for (row, value) in values(tx, column).await? {
            let was_sealed = is_sealed(&value);
            let sealed = match was_sealed.then(|| keys.open(column, row, &value)) {
                None => keys.seal(column, row, &value)?,
                Some(Ok(_)) if keys.is_current(&value) => continue,
                Some(Ok(secret)) => keys.seal(column, row, secret.expose())?,
                Some(Err(error @ SealError::Altered { .. })) => {
                    tracing::error!(%error, "a secret cannot be read; its person needs `user reset-totp`");
                    continue;
                }
                Some(Err(error)) => return Err(error.into()),
            };
            let update = Query::update()
                .table(Alias::new(column.table))
                .value(Alias::new(column.name), sealed)
                .and_where(Expr::col(Alias::new(column.key)).eq(row))
                .to_owned();
            tx.execute(&update).await?;
            if was_sealed { done.older += 1 } else { done.plain += 1 }
        }
    }
    Ok(done)
}

/// Returns true if [`reseal`] has something to do.
///
/// # Errors
/// As [`reseal`].
pub(crate) async fn is_due(db: &impl ConnectionTrait, keys: &SecretKeys) -> Result<bool, Error> {
    for column in COLUMNS {
        for (row, value) in values(db, column).await? {
            if !is_sealed(&value) {
                return Ok(true);
            }
            match keys.open(column, row, &value) {
                Ok(_) if keys.is_current(&value) => {}
                Ok(_) => return Ok(true),
                Err(SealError::Altered { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(false)
}

/// The rows of a column that none of these keys can read.
pub(crate) async fn unreadable(
    tx: &impl ConnectionTrait,
    keys: &SecretKeys,
    column: &Column,
) -> Result<Vec<i64>, Error> {
    let values = values(tx, column).await?;
    let is_lost = |value: &str| {
        is_sealed(value) && matches!(keys.open(column, 0, value), Err(SealError::UnknownKey { .. }))
    };
    Ok(values.into_iter().filter(|(_, value)| is_lost(value)).map(|(row, _)| row).collect())
}

/// Returns true if anything is encrypted.
pub(crate) async fn any(db: &impl ConnectionTrait) -> Result<bool, Error> {
    for column in COLUMNS {
        if values(db, column).await?.iter().any(|(_, value)| is_sealed(value)) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn values(tx: &impl ConnectionTrait, column: &Column) -> Result<Vec<(i64, String)>, Error> {
    let all = Query::select()
        .columns([Alias::new(column.key), Alias::new(column.name)])
        .from(Alias::new(column.table))
        .to_owned();
    let mut values = Vec::new();
    for row in tx.query_all(&all).await? {
        values.push((row.try_get("", column.key)?, row.try_get("", column.name)?));
    }
    Ok(values)
}
