//! Forwarding a text to another chat, also of another number.

use model::{ChatId, Forwarded, Message, MessageId, MessageKind, WaMessageId};
use sea_orm::{ColumnTrait as _, DatabaseTransaction, QueryFilter as _};

use super::queue::{Composed, Place, queue, sendable};
use crate::{Error, Grant, Store, Viewer, Write, entity::message, messages::long_text::truncate};

impl Store {
    /// Queues the text of `source`, which the viewer may read, in a chat of the grant's number. If
    /// the `wa_id` is stored already, the stored message is returned.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the viewer may not read `source`, when the chat does not belong to
    /// the grant's number, or is private and the user is not its owner; [`Error::NotForwardable`]
    /// when `source` is no text, has no visible character, or was deleted; [`Error::Replaced`] when the number's phone
    /// changed; [`Error::Invalid`] with [`Field::MessageId`](crate::Field::MessageId) when the id is
    /// taken in another chat of the number, or by a change.
    pub async fn forward(
        &self,
        viewer: &Viewer,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: WaMessageId,
        source: MessageId,
    ) -> Result<Message, Error> {
        let writing = self.write().await?;
        let source = readable(&writing.tx, viewer, source).await?;
        let place = Place::find(&writing.tx, grant, chat, &wa_id).await?;
        if let Some(stored) = place.stored(&writing.tx).await? {
            return Ok(stored);
        }
        if MessageKind::from_name(&source.kind) != MessageKind::Text {
            return Err(Error::NotForwardable);
        }
        let score = u32::try_from(source.forwarded).unwrap_or(u32::MAX);
        let new = Composed {
            wa_id: &wa_id,
            kind: MessageKind::Text,
            text: sendable(&truncate(source.text)).map_err(|_| Error::NotForwardable)?,
            quote: None,
            forwarded: Forwarded::next_score(score),
        };
        queue(writing, grant, &place, new).await
    }
}

async fn readable(
    tx: &DatabaseTransaction,
    viewer: &Viewer,
    source: MessageId,
) -> Result<message::Model, Error> {
    let row = viewer.scope().messages().filter(message::Column::Id.eq(source.0)).one(tx).await?;
    row.ok_or(Error::NotFound)
}
