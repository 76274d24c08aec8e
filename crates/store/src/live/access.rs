//! Access changes among the numbered events.
//!
//! Open pages receive access changes on a second channel ([`AccessChanged`]) and check their
//! content at once. A page whose stream is reconnecting misses that message, and no later event
//! repeats it: it would go on showing what the user may no longer read. So the change is numbered
//! too, and a stream that resumes before it makes the page load again.

use model::{ConnectionId, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, sea_query::ExprTrait as _,
};

use super::AccessChanged;
use crate::{
    Error, Viewer,
    access::Right,
    codec,
    entity::{connection, live_event},
};

/// The kind of an access event. Its row has no chat.
const ACCESS: &str = "access";

/// Numbers the changes that may have removed access.
pub(crate) async fn record(
    tx: &impl ConnectionTrait,
    changes: &[AccessChanged],
) -> Result<(), Error> {
    for change in changes {
        let (user, number) = match change {
            AccessChanged::User(UserId(user)) => (Some(*user), None),
            AccessChanged::Chats(ConnectionId(number)) => (None, Some(*number)),
            AccessChanged::Connection(number) if is_there(tx, *number).await? => continue,
            // The number is deleted, and with it the list of users who could read it.
            AccessChanged::Connection(_) => (None, None),
        };
        let row = live_event::ActiveModel {
            connection_id: Set(number),
            chat_id: Set(None),
            message_id: Set(None),
            user_id: Set(user),
            kind: Set(ACCESS.to_owned()),
            created_at: Set(codec::now()),
            ..Default::default()
        };
        live_event::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(())
}

async fn is_there(tx: &impl ConnectionTrait, number: ConnectionId) -> Result<bool, Error> {
    Ok(connection::Entity::find_by_id(number.0).one(tx).await?.is_some())
}

impl Viewer {
    /// Returns true if this user may have lost access after that event: to a number, by a grant
    /// that was removed or by a deletion, or to a chat that became private. Chats of a number that
    /// the user may no longer read are not considered: the removal of the number is an event of its
    /// own.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn access_changed_since(&self, seq: i64) -> Result<bool, Error> {
        let (user, number) = (live_event::Column::UserId, live_event::Column::ConnectionId);
        let is_for_all = user.is_null().and(number.is_null());
        let is_for_user = user.eq(self.user().id.0).or(self.scope().allows(Right::Read, number));
        let change: Option<i64> = live_event::Entity::find()
            .filter(live_event::Column::Seq.gt(seq))
            .filter(live_event::Column::Kind.eq(ACCESS))
            .filter(is_for_all.or(is_for_user))
            .select_only()
            .column(live_event::Column::Seq)
            .limit(1)
            .into_tuple()
            .one(self.store().db())
            .await?;
        Ok(change.is_some())
    }
}
