//! The outbox: operations that WhatsApp has not confirmed. An operation sends a message, changes
//! one, or reports that messages were read or played. Its row is inserted in the transaction of the user's
//! action ([`crate::inbox`]), and has the id of the stanza. After a crash the operation goes out again
//! under the same id, and WhatsApp and the recipient drop the copy.
//!
//! * A message is shown at once, with a clock. Its row is deleted when WhatsApp confirms or refuses
//!   it; the message itself has its delivery state.
//! * A change takes effect when WhatsApp confirms it: the update is stored as one of the number
//!   itself, and the row is deleted. A change that failed keeps its row until a user queues it again
//!   or discards it.
//! * The operations of a chat are a lane: they go out in the order of their rows, and one that has
//!   to wait holds up the lane and no other. One that failed holds up nothing.
//! * A change waits for the earlier changes of its message until they are confirmed or have failed:
//!   otherwise a copy of the first that is sent again could arrive after the next and undo it.
//! * The timer of a chat is set by an operation whose message is the notice about it. The later
//!   operations of its chat wait until WhatsApp has it, since they carry the timer.
//! * A change of a message that is not sent yet depends on the sending. It goes once the message is
//!   confirmed, and fails if the message fails.
//! * A change that comes too late for WhatsApp fails, unless an earlier attempt may have arrived.
//! * The file of a message is uploaded to WhatsApp before ([`Outbox::next_uploads`]). Until then its
//!   row is in no lane, so texts overtake it, and holds up only later files of its chat. Then the
//!   same row sends the message, in its place in the lane.
//! * A receipt, of reading or of playing, is in no lane. It neither waits for the messages and changes of
//!   its chat nor holds them up, and has a window of its own ([`Outbox::next_reads`]). It is shown nowhere.
//!   It has no id, and its row is deleted once it was handed to the library, or after 30 days.
//!
//! | module | content |
//! | --- | --- |
//! | [`outgoing`] | the operations as the session sends them |
//! | [`lanes`] | the conditions under which an operation may go |
//! | [`settle`] | the acknowledgements and refusals of WhatsApp |
//! | [`give_up`] | operations that are not sent: they waited too long, or the number was unlinked |
//! | [`reads`] | receipts |
//! | [`timers`] | the timers with which messages are sent |
//! | [`uploads`] | files that are uploaded to WhatsApp |
//! | [`chat_actions`] | changes of the state of chats, which have a table of their own |

mod chat_actions;
mod give_up;
mod lanes;
mod outgoing;
mod reads;
mod settle;
mod timers;
mod uploads;

use chrono::{DateTime, Utc};
use model::{ConnectionId, OperationId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};

pub use chat_actions::{ChatAction, NamedMessage, OutgoingAction};
pub(crate) use give_up::fail_waiting;
pub use lanes::LONGEST_PAUSE;
pub use outgoing::{Operation, Outgoing, OutgoingFile, OutgoingQuote, QuotedBy};
pub use reads::ReadReceipt;
pub use uploads::PendingUpload;

use crate::{Error, Store, codec, entity::outbox};

/// The outbox of one number.
#[derive(Debug, Clone)]
pub struct Outbox {
    store: Store,
    connection: ConnectionId,
}

impl Store {
    /// Returns the operations that a number's session has yet to send.
    pub fn outbox(&self, connection: ConnectionId) -> Outbox {
        Outbox { store: self.clone(), connection }
    }
}

impl Outbox {
    /// Returns at most `limit` messages and changes that may go now, in the order of queueing:
    /// neither confirmed nor failed, not dependent on another, not before the time of their next
    /// attempt, no change that comes after another one of its message, no message whose file, or an
    /// earlier one of the chat, is yet to be uploaded, and with no earlier operation of their chat
    /// that has to wait. Those that are under way are left out as `sent`. The timers that the messages
    /// carry are stored before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next(&self, limit: u64, sent: &[OperationId]) -> Result<Vec<Outgoing>, Error> {
        let free = lanes::free(self.connection, codec::now())
            .filter(outbox::Column::Id.is_not_in(sent.iter().map(|operation| operation.0)))
            .order_by_asc(outbox::Column::Id)
            .limit(limit);
        let (next, timers) = outgoing::rows(self.store.db(), free).await?;
        self.store_timers(timers).await?;
        Ok(next)
    }

    /// Stores that the first attempt to send a change may reach WhatsApp from now on. Later calls
    /// change nothing. It is for changes that can come too late ([`Outgoing::was_sent`]).
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sent(&self, operation: OperationId) -> Result<(), Error> {
        self.set_first_sent(operation, Some(codec::now())).await
    }

    /// Stores that the first attempt has certainly not reached WhatsApp.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn not_sent(&self, operation: OperationId) -> Result<(), Error> {
        self.set_first_sent(operation, None).await
    }

    async fn set_first_sent(&self, operation: OperationId, at: Option<i64>) -> Result<(), Error> {
        let writing = self.store.write().await?;
        let column = outbox::Column::FirstSentAt;
        let is_other = if at.is_some() { column.is_null() } else { column.is_not_null() };
        outbox::Entity::update_many()
            .col_expr(column, Expr::val(at))
            .filter(outbox::Column::Id.eq(operation.0))
            .filter(outbox::Column::ConnectionId.eq(self.connection.0))
            .filter(is_other)
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }

    /// Counts a failed attempt. The operation is tried again from `next_attempt_at` on, which is at
    /// most [`LONGEST_PAUSE`] ahead.
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
