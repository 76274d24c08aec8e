//! Changes of access among the numbered events.
//!
//! Open pages are told on the side ([`AccessChanged`]) and look again at once. A page whose stream is just
//! reconnecting hears nothing of that, and no later event repeats it: what was taken away would stay on it.
//! So the change has a number, and a stream that goes on from before it has the page load again.

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

/// The kind of such an event, whose row names no chat.
const ACCESS: &str = "access";

/// Numbers those changes that may have taken something away.
pub(crate) async fn record(
    tx: &impl ConnectionTrait,
    changes: &[AccessChanged],
) -> Result<(), Error> {
    for change in changes {
        let (user, number) = match change {
            AccessChanged::User(UserId(user)) => (Some(*user), None),
            AccessChanged::Chats(ConnectionId(number)) => (None, Some(*number)),
            AccessChanged::Connection(number) if is_there(tx, *number).await? => continue,
            // The number is gone, and with it the answer to who could read it.
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
    /// Returns true if something may have been taken from this user after that event: a grant, a number,
    /// or a conversation that became private. What became private on a number that they may not read any
    /// more is left out: a change of their own says that the number was taken.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn access_changed_since(&self, seq: i64) -> Result<bool, Error> {
        let (user, number) = (live_event::Column::UserId, live_event::Column::ConnectionId);
        let is_everybodys = user.is_null().and(number.is_null());
        let is_theirs = user.eq(self.user().id.0).or(self.scope().allows(Right::Read, number));
        let change: Option<i64> = live_event::Entity::find()
            .filter(live_event::Column::Seq.gt(seq))
            .filter(live_event::Column::Kind.eq(ACCESS))
            .filter(is_everybodys.or(is_theirs))
            .select_only()
            .column(live_event::Column::Seq)
            .limit(1)
            .into_tuple()
            .one(self.store().db())
            .await?;
        Ok(change.is_some())
    }
}
