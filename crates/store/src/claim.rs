//! The claim of a process to a PostgreSQL database: an advisory lock held by a session of its own.
//!
//! PostgreSQL releases the lock when that session ends: at once when the process ends, within half
//! a minute when its machine is gone (the keep-alive below). There is one lock per schema, so two
//! installations can share a database.

use std::str::FromStr as _;
use std::time::Duration;

use sea_orm::sqlx::{
    self, ConnectOptions as _, PgConnection, Row as _,
    postgres::{PgConnectOptions, PgRow},
};
use tokio::time::{Instant, timeout};

use crate::error::OpenError;
use crate::open;

/// "inbx" as a number: the first key of the lock.
const KEY: i32 = 0x696e_6278;
/// Time to wait for a process that has just ended, until PostgreSQL notices.
const TAKEOVER_TIMEOUT: Duration = Duration::from_secs(8);
const RETRY_INTERVAL: Duration = Duration::from_millis(100);
/// Interval of checks of the session, and the timeout of its answers.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// PostgreSQL truncates names to this number of bytes.
const MAX_NAME_BYTES: usize = 63;

/// The exclusive claim of this process to a database, as long as this value lives. It has no
/// `Debug`, because it holds the password.
pub struct Claim {
    session: PgConnection,
    options: PgConnectOptions,
    name: Name,
}

/// The name of a process at the database, where the next process reads it.
#[derive(Clone)]
struct Name {
    /// The prefix of the name, which is unique to this process.
    own: String,
    full: String,
}

/// Result of claiming a database.
pub enum Claimed {
    Ours(Box<Claim>),
    Others(Holder),
}

/// The process that holds the claim to a database.
#[derive(Debug)]
pub struct Holder(Option<String>);

impl Holder {
    /// Returns its description; `None` if this database user may not see it.
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// The reason why a session no longer holds its lock.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    #[error("{0}")]
    Session(#[from] sqlx::Error),
    #[error("the database does not answer")]
    Silent,
}

impl From<tokio::time::error::Elapsed> for Lost {
    fn from(_: tokio::time::error::Elapsed) -> Self {
        Self::Silent
    }
}

impl Claim {
    /// Claims the database for this process.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn take(url: &str) -> Result<Claimed, crate::Error> {
        let options = PgConnectOptions::from_str(url).map_err(|error| open::refused(&error))?;
        let name = Name::new()?;
        Ok(Self::connect(options, name).await.map_err(|lost| match lost {
            Lost::Session(error) => open::refused(&error),
            Lost::Silent => OpenError::Silent,
        })?)
    }

    /// Claims the database again, after [`Self::lost`]. An older session of this process that the
    /// server still considers alive is terminated.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn again(&self) -> Result<Claimed, Lost> {
        Self::connect(self.options.clone(), self.name.clone()).await
    }

    async fn connect(options: PgConnectOptions, name: Name) -> Result<Claimed, Lost> {
        let named = options.clone().application_name(&name.full).disable_statement_logging();
        let mut session = timeout(ANSWER_TIMEOUT, named.connect()).await??;
        timeout(ANSWER_TIMEOUT, keep_alive(&mut session)).await??;
        let deadline = Instant::now() + TAKEOVER_TIMEOUT;
        loop {
            if timeout(ANSWER_TIMEOUT, try_lock(&mut session)).await?? {
                return Ok(Claimed::Ours(Box::new(Self { session, options, name })));
            }
            let holder = timeout(ANSWER_TIMEOUT, holder(&mut session)).await??;
            if let Some((pid, called)) = &holder
                && called.starts_with(&name.own)
            {
                let end = sqlx::query("SELECT pg_terminate_backend($1)").bind(pid);
                timeout(ANSWER_TIMEOUT, end.execute(&mut session)).await??;
            } else if Instant::now() >= deadline {
                let described = holder.and_then(|(_, called)| Name::description(&called));
                return Ok(Claimed::Others(Holder(described)));
            }
            tokio::time::sleep(RETRY_INTERVAL).await;
        }
    }

    /// Adds the server's address to the name of the session.
    pub async fn announce(&mut self, address: &str) {
        self.name = self.name.with_address(address);
        let rename = sqlx::query("SELECT set_config('application_name', $1, false)");
        let renamed = rename.bind(&self.name.full).execute(&mut self.session);
        // This only helps people; if the session is lost, `lost` notices.
        if !matches!(timeout(ANSWER_TIMEOUT, renamed).await, Ok(Ok(_))) {
            tracing::debug!("this server's address could not be added to the name of its lock");
        }
    }

    /// Waits until the lock is lost.
    pub async fn lost(&mut self) -> Lost {
        loop {
            tokio::time::sleep(CHECK_INTERVAL).await;
            let look = sqlx::query("SELECT 1").execute(&mut self.session);
            match timeout(ANSWER_TIMEOUT, look).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return error.into(),
                Err(elapsed) => return elapsed.into(),
            }
        }
    }
}

impl Name {
    const PREFIX: &str = "inbox-pirata#";

    fn new() -> Result<Self, getrandom::Error> {
        let mut random = [0; 4];
        getrandom::fill(&mut random)?;
        let own = format!("{}{}", Self::PREFIX, hex::encode(random));
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host: String = host.trim().chars().filter(char::is_ascii_graphic).take(16).collect();
        let full = match host.is_empty() {
            true => format!("{own} processo {}", std::process::id()),
            false => format!("{own} processo {} em {host}", std::process::id()),
        };
        Ok(Self { own, full })
    }

    fn with_address(&self, address: &str) -> Self {
        let mut full = format!("{}, {address}", self.full);
        full.truncate(full.floor_char_boundary(MAX_NAME_BYTES));
        Self { own: self.own.clone(), full }
    }

    /// Returns the part of a name that is useful to people.
    fn description(full: &str) -> Option<String> {
        let (_, described) = full.strip_prefix(Self::PREFIX)?.split_once(' ')?;
        Some(described.to_owned())
    }
}

/// Makes PostgreSQL notice within half a minute that this machine is gone, and never end the
/// session for being idle. `idle_session_timeout` exists since PostgreSQL 14.
async fn keep_alive(session: &mut PgConnection) -> Result<(), sqlx::Error> {
    let settings = "SELECT set_config(name, value, false) FROM (VALUES \
                    ('tcp_keepalives_idle', '10'), ('tcp_keepalives_interval', '5'), \
                    ('tcp_keepalives_count', '3'), ('idle_session_timeout', '0')) AS wanted (name, value) \
                    WHERE name IN (SELECT name FROM pg_settings)";
    sqlx::query(settings).execute(session).await?;
    Ok(())
}

async fn try_lock(session: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let lock = "SELECT pg_try_advisory_lock($1, hashtext(coalesce(current_schema()::text, '')))";
    sqlx::query_scalar(lock).bind(KEY).fetch_one(session).await
}

/// Returns the session that holds the lock, and its name.
async fn holder(session: &mut PgConnection) -> Result<Option<(i32, String)>, sqlx::Error> {
    let holder = "SELECT activity.pid, coalesce(activity.application_name, '') \
                  FROM pg_locks lock JOIN pg_stat_activity activity ON activity.pid = lock.pid \
                  WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 2 \
                  AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
                  AND lock.classid::bigint = $1 AND lock.objid::bigint = \
                  hashtext(coalesce(current_schema()::text, ''))::bigint & 4294967295";
    let row = sqlx::query(holder).bind(i64::from(KEY)).fetch_optional(session).await?;
    row.map(|row: PgRow| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
}
