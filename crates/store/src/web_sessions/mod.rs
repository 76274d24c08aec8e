//! Login sessions of browsers, for tower-sessions.
//!
//! A session with a login carries a [`SessionLabel`], by which the person can list and end it
//! ([`list`]). It ends after some time without use, and at a fixed time after the login at the
//! latest ([`Store::with_logins_lasting`]). The database holds a digest of its id and not the id
//! itself, which only the cookie holds.

mod label;
mod list;

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use model::UserId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    QueryFilter as _, sea_query::Expr,
};
use serde::Deserialize as _;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use tower_sessions::{
    ExpiredDeletion, SessionStore,
    session::{Id, Record},
    session_store::{Error as SessionError, Result as SessionResult},
};

pub use label::SessionLabel;
pub(crate) use list::end;

use crate::{
    Error, Store, codec,
    entity::{user, web_session},
};

/// Maximum age of a stored "last seen" of a session in use, in microseconds: not every request is
/// worth a write.
const LAST_SEEN_RESOLUTION: i64 = 60_000_000;

/// The `SessionStore` of the web server. The published implementations do not resolve together with
/// this workspace's versions of SQLite and sea-orm.
#[derive(Debug, Clone)]
pub struct WebSessions {
    store: Store,
}

impl Store {
    /// Returns the sessions of browsers.
    pub fn web_sessions(&self) -> WebSessions {
        WebSessions { store: self.clone() }
    }
}

impl WebSessions {
    /// Returns the condition that a session has not expired in any way.
    fn alive(&self) -> Condition {
        let now = codec::now();
        let ago = |time: Duration| {
            now.saturating_sub(i64::try_from(time.as_micros()).unwrap_or(i64::MAX))
        };
        Condition::all()
            .add(web_session::Column::ExpiresAt.gt(now))
            .add(web_session::Column::CreatedAt.gt(ago(self.store.logins_last())))
            .add(web_session::Column::LastSeenAt.gt(ago(self.store.login_max_idle())))
    }

    async fn insert(&self, record: &mut Record) -> Result<(), Error> {
        let label = LabelColumns::of(record)?;
        let now = codec::now();
        let writing = self.store.write().await?;
        while web_session::Entity::find_by_id(stored_id(&record.id))
            .one(&writing.tx)
            .await?
            .is_some()
        {
            record.id = Id::default();
        }
        let row = web_session::ActiveModel {
            id: Set(stored_id(&record.id)),
            data: Set(to_json(record)?),
            expires_at: Set(micros(record.expiry_date)),
            user_id: Set(label.user_id),
            created_at: Set(now),
            last_seen_at: Set(now),
            ip: Set(label.ip),
            user_agent: Set(label.user_agent),
        };
        if let Some(user) = label.user_id {
            record_visit(&writing.tx, user, now).await?;
        }
        web_session::Entity::insert(row).exec_without_returning(&writing.tx).await?;
        writing.commit().await
    }

    /// Updates, and never inserts: a request that was in progress while its user logged out must
    /// not restore the session.
    async fn update(&self, record: &Record) -> Result<(), Error> {
        let (data, label) = (to_json(record)?, LabelColumns::of(record)?);
        let writing = self.store.write().await?;
        web_session::Entity::update_many()
            .col_expr(web_session::Column::Data, Expr::val(data))
            .col_expr(web_session::Column::ExpiresAt, Expr::val(micros(record.expiry_date)))
            .col_expr(web_session::Column::UserId, Expr::val(label.user_id))
            .col_expr(web_session::Column::Ip, Expr::val(label.ip))
            .col_expr(web_session::Column::UserAgent, Expr::val(label.user_agent))
            .filter(web_session::Column::Id.eq(stored_id(&record.id)))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }

    async fn find(&self, id: &Id) -> Result<Option<Record>, Error> {
        let row = web_session::Entity::find_by_id(stored_id(id))
            .filter(self.alive())
            .one(self.store.db())
            .await?;
        let Some(row) = row else { return Ok(None) };
        if let Err(error) = self.record_use(&row).await {
            // A full disk must not keep people from reading.
            tracing::warn!(%error, "a session's last use could not be written down");
        }
        from_row(*id, &row).map(Some)
    }

    /// Updates the last use of a login and of its person, at most once a minute.
    async fn record_use(&self, row: &web_session::Model) -> Result<(), Error> {
        let now = codec::now();
        let Some(user) = row.user_id.filter(|_| row.last_seen_at <= now - LAST_SEEN_RESOLUTION)
        else {
            return Ok(());
        };
        let writing = self.store.write().await?;
        web_session::Entity::update_many()
            .col_expr(web_session::Column::LastSeenAt, Expr::val(now))
            .filter(web_session::Column::Id.eq(&*row.id))
            .exec(&writing.tx)
            .await?;
        record_visit(&writing.tx, user, now).await?;
        writing.commit().await
    }

    async fn remove(&self, id: &Id) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let row = web_session::Entity::find_by_id(stored_id(id)).one(&writing.tx).await?;
        web_session::Entity::delete_by_id(stored_id(id)).exec(&writing.tx).await?;
        // The event streams of this login end at once.
        if let Some(user) = row.and_then(|row| row.user_id) {
            writing.access_changed(UserId(user));
        }
        writing.commit().await
    }

    async fn remove_expired(&self) -> Result<(), Error> {
        let writing = self.store.write().await?;
        web_session::Entity::delete_many().filter(self.alive().not()).exec(&writing.tx).await?;
        writing.commit().await
    }
}

#[async_trait]
impl SessionStore for WebSessions {
    async fn create(&self, record: &mut Record) -> SessionResult<()> {
        self.insert(record).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> SessionResult<()> {
        self.update(record).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> SessionResult<Option<Record>> {
        self.find(id).await.map_err(backend)
    }

    async fn delete(&self, id: &Id) -> SessionResult<()> {
        self.remove(id).await.map_err(backend)
    }
}

#[async_trait]
impl ExpiredDeletion for WebSessions {
    async fn delete_expired(&self) -> SessionResult<()> {
        self.remove_expired().await.map_err(backend)
    }
}

/// Returns the stored form of a session's id: a reader of the database cannot make the cookie from
/// it. The id is 128 random bits, so a fast digest suffices.
fn stored_id(id: &Id) -> String {
    hex::encode(Sha256::digest(id.to_string()))
}

fn backend(error: Error) -> SessionError {
    SessionError::Backend(error.to_string())
}

fn to_json(record: &Record) -> Result<String, Error> {
    serde_json::to_string(&record.data).map_err(|error| corrupt(&error))
}

fn from_row(id: Id, row: &web_session::Model) -> Result<Record, Error> {
    let data: HashMap<String, serde_json::Value> =
        serde_json::from_str(&row.data).map_err(|error| corrupt(&error))?;
    let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.expires_at) * 1000)
        .map_err(|_| Error::Corrupt { what: "an expiry", value: row.expires_at.to_string() })?;
    Ok(Record { id, data, expiry_date })
}

/// Updates a person's last activity.
async fn record_visit(tx: &impl ConnectionTrait, user: i64, now: i64) -> Result<(), Error> {
    user::Entity::update_many()
        .col_expr(user::Column::LastSeenAt, Expr::val(now))
        .filter(user::Column::Id.eq(user))
        .exec(tx)
        .await?;
    Ok(())
}

/// A session's label as columns; all are empty until a person logs in with it.
#[derive(Default)]
struct LabelColumns {
    user_id: Option<i64>,
    ip: Option<String>,
    user_agent: Option<String>,
}

impl LabelColumns {
    fn of(record: &Record) -> Result<Self, Error> {
        let Some(value) = record.data.get(SessionLabel::KEY) else { return Ok(Self::default()) };
        let label = SessionLabel::deserialize(value).map_err(|error| corrupt(&error))?;
        Ok(Self {
            user_id: Some(label.user.0),
            ip: label.ip.map(|ip| ip.to_string()),
            user_agent: label.user_agent,
        })
    }
}

/// Names the position in the JSON, not its content, because a session's values are confidential.
fn corrupt(error: &serde_json::Error) -> Error {
    Error::Corrupt { what: "a session", value: format!("column {}", error.column()) }
}

/// Every date of tower-sessions fits: years up to 9999 are 2.5e17 µs.
fn micros(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}
