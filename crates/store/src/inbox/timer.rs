//! Setting the timer after which the messages of a chat disappear.

use std::collections::BTreeSet;

use model::{
    ChatId, ChatTimerChoice, Message, MessageContent, MessageKind, WaMessageId, content::System,
};

use super::queue::{Composed, Place, insert};
use crate::{Error, Grant, Store, Write, messages::set_timer};

impl Store {
    /// Queues a setting of a chat's timer, and returns the notice about it. It takes effect when WhatsApp
    /// has it; the messages that are queued behind it go then. The same `wa_id` again returns the stored
    /// notice.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the chat does not belong to the grant's number, or is private and the user
    /// is not its owner; [`Error::Closed`] for a group that takes nothing from the number; [`Error::Replaced`] when the number's phone changed;
    /// [`Error::Invalid`] with [`Field::MessageId`](crate::Field::MessageId) when the id is taken in
    /// another chat of the number, or by a change.
    pub async fn enqueue_timer(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: WaMessageId,
        timer: ChatTimerChoice,
    ) -> Result<Message, Error> {
        let mut writing = self.write().await?;
        let place = Place::find(&writing.tx, grant, chat, &wa_id).await?;
        if let Some(stored) = place.stored(&writing.tx).await? {
            return Ok(stored);
        }
        let seconds = timer.seconds();
        let new = Composed {
            wa_id: &wa_id,
            kind: MessageKind::System,
            text: String::new(),
            content: Some(MessageContent::System(System::Timer { seconds })),
            quote: None,
            forwarded: 0,
            mentions: BTreeSet::new(),
        };
        let id = insert(&mut writing, grant, &place, new).await?;
        let ids = (grant.connection(), chat, id);
        let author = Some(grant.user());
        set_timer::queue(&mut writing, ids, wa_id.as_str(), seconds, author).await?;
        writing.commit_message(id).await
    }
}
