//! The outbox: operations that WhatsApp has not confirmed. An operation sends a message or changes
//! one. Its row is inserted in the transaction of the user's action ([`crate::inbox`]), and has the
//! id of the stanza. After a crash the operation goes out again under the same id, and WhatsApp and
//! the recipient drop the copy.
//!
//! * A message is shown at once, with a clock. Its row is deleted when WhatsApp confirms or refuses
//!   it; the message itself has its delivery state.
//! * A change takes effect when WhatsApp confirms it: the update is stored as one of the number
//!   itself, and the row is deleted. A change that failed keeps its row until a user queues it again
//!   or discards it.
//! * The operations of a chat are a lane: they go out in the order of their rows, and one that has
//!   to wait holds up the lane and no other. One that failed holds up nothing.
//! * A change of a message that is not sent yet depends on the sending. It goes once the message is
//!   confirmed, and fails if the message fails.
//!
//! | module | content |
//! | --- | --- |
//! | [`outgoing`] | the operations as the session sends them |
//! | [`settle`] | the acknowledgements and refusals of WhatsApp |
//! | [`give_up`] | operations that are not sent: they waited too long, or the number was unlinked |

mod give_up;
mod outgoing;
mod settle;

use chrono::{DateTime, Utc};
use model::{ConnectionId, OperationId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, IntoSimpleExpr as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
    sea_query::{Expr, ExprTrait as _, Query},
};

pub(crate) use give_up::fail_waiting;
pub use outgoing::{Operation, Outgoing, OutgoingQuote, QuotedBy};

use crate::{Error, Store, codec, entity::outbox};

/// The outbox of one number.
#[derive(Debug, Clone)]
pub struct Outbox {
    store: Store,
    connection: ConnectionId,
}

impl Outbox {
    pub(crate) fn new(store: Store, connection: ConnectionId) -> Self {
        Self { store, connection }
    }

    /// Returns at most `limit` operations that may go now, in the order of queueing: neither
    /// confirmed nor failed, not dependent on another, not before the time of their next attempt,
    /// and with no earlier operation of their chat that has to wait. Those that are under way are
    /// among them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next(&self, limit: u64) -> Result<Vec<Outgoing>, Error> {
        let free =
            free(self.connection, codec::now()).order_by_asc(outbox::Column::Id).limit(limit);
        outgoing::rows(self.store.db(), free).await
    }

    /// Counts a failed attempt. The operation is tried again from `next_attempt_at` on.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn retry_later(
        &self,
        operation: OperationId,
        next_attempt_at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let writing = self.store.write().await?;
        let attempts = Expr::col(outbox::Column::Attempts).add(1);
        outbox::Entity::update_many()
            .col_expr(outbox::Column::Attempts, attempts)
            .col_expr(outbox::Column::NextAttemptAt, Expr::val(codec::micros(next_attempt_at)))
            .filter(outbox::Column::Id.eq(operation.0))
            .filter(outbox::Column::ConnectionId.eq(self.connection.0))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }
}

/// Selects the operations of a number that may go at a time.
fn free(connection: ConnectionId, now: i64) -> Select<outbox::Entity> {
    let earlier = |column: outbox::Column| Expr::col(("earlier", column));
    let holds_up = earlier(outbox::Column::DependsOn)
        .is_not_null()
        .or(earlier(outbox::Column::NextAttemptAt).gt(now));
    let before_in_lane = Query::select()
        .expr(Expr::val(1))
        .from_as(outbox::Entity, "earlier")
        .and_where(earlier(outbox::Column::ChatId).eq(outbox::Column::ChatId.into_simple_expr()))
        .and_where(earlier(outbox::Column::Id).lt(outbox::Column::Id.into_simple_expr()))
        .and_where(earlier(outbox::Column::Failed).is_null())
        .and_where(holds_up)
        .to_owned();
    let next_attempt_at = outbox::Column::NextAttemptAt;
    outbox::Entity::find()
        .filter(outbox::Column::ConnectionId.eq(connection.0))
        .filter(outbox::Column::Failed.is_null())
        .filter(outbox::Column::DependsOn.is_null())
        .filter(next_attempt_at.is_null().or(next_attempt_at.lte(now)))
        .filter(Expr::not_exists(before_in_lane))
}
