//! The outbox: messages that WhatsApp has not confirmed. A row is inserted with its message
//! (`Store::enqueue_text`), and deleted when WhatsApp confirms or refuses the message. After a
//! crash in between the message is sent again under the same id, and WhatsApp and the recipient
//! drop the copy.

use std::time::Duration;

use chrono::{DateTime, Utc};
use model::{ChatId, ConnectionId, Delivery, FailReason, MessageId, WaMessageId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _, sea_query::Expr,
};

use crate::{
    Error, Store, chats, codec,
    entity::{chat, message, outbox},
    messages::{
        delivery,
        position::{self, SECOND},
        said,
    },
    write::Writing,
};

/// The outbox of one number.
#[derive(Debug, Clone)]
pub struct Outbox {
    store: Store,
    connection: ConnectionId,
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub message: MessageId,
    /// The id under which it is sent.
    pub wa_id: WaMessageId,
    /// The address that WhatsApp used last for the chat.
    pub to_jid: String,
    pub text: String,
}

impl Outbox {
    pub(crate) fn new(store: Store, connection: ConnectionId) -> Self {
        Self { store, connection }
    }

    /// Returns queued messages that are neither confirmed nor failed, in the order of writing.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next(&self, limit: u64) -> Result<Vec<Outgoing>, Error> {
        let rows: Vec<Row> = outbox::Entity::find()
            .filter(outbox::Column::ConnectionId.eq(self.connection.0))
            .join(JoinType::InnerJoin, outbox::Relation::Message.def())
            .join(JoinType::InnerJoin, message::Relation::Chat.def())
            .select_only()
            .column(outbox::Column::MessageId)
            .column(message::Column::WaId)
            .expr_as(said::text(), "text")
            .column(chat::Column::Address)
            .order_by_asc(outbox::Column::MessageId)
            .limit(limit)
            .into_model()
            .all(self.store.db())
            .await?;
        rows.into_iter().map(Row::into_model).collect()
    }

    /// Stores that WhatsApp's server has a message, since `at` in whole seconds if it stated the
    /// time. Unknown ids are ignored.
    ///
    /// If the server took the message before it was written here, the clock of this machine is
    /// ahead. Then the message moves to WhatsApp's time; otherwise answers would be placed above
    /// it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn confirmed(
        &self,
        wa_id: &WaMessageId,
        at: Option<DateTime<Utc>>,
    ) -> Result<(), Error> {
        self.settle(wa_id, Delivery::Sent, at.map(codec::micros)).await
    }

    /// Stores that a message failed. Only `Store::retry` queues it again.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn failed(&self, wa_id: &WaMessageId, reason: FailReason) -> Result<(), Error> {
        self.settle(wa_id, Delivery::Failed { reason }, None).await
    }

    async fn settle(
        &self,
        wa_id: &WaMessageId,
        next: Delivery,
        at: Option<i64>,
    ) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let rows = message::Entity::find()
            .filter(message::Column::ConnectionId.eq(self.connection.0))
            .filter(message::Column::WaId.eq(wa_id.as_str()))
            .filter(message::Column::SenderId.eq(message::OURSELVES))
            .all(&writing.tx)
            .await?;
        for row in rows {
            if let Some(at) = at.filter(|at| at + SECOND <= row.sent_at) {
                move_back(&writing, &row, at).await?;
            }
            if delivery::advance(&writing.tx, &row, next).await? {
                writing.message_changed(&row);
            }
        }
        writing.commit().await
    }
}

impl Store {
    /// Fails, as [`FailReason::Expired`], messages that have waited to be sent for longer than
    /// this: an answer of last week must not be sent unexpectedly. Returns their count.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn expire_queued(&self, waited: Duration) -> Result<usize, Error> {
        let oldest = codec::now() - i64::try_from(waited.as_micros()).unwrap_or(i64::MAX);
        let find = message::Entity::find()
            .join_rev(JoinType::InnerJoin, outbox::Relation::Message.def())
            .filter(outbox::Column::QueuedAt.lt(oldest));
        // Usually nothing has expired, and the write lock is not needed.
        if find.clone().one(self.db()).await?.is_none() {
            return Ok(0);
        }
        let mut writing = self.write().await?;
        let expired = find.all(&writing.tx).await?;
        for row in &expired {
            let failed = Delivery::Failed { reason: FailReason::Expired };
            if delivery::advance(&writing.tx, row, failed).await? {
                writing.message_changed(row);
            }
        }
        writing.commit().await?;
        Ok(expired.len())
    }
}

/// Moves a message to WhatsApp's time if it is not confirmed yet.
async fn move_back(writing: &Writing, row: &message::Model, at: i64) -> Result<(), Error> {
    if delivery::of(row)? != Some(Delivery::Queued) {
        return Ok(());
    }
    let chat = ChatId(row.chat_id);
    let position = position::by_time(&writing.tx, chat, at).await?;
    message::Entity::update_many()
        .col_expr(message::Column::SentAt, Expr::val(at))
        .col_expr(message::Column::Position, Expr::val(position))
        .filter(message::Column::Id.eq(row.id))
        .exec(&writing.tx)
        .await?;
    chats::refresh_last(&writing.tx, [chat]).await
}

#[derive(FromQueryResult)]
struct Row {
    message_id: i64,
    wa_id: String,
    text: String,
    address: String,
}

impl Row {
    fn into_model(self) -> Result<Outgoing, Error> {
        let wa_id = WaMessageId::parse(&self.wa_id)
            .map_err(|_| Error::Corrupt { what: "a message id", value: self.wa_id })?;
        Ok(Outgoing {
            message: MessageId(self.message_id),
            wa_id,
            to_jid: self.address,
            text: self.text,
        })
    }
}
