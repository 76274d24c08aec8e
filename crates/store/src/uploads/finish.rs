//! The complete file of an upload.

use model::{ChatId, ConnectionId, MediaState, Message, MessageId, MessageKind};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};

use super::{UploadedFile, delete, is_queued, message_of_author};
use crate::{
    Error, Grant, InboundMedia, MediaSource, Store, Write, codec,
    entity::{media, message, outbox},
    inbox::send::require_current,
    media::described,
    messages::{delivery, own_files},
    write::Writing,
};

impl Store {
    /// Stores that this server has all of a file, with what it found in it, and queues its message. The
    /// file is uploaded to WhatsApp first, unless this number uploaded the same one lately. The file
    /// has its final place on the disk before.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such upload of this user in the grant's number and chat,
    /// its message has failed, or its chat is private and the user is not its owner;
    /// [`Error::Replaced`] when the number's phone changed.
    pub async fn finish_upload(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
        file: UploadedFile,
    ) -> Result<Message, Error> {
        let mut writing = self.write().await?;
        let row = message_of_author(&writing, grant, message).await?;
        if !is_queued(&row)? {
            return Err(Error::NotFound);
        }
        require_current(&writing, grant.connection()).await?;
        let kind = store(&writing, grant.connection(), &row, file).await?;
        delete(&writing, row.id).await?;
        let ids = (grant.connection(), ChatId(row.chat_id), message);
        let author = Some(grant.user());
        delivery::queue(&mut writing, kind, ids, &row.wa_id, author).await?;
        writing.commit_changed(&row).await
    }
}

/// Stores the file of a message, with its place at WhatsApp if the number uploaded it before. Returns
/// the kind of the operation that the message goes out with.
async fn store(
    writing: &Writing,
    connection: ConnectionId,
    row: &message::Model,
    file: UploadedFile,
) -> Result<&'static str, Error> {
    let kind = file.kind.kind();
    message::Entity::update_many()
        .col_expr(message::Column::Kind, Expr::val(kind.as_str()))
        .filter(message::Column::Id.eq(row.id))
        .exec(&writing.tx)
        .await?;
    let file_hash = codec::bytes(file.file_hash);
    let before = own_files::uploaded(connection, kind, &file_hash).one(&writing.tx).await?;
    let file = within_bounds(file);
    let size = i64::try_from(file.size).unwrap_or(i64::MAX);
    let mut update = media::Entity::update_many()
        .col_expr(media::Column::Mime, Expr::val(codec::storable(&file.mime)))
        .col_expr(media::Column::Size, Expr::val(size))
        .col_expr(media::Column::Width, Expr::val(file.shape.map(|(width, _)| i64::from(width))))
        .col_expr(media::Column::Height, Expr::val(file.shape.map(|(_, height)| i64::from(height))))
        .col_expr(media::Column::Preview, Expr::val(file.preview.map(codec::bytes)))
        .col_expr(media::Column::Seconds, Expr::val(file.seconds.map(i64::from)))
        .col_expr(media::Column::Voice, Expr::val(file.voice))
        .col_expr(media::Column::Waveform, Expr::val(file.waveform.map(codec::bytes)))
        .col_expr(media::Column::Animated, Expr::val(file.animated))
        .col_expr(media::Column::PageCount, Expr::val(file.pages.map(i64::from)))
        .col_expr(media::Column::FileHash, Expr::val(file_hash))
        .col_expr(media::Column::State, Expr::val(codec::media_state(MediaState::Stored)))
        .col_expr(media::Column::StoredBytes, Expr::val(Some(size)));
    // What an album announces was counted by the kinds as which its files were sent.
    for (count, of) in [
        (media::Column::AlbumImages, MessageKind::Image),
        (media::Column::AlbumVideos, MessageKind::Video),
    ] {
        let change = i64::from(kind == of) - i64::from(MessageKind::from_name(&row.kind) == of);
        if change != 0 {
            update = update.col_expr(count, Expr::col(count).add(change));
        }
    }
    let is_there = before.is_some();
    if let Some(before) = before {
        update = update
            .col_expr(media::Column::DirectPath, Expr::val(before.direct_path))
            .col_expr(media::Column::MediaKey, Expr::val(before.media_key))
            .col_expr(media::Column::SealedHash, Expr::val(before.sealed_hash))
            .col_expr(media::Column::StreamingSidecar, Expr::val(before.streaming_sidecar))
            .col_expr(media::Column::UploadedAt, Expr::val(before.uploaded_at));
    }
    update.filter(media::Column::MessageId.eq(row.id)).exec(&writing.tx).await?;
    Ok(if is_there { outbox::SEND } else { outbox::UPLOAD })
}

/// Returns the description of the file within the bounds of any file. Its name stays as it is.
fn within_bounds(file: UploadedFile) -> InboundMedia {
    described(&InboundMedia {
        mime: file.mime,
        name: None,
        size: file.size,
        shape: file.shape,
        preview: file.preview,
        seconds: file.seconds,
        voice: file.voice.is_some(),
        waveform: file.voice.filter(|waveform| !waveform.is_empty()),
        animated: file.animated,
        pages: file.pages,
        album: None,
        source: MediaSource::default(),
    })
}
