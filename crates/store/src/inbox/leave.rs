//! Leaving a group.

use std::collections::BTreeSet;

use model::{
    ChatId, Closed, Message, MessageContent, MessageKind, WaMessageId,
    content::{GroupChange, GroupEvent, People},
};

use sea_orm::EntityTrait as _;

use super::queue::{Composed, Place, insert_anywhere};
use crate::{
    Error, Grant, Store, Write,
    entity::{connection, outbox},
    groups::group_rows,
    messages::delivery,
};

impl Store {
    /// Queues that the number leaves a group, and returns the notice about it. It takes effect when WhatsApp
    /// has it. The messages stay readable. The same `wa_id` again returns the stored notice.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the chat does not belong to the grant's number, is no group, or is private
    /// and the user is not its owner; [`Error::Closed`] if the number is not in the group any more;
    /// [`Error::Replaced`] when the number's phone changed; [`Error::Invalid`] with
    /// [`Field::MessageId`](crate::Field::MessageId) when the id is taken in another chat of the number, or
    /// by a change.
    pub async fn enqueue_leave(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: WaMessageId,
    ) -> Result<Message, Error> {
        let mut writing = self.write().await?;
        let place = Place::find(&writing.tx, grant, chat, &wa_id).await?;
        if let Some(stored) = place.stored(&writing.tx).await? {
            return Ok(stored);
        }
        group_rows::require_inside(&writing.tx, chat).await?.ok_or(Error::NotFound)?;
        if group_rows::is_queued(&writing.tx, chat, outbox::LEAVE).await? {
            return Err(Error::Closed(Closed::Left));
        }
        let number = connection::Entity::find_by_id(grant.connection().0).one(&writing.tx).await?;
        let us = number.and_then(|number| number.own_address());
        let left = People::from(us.into_iter().collect::<Vec<_>>());
        let change = GroupChange { by: None, what: GroupEvent::Left(left) };
        let new = Composed {
            wa_id: &wa_id,
            kind: MessageKind::System,
            text: String::new(),
            content: Some(MessageContent::Group(change)),
            quote: None,
            forwarded: 0,
            mentions: BTreeSet::new(),
        };
        let id = insert_anywhere(&mut writing, grant, &place, new).await?;
        let ids = (grant.connection(), chat, id);
        let author = Some(grant.user());
        delivery::queue(&mut writing, outbox::LEAVE, ids, wa_id.as_str(), author).await?;
        writing.commit_message(id).await
    }
}
