//! Listing and ending a person's logins.

use model::{AuditAction, SessionId, UserId, WebSession};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use tower_sessions::session::Id;

use super::{WebSessions, stored_id};
use crate::{
    ActorContext, Admin, Error, NewAuditEntry, Viewer, audit, codec,
    entity::{login_device, web_session},
};

impl WebSessions {
    /// Returns this person's logins, the last used first. `current` is the session of the request.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn mine(&self, viewer: &Viewer, current: &Id) -> Result<Vec<WebSession>, Error> {
        let rows = web_session::Entity::find()
            .filter(web_session::Column::UserId.eq(viewer.user().id.0))
            .filter(self.alive())
            .order_by_desc(web_session::Column::LastSeenAt)
            .all(self.store.db())
            .await?;
        let current = stored_id(current);
        rows.into_iter().map(|row| to_model(row, &current)).collect()
    }

    /// Ends one of this person's logins.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the login is not theirs.
    pub async fn end(&self, viewer: &Viewer, session: &SessionId) -> Result<(), Error> {
        let theirs = web_session::Column::UserId.eq(viewer.user().id.0);
        let mut writing = self.store.write().await?;
        let rows = web_session::Entity::find().filter(theirs).all(&writing.tx).await?;
        let row = rows.into_iter().find(|row| public_id(&row.id) == *session);
        web_session::Entity::delete_by_id(row.ok_or(Error::NotFound)?.id).exec(&writing.tx).await?;
        record_end(&writing.tx, &viewer.actor(), viewer.user().id, 1).await?;
        writing.access_changed(viewer.user().id);
        writing.commit().await
    }

    /// Ends all of this person's logins but `current`. Returns their number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_others(&self, viewer: &Viewer, current: &Id) -> Result<u64, Error> {
        self.end_of(&viewer.actor(), viewer.user().id, Some(current)).await
    }

    /// Ends all logins of a person. Returns their number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_all(&self, admin: &Admin, user: UserId) -> Result<u64, Error> {
        self.end_of(&admin.actor(), user, None).await
    }

    async fn end_of(
        &self,
        actor: &ActorContext,
        user: UserId,
        except: Option<&Id>,
    ) -> Result<u64, Error> {
        let mut writing = self.store.write().await?;
        let ended = end(&writing.tx, user, except).await?;
        if ended > 0 {
            record_end(&writing.tx, actor, user, ended).await?;
            writing.access_changed(user);
        }
        writing.commit().await?;
        Ok(ended)
    }
}

/// Ends a person's logins within a transaction that has its own entry in the audit trail, and
/// forgets their known browsers.
pub(crate) async fn end(
    tx: &impl ConnectionTrait,
    user: UserId,
    except: Option<&Id>,
) -> Result<u64, Error> {
    let browsers = login_device::Column::UserId.eq(user.0);
    login_device::Entity::delete_many().filter(browsers).exec(tx).await?;
    let mut ended =
        web_session::Entity::delete_many().filter(web_session::Column::UserId.eq(user.0));
    if let Some(except) = except {
        ended = ended.filter(web_session::Column::Id.ne(stored_id(except)));
    }
    Ok(ended.exec(tx).await?.rows_affected)
}

async fn record_end(
    tx: &impl ConnectionTrait,
    actor: &ActorContext,
    user: UserId,
    ended: u64,
) -> Result<(), Error> {
    let entry =
        NewAuditEntry::new(AuditAction::SessionsEnded).subject(user).detail("sessions", ended);
    audit::record(tx, actor, entry).await
}

/// Returns a public id of a session, which does not open it: half of the digest under which it is
/// stored.
fn public_id(stored: &str) -> SessionId {
    SessionId(stored.chars().take(32).collect())
}

fn to_model(row: web_session::Model, current: &str) -> Result<WebSession, Error> {
    let unreadable = |ip: &String| Error::Corrupt { what: "an address", value: ip.clone() };
    let ip = row.ip.map(|ip| ip.parse().map_err(|_| unreadable(&ip))).transpose()?;
    Ok(WebSession {
        id: public_id(&row.id),
        current: row.id == current,
        created_at: codec::time(row.created_at),
        last_seen_at: codec::time(row.last_seen_at),
        ip,
        user_agent: row.user_agent.as_deref().map(text::line),
    })
}
