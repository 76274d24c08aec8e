//! The message of a new upload.

use model::{ChatId, Message, bounds};
use sea_orm::{ActiveValue::Set, EntityTrait as _};

use super::NewUpload;
use crate::{
    Error, Grant, InboundMedia, MediaSource, Store, Write, codec,
    entity::upload,
    inbox::{
        queue::{Composed, Place, insert},
        send::quoted,
    },
    ingest::bounds::described,
    media,
};

impl Store {
    /// Inserts the message of a file that a browser is going to send. It is shown at once, with a
    /// clock. If the `wa_id` is stored already, the stored message is returned, whatever its content.
    /// A draft of the chat stays.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the chat does not belong to the grant's number, or is private and
    /// the user is not its owner, and for an answer to a message of another chat or in a group;
    /// [`Error::Replaced`] when the number's phone changed; [`Error::TextTooLong`] for a caption beyond
    /// [`bounds::CAPTION`]; [`Error::Invalid`] with [`Field::MessageId`](crate::Field::MessageId) when
    /// the id is taken in another chat of the number, or by a change.
    pub async fn begin_upload(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        new: NewUpload,
    ) -> Result<Message, Error> {
        let caption = caption(&new.caption)?;
        let mut writing = self.write().await?;
        let place = Place::find(&writing.tx, grant, chat, &new.wa_id).await?;
        if let Some(stored) = place.stored(&writing.tx).await? {
            return Ok(stored);
        }
        let composed = Composed {
            wa_id: &new.wa_id,
            kind: new.kind.kind(),
            text: caption,
            quote: quoted(&writing.tx, &place, chat, new.reply_to).await?,
            forwarded: 0,
        };
        let message = insert(&mut writing, grant, &place, composed).await?;
        let connection = grant.connection();
        media::insert_uploading(&writing.tx, connection, message, &file(new)).await?;
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
    described(&InboundMedia {
        mime: new.mime,
        name: new.name,
        size: new.size,
        shape: new.shape,
        preview: new.preview,
        seconds: new.seconds,
        voice: new.voice.is_some(),
        waveform: new.voice.filter(|waveform| !waveform.is_empty()),
        source: MediaSource::default(),
    })
}
