//! Encryption of all secrets of a database: plaintext is encrypted, and older keys are replaced by
//! the newest.

use sea_orm::{
    ConnectionTrait, DatabaseBackend,
    sea_query::{Alias, Expr, ExprTrait as _, Query},
};

use super::{COLUMNS, Column, SecretKeys, is_encrypted};
use crate::{EncryptionError, Error};

/// Numbers of values that were encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reencrypted {
    /// Number of values that were plaintext.
    pub(crate) plain: u64,
    /// Number of values that were encrypted under an older key.
    pub(crate) older: u64,
}

/// Encrypts plaintext values, and re-encrypts values of an older key under the newest. A value that
/// was altered stays as it is: its person can be helped, and all others can use the system.
///
/// # Errors
/// [`EncryptionError::UnknownKey`]; the database failed.
pub(crate) async fn reencrypt(
    tx: &impl ConnectionTrait,
    keys: &SecretKeys,
) -> Result<Reencrypted, Error> {
    let mut done = Reencrypted::default();
    if tx.get_database_backend() == DatabaseBackend::Sqlite {
        // Otherwise the plaintext stays readable in the unused parts of the file.
        tx.execute_unprepared("PRAGMA secure_delete = ON").await?;
    }
    for column in COLUMNS {
        for (row, value) in values(tx, column).await? {
            let was_encrypted = is_encrypted(&value);
            let encrypted = match was_encrypted.then(|| keys.decrypt(column, row, &value)) {
                None => keys.encrypt(column, row, &value)?,
                Some(Ok(_)) if keys.is_current(&value) => continue,
                Some(Ok(secret)) => keys.encrypt(column, row, secret.expose())?,
                Some(Err(error @ EncryptionError::Altered { .. })) => {
                    tracing::error!(%error, "a secret cannot be read; its person needs `user reset-totp`");
                    continue;
                }
                Some(Err(error)) => return Err(error.into()),
            };
            let update = Query::update()
                .table(Alias::new(column.table))
                .value(Alias::new(column.name), encrypted)
                .and_where(Expr::col(Alias::new(column.key)).eq(row))
                .to_owned();
            tx.execute(&update).await?;
            if was_encrypted { done.older += 1 } else { done.plain += 1 }
        }
    }
    Ok(done)
}

/// Returns true if [`reencrypt`] has something to do.
///
/// # Errors
/// As [`reencrypt`].
pub(crate) async fn is_due(db: &impl ConnectionTrait, keys: &SecretKeys) -> Result<bool, Error> {
    for column in COLUMNS {
        for (row, value) in values(db, column).await? {
            if !is_encrypted(&value) {
                return Ok(true);
            }
            match keys.decrypt(column, row, &value) {
                Ok(_) if keys.is_current(&value) => {}
                Ok(_) => return Ok(true),
                Err(EncryptionError::Altered { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(false)
}

/// Returns the rows of a column that none of these keys can decrypt.
pub(crate) async fn unreadable(
    tx: &impl ConnectionTrait,
    keys: &SecretKeys,
    column: &Column,
) -> Result<Vec<i64>, Error> {
    let values = values(tx, column).await?;
    let is_lost = |value: &str| {
        is_encrypted(value)
            && matches!(keys.decrypt(column, 0, value), Err(EncryptionError::UnknownKey { .. }))
    };
    Ok(values.into_iter().filter(|(_, value)| is_lost(value)).map(|(row, _)| row).collect())
}

/// Returns true if any value is encrypted.
pub(crate) async fn any_encrypted(db: &impl ConnectionTrait) -> Result<bool, Error> {
    for column in COLUMNS {
        if values(db, column).await?.iter().any(|(_, value)| is_encrypted(value)) {
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
