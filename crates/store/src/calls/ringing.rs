//! Calls that ring, and their end.

use std::time::Duration;

use model::content::{Call, CallOutcome};
use model::{ChatId, ConnectionId, MessageContent, MessageId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, DatabaseTransaction, EntityTrait as _,
    QueryFilter as _, sea_query::Expr,
};

use crate::{
    Error, Grant, Store, Write, codec,
    entity::{message, ringing_call},
    messages::content,
    write::Writing,
};

impl Store {
    /// Returns WhatsApp's id of the call of a message; `None` if it does not ring any more.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not a message of the grant's number and chat, or its chat is
    /// private and the user is not its owner.
    pub async fn ringing_call(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
    ) -> Result<Option<String>, Error> {
        let row = message::head()
            .filter(message::Column::Id.eq(message.0))
            .filter(message::Column::ConnectionId.eq(grant.connection().0))
            .filter(grant.scope().sees_chat(message::Column::ChatId))
            .one(self.db())
            .await?;
        row.filter(|row| grant.is_for(ChatId(row.chat_id))).ok_or(Error::NotFound)?;
        let call = ringing_call::Entity::find_by_id(message.0).one(self.db()).await?;
        Ok(call.map(|call| call.wa_id))
    }

    /// Ends the calls that have rung for this time, or that came before the clock was set back, as
    /// missed. Returns their number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_ringing_calls(&self, longest: Duration) -> Result<usize, Error> {
        let now = codec::now();
        let oldest = now - i64::try_from(longest.as_micros()).unwrap_or(i64::MAX);
        let is_overdue = Condition::any()
            .add(ringing_call::Column::Since.lte(oldest))
            .add(ringing_call::Column::Since.gt(now));
        let overdue = ringing_call::Entity::find().filter(is_overdue);
        if overdue.clone().one(self.db()).await?.is_none() {
            return Ok(0);
        }
        let mut writing = self.write().await?;
        let calls = overdue.all(&writing.tx).await?;
        let count = calls.len();
        end(&mut writing, calls, CallOutcome::Missed).await?;
        writing.commit().await?;
        Ok(count)
    }
}

/// Stores that the call of a new message rings.
pub(crate) async fn begin(
    tx: &DatabaseTransaction,
    connection: ConnectionId,
    message: MessageId,
    wa_id: &str,
) -> Result<(), Error> {
    let row = ringing_call::ActiveModel {
        message_id: Set(message.0),
        connection_id: Set(connection.0),
        wa_id: Set(wa_id.to_owned()),
        since: Set(codec::now()),
    };
    ringing_call::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Stores how calls ended. Those that somebody answered or rejected are read.
pub(crate) async fn end(
    writing: &mut Writing,
    calls: Vec<ringing_call::Model>,
    outcome: CallOutcome,
) -> Result<(), Error> {
    for call in calls {
        ringing_call::Entity::delete_by_id(call.message_id).exec(&writing.tx).await?;
        let row = message::Entity::find_by_id(call.message_id).one(&writing.tx).await?;
        let Some(row) = row else { continue };
        let Some(MessageContent::Call(rang)) = content::read(row.content.as_deref()) else {
            continue;
        };
        let ended = MessageContent::Call(Call { outcome, ..rang });
        let mut update = message::Entity::update_many()
            .col_expr(message::Column::Content, Expr::val(content::column(Some(&ended))))
            .filter(message::Column::Id.eq(row.id));
        if outcome != CallOutcome::Missed {
            update = update.col_expr(message::Column::Unread, Expr::val(false));
        }
        update.exec(&writing.tx).await?;
        writing.message_changed(&row);
    }
    Ok(())
}
