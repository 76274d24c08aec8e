//! Outages of writing: the errors that indicate one, and the probe that finds its end.

use sea_orm::{DbErr, RuntimeErr, SqlxError};

use crate::{Error, Store, codec, settings};

/// Key of the setting that the probe writes: no other write happens without a cause.
const PROBE: &str = "written_at";

impl Store {
    /// Tries to write. While that fails, every other write fails at once with [`Error::Outage`].
    ///
    /// # Errors
    /// An error for which [`Error::is_outage`] is true; other errors mean that the database can be
    /// written.
    pub async fn probe(&self) -> Result<(), Error> {
        let written = self.write_probe().await;
        let outage = written.as_ref().is_err_and(Error::is_outage);
        self.breaker().set(outage);
        written
    }

    async fn write_probe(&self) -> Result<(), Error> {
        let writing = self.write_in_outage().await?;
        settings::set(&writing.tx, PROBE.to_owned(), codec::now().to_string()).await?;
        writing.commit().await
    }
}

impl Error {
    /// Returns true if the database could not be written at all, as opposed to a row that it
    /// refuses: the same write may succeed later.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Outage => true,
            Self::Database(error) => is_outage(error),
            _ => false,
        }
    }
}

fn is_outage(error: &DbErr) -> bool {
    if matches!(error, DbErr::ConnectionAcquire(_)) {
        return true;
    }
    match cause(error) {
        Some(
            SqlxError::Io(_)
            | SqlxError::PoolTimedOut
            | SqlxError::PoolClosed
            | SqlxError::WorkerCrashed,
        ) => true,
        Some(SqlxError::Database(refused)) => {
            refused.code().is_some_and(|code| is_sqlite_outage(&code) || is_pg_outage(&code))
        }
        _ => false,
    }
}

/// Returns true if the database's disk has no space left.
pub(crate) fn is_disk_full(error: &DbErr) -> bool {
    match cause(error) {
        Some(SqlxError::Database(refused)) => refused.code().is_some_and(|code| is_full(&code)),
        _ => false,
    }
}

/// Returns the error of sqlx.
fn cause(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// Returns true for these primary result codes, the low byte of SQLite's extended ones
/// (<https://sqlite.org/rescode.html>): BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN,
/// PROTOCOL.
fn is_sqlite_outage(code: &str) -> bool {
    sqlite_code(code).is_some_and(|code| matches!(code, 5 | 6 | 7 | 8 | 10 | 13 | 14 | 15))
}

/// Returns true for SQLite's FULL and PostgreSQL's disk_full.
fn is_full(code: &str) -> bool {
    sqlite_code(code) == Some(13) || code == "53100"
}

/// Returns the primary result code of SQLite. PostgreSQL's codes have five characters; those of
/// digits alone begin at 01000.
fn sqlite_code(code: &str) -> Option<u32> {
    let code = (code.len() < 5).then(|| code.parse::<u32>().ok()).flatten();
    code.map(|code| code & 0xff)
}

/// Returns true for these SQLSTATEs (<https://www.postgresql.org/docs/15/errcodes-appendix.html>):
/// connection exceptions, lack of resources, operator intervention, system errors, read-only
/// transaction, lock not available.
fn is_pg_outage(code: &str) -> bool {
    code.len() == 5
        && (["08", "53", "57", "58"].iter().any(|class| code.starts_with(class))
            || ["25006", "55P03"].contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outages_are_told_from_rows_that_are_refused() {
        for outage in ["5", "261", "517", "10", "778", "13", "14"] {
            assert!(is_sqlite_outage(outage), "{outage}");
        }
        for row in ["19", "1555", "2067", "787", "1", "08006"] {
            assert!(!is_sqlite_outage(row), "{row}");
        }
        for outage in ["08006", "53100", "57P01", "25006", "58030"] {
            assert!(is_pg_outage(outage), "{outage}");
        }
        for row in ["23505", "42P01", "22001", "5"] {
            assert!(!is_pg_outage(row), "{row}");
        }
    }

    #[test]
    fn a_full_disk_is_told_from_other_outages() {
        assert!(is_full("13") && is_full("53100"));
        for other in ["5", "778", "53200", "00013", "1"] {
            assert!(!is_full(other), "{other}");
        }
    }
}
