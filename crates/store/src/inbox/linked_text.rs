//! Sending a text, with the preview of a link in it or without one.

use model::{
    ChatId, Message, MessageContent, MessageId, MessageKind, NewText, WaMessageId,
    content::LinkPreview,
};

use super::{
    drafts,
    mentioning::{self, Mentioning},
    queue::{Composed, Place, insert, sendable},
    send::quoted,
};
use crate::{Error, Grant, InboundMedia, Store, Write, entity::outbox, media, messages::delivery};

/// The preview of a link that is sent with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLinkPreview {
    pub preview: LinkPreview,
    /// A small JPEG, at most [`model::file_limits::PREVIEW`] bytes.
    pub picture: Option<Vec<u8>>,
}

impl Store {
    /// Queues a text with the preview of a link as [`Self::enqueue_text`] does one without. It is stored
    /// as that of a received text. A preview of a link that the text does not have is sent and not shown.
    ///
    /// # Errors
    /// Those of [`Self::enqueue_text`].
    pub async fn enqueue_linked_text(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: WaMessageId,
        text: impl Into<NewText> + Send,
        reply_to: Option<MessageId>,
        new: NewLinkPreview,
    ) -> Result<Message, Error> {
        self.enqueue_words(grant, chat, wa_id, text.into(), reply_to, Some(new)).await
    }

    /// Queues a text, and the preview of a link with it if there is one.
    pub(super) async fn enqueue_words(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: WaMessageId,
        text: NewText,
        reply_to: Option<MessageId>,
        preview: Option<NewLinkPreview>,
    ) -> Result<Message, Error> {
        // Refused without waiting for other writes. The draft has the names, as they were typed.
        let typed = sendable(&text.text)?;
        let (preview, picture) = preview.map(|new| (new.preview, new.picture)).unzip();
        let content = preview.map(|preview| {
            let mut content = MessageContent::LinkedText(preview);
            content.shorten();
            content
        });
        let mut writing = self.write().await?;
        let place = Place::find(&writing.tx, grant, chat, &wa_id).await?;
        if let Some(stored) = place.stored(&writing.tx).await? {
            return Ok(stored);
        }
        let quote = quoted(&writing.tx, chat, reply_to).await?;
        drafts::sent(&mut writing, grant.user(), chat, place.draft.as_deref(), &typed).await?;
        let by_lid = place.names_by_lid();
        let Mentioning { text, addresses } =
            mentioning::text_for(&writing.tx, chat, by_lid, text).await?;
        let composed = Composed {
            wa_id: &wa_id,
            kind: MessageKind::Text,
            text,
            content,
            quote,
            forwarded: 0,
            mentions: addresses,
        };
        let id = insert(&mut writing, grant, &place, composed).await?;
        if let Some(jpeg) = picture.flatten() {
            let picture = InboundMedia::of_link(jpeg);
            media::insert(&writing.tx, grant.connection(), id, &picture).await?;
        }
        let ids = (grant.connection(), chat, id);
        let author = Some(grant.user());
        delivery::queue(&mut writing, outbox::SEND, ids, wa_id.as_str(), author).await?;
        writing.commit_message(id).await
    }
}
