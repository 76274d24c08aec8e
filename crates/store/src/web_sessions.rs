//! Browsers' logins, for tower-sessions.

use std::collections::HashMap;

use async_trait::async_trait;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};
use time::OffsetDateTime;
use tower_sessions::{
    ExpiredDeletion, SessionStore,
    session::{Id, Record},
    session_store::{Error as SessionError, Result as SessionResult},
};

use crate::{Error, Store, codec, entity::web_session};

/// The `SessionStore` of the web server. The published ones do not resolve together with this
/// workspace's SQLite and sea-orm.
#[derive(Debug, Clone)]
pub struct WebSessions {
    store: Store,
}

impl WebSessions {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    async fn insert(&self, record: &mut Record) -> Result<(), Error> {
        let writing = self.store.write().await?;
        while web_session::Entity::find_by_id(record.id.to_string())
            .one(&writing.tx)
            .await?
            .is_some()
        {
            record.id = Id::default();
        }
        let row = web_session::ActiveModel {
            id: Set(record.id.to_string()),
            data: Set(to_json(record)?),
            expires_at: Set(micros(record.expiry_date)),
        };
        web_session::Entity::insert(row).exec_without_returning(&writing.tx).await?;
        writing.commit().await
    }

    /// Updates, and never inserts: a request that was under way while its user logged out must not
    /// bring the session back.
    async fn update(&self, record: &Record) -> Result<(), Error> {
        let data = to_json(record)?;
        let writing = self.store.write().await?;
        web_session::Entity::update_many()
            .col_expr(web_session::Column::Data, Expr::val(data))
            .col_expr(web_session::Column::ExpiresAt, Expr::val(micros(record.expiry_date)))
            .filter(web_session::Column::Id.eq(record.id.to_string()))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }

    async fn find(&self, id: &Id) -> Result<Option<Record>, Error> {
        let row = web_session::Entity::find_by_id(id.to_string())
            .filter(web_session::Column::ExpiresAt.gt(codec::now()))
            .one(self.store.db())
            .await?;
        row.map(|row| from_row(*id, &row)).transpose()
    }

    async fn remove(&self, id: &Id) -> Result<(), Error> {
        let writing = self.store.write().await?;
        web_session::Entity::delete_by_id(id.to_string()).exec(&writing.tx).await?;
        writing.commit().await
    }

    async fn remove_expired(&self) -> Result<(), Error> {
        let writing = self.store.write().await?;
        web_session::Entity::delete_many()
            .filter(web_session::Column::ExpiresAt.lte(codec::now()))
            .exec(&writing.tx)
            .await?;
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

/// Names the place in the JSON, not its content: a session's values are nobody's business.
fn corrupt(error: &serde_json::Error) -> Error {
    Error::Corrupt { what: "a session", value: format!("column {}", error.column()) }
}

/// Any date that tower-sessions can name fits: years up to 9999 are 2.5e17 µs.
fn micros(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}
