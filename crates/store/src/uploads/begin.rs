//! The message of a new upload.

use std::collections::BTreeSet;

use model::{ChatId, Message, UserId, WaMessageId, bounds, file_limits};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, JoinType, QueryFilter as _,
    QuerySelect as _, RelationTrait as _, sea_query::Expr,
};

use super::NewUpload;
use crate::{
    Error, Field, Grant, InboundMedia, MediaSource, Store, Write, codec,
    entity::{media as media_row, upload},
    inbox::{
        queue::{Composed, Place, insert},
        send::quoted,
    },
    media,
    write::Writing,
};

impl Store {
    /// Inserts the message of a file that a browser is going to send. It is shown at once, with a
    /// clock. If the `wa_id` is stored already, the stored message is returned, whatever its content.
    /// A draft of the chat stays.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the chat does not belong to the grant's number, or is private and
    /// the user is not its owner, and for an answer to a message of another chat; [`Error::Closed`] for a
    /// group that takes nothing from the number;
    /// [`Error::Replaced`] when the number's phone changed; [`Error::TextTooLong`] for a caption beyond
    /// [`bounds::CAPTION`]; [`Error::Invalid`] with [`Field::MessageId`](crate::Field::MessageId) when
    /// the id is taken in another chat of the number, or by a change, and with
    /// [`Field::TooManyUploads`](crate::Field::TooManyUploads) beyond what one user may send at a time.
    pub async fn begin_upload(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: WaMessageId,
        new: NewUpload,
    ) -> Result<Message, Error> {
        let caption = caption(&new.caption)?;
        let mut writing = self.write().await?;
        let place = Place::find(&writing.tx, grant, chat, &wa_id).await?;
        if let Some(stored) = place.stored(&writing.tx).await? {
            return Ok(stored);
        }
        require_few(&writing, grant.user(), new.size).await?;
        let composed = Composed {
            wa_id: &wa_id,
            kind: new.kind.kind(),
            text: caption,
            content: None,
            quote: quoted(&writing.tx, chat, new.reply_to).await?,
            forwarded: 0,
            mentions: BTreeSet::new(),
        };
        let message = insert(&mut writing, grant, &place, composed).await?;
        let connection = grant.connection();
        let view_once = new.view_once;
        let album = new.album.as_ref().and_then(|album| album.announces);
        media::insert_uploading(&writing.tx, connection, message, &file(new), view_once, album)
            .await?;
        let now = codec::now();
        let row = upload::ActiveModel {
            message_id: Set(message.0),
            connection_id: Set(connection.0),
            user_id: Set(grant.user().0),
            begun_at: Set(now),
            touched_at: Set(now),
        };
        upload::Entity::insert(row).exec_without_returning(&writing.tx).await?;
        writing.commit_message(message).await
    }
}

/// Refuses another file of a user who sends as many, or as large ones, as one user may.
async fn require_few(writing: &Writing, user: UserId, size: u64) -> Result<(), Error> {
    // On PostgreSQL a sum has another type.
    let bytes = Expr::cust("CAST(COALESCE(SUM(\"media\".\"size\"), 0) AS BIGINT)");
    let open: Option<(i64, i64)> = upload::Entity::find()
        .filter(upload::Column::UserId.eq(user.0))
        .join(JoinType::InnerJoin, upload::Relation::Message.def())
        .join_rev(JoinType::InnerJoin, media_row::Relation::Message.def())
        .select_only()
        .column_as(upload::Column::MessageId.count(), "files")
        .expr_as(bytes, "bytes")
        .into_tuple()
        .one(&writing.tx)
        .await?;
    let (files, bytes) = open.unwrap_or_default();
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_add(size);
    let files = u64::try_from(files).unwrap_or(u64::MAX);
    let fits = files < file_limits::OPEN && bytes <= file_limits::OPEN_BYTES;
    if fits { Ok(()) } else { Err(Error::Invalid(Field::TooManyUploads)) }
}

/// Returns a caption as it is stored. One without a visible character is none.
fn caption(caption: &str) -> Result<String, Error> {
    let caption = codec::storable(caption);
    if !text::has_visible(&caption) {
        return Ok(String::new());
    }
    if caption.chars().count() > bounds::CAPTION {
        return Err(Error::TextTooLong);
    }
    Ok(caption)
}

/// Returns the description of the file within the bounds of any file.
fn file(new: NewUpload) -> InboundMedia {
    media::described(&InboundMedia {
        mime: new.mime,
        name: new.name,
        size: new.size,
        shape: new.shape,
        preview: new.preview,
        seconds: new.seconds,
        voice: new.voice.is_some(),
        waveform: new.voice.filter(|waveform| !waveform.is_empty()),
        animated: false,
        pages: None,
        album: new.album.map(|album| album.wa_id.as_str().to_owned()),
        source: MediaSource::default(),
    })
}
