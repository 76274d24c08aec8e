//! Files as the session of a number uploads them to WhatsApp.

use chrono::{DateTime, Utc};
use model::{ChatId, ConnectionId, MediaState, MessageId, MessageKind, OperationId, WaMessageId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, IntoSimpleExpr as _, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _, Select, UpdateMany,
    sea_query::Expr,
};

use super::{
    Outbox,
    lanes::{is_due, pauses, uploads_before},
};
use crate::{
    Error, MediaSource, codec,
    entity::{media, message, outbox},
    live::Work,
};

/// A file to upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingUpload {
    pub operation: OperationId,
    pub message: MessageId,
    /// The id that the message will have.
    pub wa_id: WaMessageId,
    pub chat: ChatId,
    pub kind: MessageKind,
    /// Bytes.
    pub size: u64,
    /// The key of the first attempt, under which a part of the file may be at WhatsApp; `None` before
    /// it.
    pub media_key: Option<[u8; 32]>,
    /// The number of attempts that failed.
    pub attempts: u32,
}

impl Outbox {
    /// Returns at most `limit` files that may be uploaded now, in the order of queueing: of each chat
    /// the first one, unless it pauses or is still to be copied. Those that are under way are among them. A
    /// failed attempt is counted with [`Self::retry_later`], and the last one with [`Self::failed`].
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_uploads(&self, limit: u64) -> Result<Vec<PendingUpload>, Error> {
        let rows: Vec<Row> = due(self.connection, limit).into_model().all(self.store.db()).await?;
        rows.into_iter().map(Row::into_model).collect()
    }

    /// Returns the time at which the next file is due that pauses after a failed attempt; `None` if
    /// there is none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_upload_at(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let next_attempt_at = outbox::Column::NextAttemptAt.into_simple_expr();
        let next: Option<Option<i64>> = first_of_chats(self.connection)
            .filter(pauses(next_attempt_at, codec::now()))
            .select_only()
            .column_as(outbox::Column::NextAttemptAt.min(), "next_at")
            .into_tuple()
            .one(self.store.db())
            .await?;
        Ok(next.flatten().map(codec::time))
    }

    /// Stores the key under which a file is uploaded, before the first attempt.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn upload_begins(
        &self,
        message: MessageId,
        media_key: &[u8; 32],
    ) -> Result<(), Error> {
        let writing = self.store.write().await?;
        self.file(message)
            .col_expr(media::Column::MediaKey, Expr::val(codec::bytes(media_key)))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }

    /// Stores the place of a file at WhatsApp, with the table by which phones play it while they download it,
    /// and turns its operation into the sending of its message, which is due now. If the operation has failed
    /// meanwhile, a user's retry does without another upload.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn uploaded(
        &self,
        message: MessageId,
        source: MediaSource,
        sidecar: Option<&[u8]>,
    ) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        self.file(message)
            .col_expr(media::Column::DirectPath, Expr::val(codec::storable(&source.direct_path)))
            .col_expr(media::Column::MediaKey, Expr::val(codec::bytes(&source.media_key)))
            .col_expr(media::Column::FileHash, Expr::val(codec::bytes(&source.file_hash)))
            .col_expr(media::Column::SealedHash, Expr::val(codec::bytes(&source.sealed_hash)))
            .col_expr(media::Column::StreamingSidecar, Expr::val(sidecar.map(codec::bytes)))
            .col_expr(media::Column::UploadedAt, Expr::val(codec::now()))
            .exec(&writing.tx)
            .await?;
        outbox::Entity::update_many()
            .col_expr(outbox::Column::Kind, Expr::val(outbox::SEND))
            .col_expr(outbox::Column::Attempts, Expr::val(0_i64))
            .col_expr(outbox::Column::NextAttemptAt, Expr::val(None::<i64>))
            .filter(outbox::Column::MessageId.eq(message.0))
            .filter(outbox::Column::ConnectionId.eq(self.connection.0))
            .filter(outbox::Column::Kind.eq(outbox::UPLOAD))
            .exec(&writing.tx)
            .await?;
        writing.wake(self.connection, Work::Outbox);
        writing.commit().await
    }

    /// Selects a complete file of this number for an update.
    fn file(&self, message: MessageId) -> UpdateMany<media::Entity> {
        media::Entity::update_many()
            .filter(media::Column::MessageId.eq(message.0))
            .filter(media::Column::ConnectionId.eq(self.connection.0))
            .filter(media::Column::State.eq(codec::media_state(MediaState::Stored)))
    }
}

/// Selects the first file of each chat that a number is to upload.
fn first_of_chats(connection: ConnectionId) -> Select<outbox::Entity> {
    outbox::Entity::find()
        .filter(outbox::Column::ConnectionId.eq(connection.0))
        .filter(outbox::Column::Kind.eq(outbox::UPLOAD))
        .filter(Expr::not_exists(uploads_before("outbox")))
}

/// Selects the files that may be uploaded now. Every round of an uploader does, so an index leads to
/// them however many messages wait.
fn due(connection: ConnectionId, limit: u64) -> Select<outbox::Entity> {
    first_of_chats(connection)
        .filter(is_due(codec::now()))
        .order_by_asc(outbox::Column::Id)
        .limit(limit)
        .join(JoinType::InnerJoin, outbox::Relation::Message.def())
        .join_rev(JoinType::InnerJoin, media::Relation::Message.def())
        .filter(media::Column::State.ne(codec::COPYING))
        .select_only()
        .columns([
            outbox::Column::Id,
            outbox::Column::MessageId,
            outbox::Column::ChatId,
            outbox::Column::WaId,
            outbox::Column::Attempts,
        ])
        .column_as(message::Column::Kind, "content")
        .columns([media::Column::Size, media::Column::MediaKey])
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    message_id: i64,
    chat_id: i64,
    wa_id: String,
    attempts: i64,
    content: String,
    size: i64,
    media_key: String,
}

impl Row {
    fn into_model(self) -> Result<PendingUpload, Error> {
        Ok(PendingUpload {
            operation: OperationId(self.id),
            message: MessageId(self.message_id),
            wa_id: codec::read_message_id(&self.wa_id)?,
            chat: ChatId(self.chat_id),
            kind: MessageKind::from_name(&self.content),
            size: u64::try_from(self.size).unwrap_or(0),
            // It is empty before the first attempt.
            media_key: codec::read_bytes(&self.media_key)?.try_into().ok(),
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
        })
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{DatabaseBackend, QueryTrait as _};

    use super::*;
    use crate::{messages::own_files, testing};

    #[tokio::test]
    async fn indexes_lead_to_the_files_of_a_number() {
        let (store, _folder) = testing::store().await;
        let next = due(ConnectionId(1), 16).build(DatabaseBackend::Sqlite);
        let next = testing::plan(&store, &next).await;
        let is_by_kind = |step: &String| step.contains("(connection_id=? AND kind=?)");
        assert!(next.iter().any(is_by_kind), "{next:#?}");
        // The rows come in their order.
        assert!(!next.iter().any(|step| step.contains("TEMP B-TREE")), "{next:#?}");
        assert!(!next.iter().any(|step| step.starts_with("SCAN")), "{next:#?}");

        let same = own_files::uploaded(ConnectionId(1), MessageKind::Image, "00");
        let same = testing::plan(&store, &same.build(DatabaseBackend::Sqlite)).await;
        assert!(same.iter().any(|step| step.contains("media_uploaded")), "{same:#?}");
    }
}
