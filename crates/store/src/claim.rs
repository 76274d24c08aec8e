//! Which process serves a PostgreSQL database: an advisory lock of a session of its own.
//!
//! PostgreSQL takes it away when that session ends: at once when the process ends, within half a minute
//! when its machine is gone (the keep-alive below). It is one a schema, so two installations can share a
//! database.

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
/// How long one waits for a process that has just ended: PostgreSQL has to notice.
const PATIENCE: Duration = Duration::from_secs(8);
const BETWEEN: Duration = Duration::from_millis(100);
/// How often the session is looked at, and how long it may take to answer.
const LOOK: Duration = Duration::from_secs(2);
const ANSWER: Duration = Duration::from_secs(10);
/// PostgreSQL cuts names off after so many bytes.
const LONGEST_NAME: usize = 63;

/// A database that is this process's own to serve, as long as this lives. Not to be printed: it knows the
/// password.
pub struct Claim {
    session: PgConnection,
    options: PgConnectOptions,
    name: Name,
}

/// What a process calls itself at the database, where the next one reads it.
#[derive(Clone)]
struct Name {
    /// Begins with what no other process begins with.
    own: String,
    full: String,
}

/// Outcome of asking for a database.
pub enum Claimed {
    Ours(Box<Claim>),
    Others(Holder),
}

/// The process that has a database.
#[derive(Debug)]
pub struct Holder(Option<String>);

impl Holder {
    /// How it describes itself; `None` where this user may not see that.
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// Why a session does not hold its lock any more.
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
    /// Makes this process the one that serves the database.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn take(url: &str) -> Result<Claimed, crate::Error> {
        let options = PgConnectOptions::from_str(url).map_err(|error| open::refused(&error))?;
        let name = Name::new()?;
        Ok(Self::on(options, name).await.map_err(|lost| match lost {
            Lost::Session(error) => open::refused(&error),
            Lost::Silent => OpenError::Silent,
        })?)
    }

    /// Takes it again, after [`Self::lost`]. A session of before that the server still takes for alive is
    /// ended.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn again(&self) -> Result<Claimed, Lost> {
        Self::on(self.options.clone(), self.name.clone()).await
    }

    async fn on(options: PgConnectOptions, name: Name) -> Result<Claimed, Lost> {
        let named = options.clone().application_name(&name.full).disable_statement_logging();
        let mut session = timeout(ANSWER, named.connect()).await??;
        timeout(ANSWER, keep_alive(&mut session)).await??;
        let deadline = Instant::now() + PATIENCE;
        loop {
            if timeout(ANSWER, try_lock(&mut session)).await?? {
                return Ok(Claimed::Ours(Box::new(Self { session, options, name })));
            }
            let holder = timeout(ANSWER, holder(&mut session)).await??;
            if let Some((pid, called)) = &holder
                && called.starts_with(&name.own)
            {
                let end = sqlx::query("SELECT pg_terminate_backend($1)").bind(pid);
                timeout(ANSWER, end.execute(&mut session)).await??;
            } else if Instant::now() >= deadline {
                let described = holder.and_then(|(_, called)| Name::described(&called));
                return Ok(Claimed::Others(Holder(described)));
            }
            tokio::time::sleep(BETWEEN).await;
        }
    }

    /// Writes down where the server is found.
    pub async fn announce(&mut self, address: &str) {
        self.name = self.name.at(address);
        let rename = sqlx::query("SELECT set_config('application_name', $1, false)");
        let renamed = rename.bind(&self.name.full).execute(&mut self.session);
        // A help to people only; if the session is lost, `lost` notices.
        if !matches!(timeout(ANSWER, renamed).await, Ok(Ok(_))) {
            tracing::debug!("the lock does not say where this server is found");
        }
    }

    /// Waits until the lock is lost.
    pub async fn lost(&mut self) -> Lost {
        loop {
            tokio::time::sleep(LOOK).await;
            let look = sqlx::query("SELECT 1").execute(&mut self.session);
            match timeout(ANSWER, look).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return error.into(),
                Err(elapsed) => return elapsed.into(),
            }
        }
    }
}

impl Name {
    const BEGIN: &str = "inbox-pirata#";

    fn new() -> Result<Self, getrandom::Error> {
        let mut random = [0; 4];
        getrandom::fill(&mut random)?;
        let own = format!("{}{}", Self::BEGIN, hex::encode(random));
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host: String = host.trim().chars().filter(char::is_ascii_graphic).take(16).collect();
        let full = match host.is_empty() {
            true => format!("{own} processo {}", std::process::id()),
            false => format!("{own} processo {} em {host}", std::process::id()),
        };
        Ok(Self { own, full })
    }

    fn at(&self, address: &str) -> Self {
        let mut full = format!("{}, {address}", self.full);
        full.truncate(full.floor_char_boundary(LONGEST_NAME));
        Self { own: self.own.clone(), full }
    }

    /// What a person can use of a name.
    fn described(full: &str) -> Option<String> {
        let (_, described) = full.strip_prefix(Self::BEGIN)?.split_once(' ')?;
        Some(described.to_owned())
    }
}

/// Has the server notice within half a minute that this machine is gone, and never end the session for
/// being idle. The second setting came with PostgreSQL 14.
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

/// The session that has the lock, and what it calls itself.
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
