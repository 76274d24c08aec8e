//! The timers with which messages are sent.
//!
//! The timer of a chat may change while a message waits for its acknowledgement. The message disappears by
//! the one that it carried, as on the phone of the customer, so that one is stored in the payload of the
//! operation before the message goes. A message without it went to a chat that never had a timer.

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};

use super::Outbox;
use crate::{Error, entity::outbox};

/// The timer with which an operation sends its message.
#[derive(Debug)]
pub(super) struct SentTimer {
    pub(super) operation: i64,
    /// Its seconds, as the payload has them; 0 if the message stays.
    pub(super) seconds: String,
}

impl Outbox {
    /// Stores the timers of messages that are about to be sent.
    pub(super) async fn store_timers(&self, timers: Vec<SentTimer>) -> Result<(), Error> {
        if timers.is_empty() {
            return Ok(());
        }
        let writing = self.store.write().await?;
        for SentTimer { operation, seconds } in timers {
            outbox::Entity::update_many()
                .col_expr(outbox::Column::Payload, Expr::val(seconds))
                .filter(outbox::Column::Id.eq(operation))
                .filter(outbox::Column::Kind.eq(outbox::SEND))
                .exec(&writing.tx)
                .await?;
        }
        writing.commit().await
    }
}
