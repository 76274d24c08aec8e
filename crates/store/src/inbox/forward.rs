//! Forwarding a text, a file or a card to another chat, also of another number.

use std::collections::BTreeSet;

use model::{
    ChatId, Forwarded, MediaState, Message, MessageId, MessageKind, WaMessageId, content::FileKind,
};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    sea_query::ExprTrait as _,
};

use super::{
    queue::{Composed, Place, insert, queue, sendable},
    sendable_content::forwardable,
};
use crate::{
    Error, Grant, Store, Viewer, Write, codec,
    entity::{media, message},
    messages::{
        content, delivery, file_copies, long_text::truncate, mentions, own_files, people::People,
    },
    write::Writing,
};

impl Store {
    /// Queues the text, the file, the place, the contacts or the poll of `source`, which the viewer may
    /// read, in a chat of the grant's number. If the `wa_id` is stored already, the stored message is returned.
    ///
    /// A file is copied after the commit ([`Self::pending_copies`]).
    ///
    /// # Errors
    /// [`Error::NotFound`] when the viewer may not read `source` or its time is over, when the chat does not
    /// belong to the grant's number, or is private and the user is not its owner; [`Error::Closed`] for a
    /// group that takes nothing from the number; [`Error::NotForwardable`]
    /// when `source` has neither a visible text nor a file that is stored here, is no card that can be
    /// sent, or was deleted; [`Error::Replaced`] when the number's phone changed;
    /// [`Error::Invalid`] with [`Field::MessageId`](crate::Field::MessageId) when the id is
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
        let kind = MessageKind::from_name(&source.kind);
        let score = u32::try_from(source.forwarded).unwrap_or(u32::MAX);
        // Nobody is mentioned by a copy: it has the names that they show to everybody.
        let names = names(&writing.tx, &source).await?;
        let mut new = Composed {
            wa_id: &wa_id,
            kind,
            text: names.in_text(&truncate(source.text)),
            content: None,
            quote: None,
            forwarded: Forwarded::next_score(score),
            mentions: BTreeSet::new(),
        };
        if kind == MessageKind::Text {
            new.text = sendable(&new.text).map_err(|_| Error::NotForwardable)?;
            return queue(writing, grant, &place, new).await;
        }
        if kind.is_card() {
            let card = forwardable(content::read(source.content.as_deref()));
            let card = card.ok_or(Error::NotForwardable)?;
            (new.kind, new.text) = (card.kind(), card.words());
            new.content = Some(card);
            return queue(writing, grant, &place, new).await;
        }
        let file = stored_file(&writing, kind, source.id).await?;
        queue_copy(writing, grant, &place, new, file).await
    }
}

/// Inserts a message with a copy of a stored file, which is to be made, at the end of its chat and in the
/// outbox, and commits.
pub(super) async fn queue_copy(
    mut writing: Writing,
    grant: &Grant<Write>,
    place: &Place,
    new: Composed<'_>,
    file: media::Model,
) -> Result<Message, Error> {
    let (wa_id, kind) = (new.wa_id, new.kind);
    // One that is to be a copy itself is copied from its own source.
    let from = file_copies::place(&writing.tx, &file).await?;
    let id = insert(&mut writing, grant, place, new).await?;
    let operation =
        own_files::insert_copy(&writing.tx, (grant.connection(), id), kind, file).await?;
    file_copies::insert(&writing.tx, id, from).await?;
    writing.wake_copies();
    let ids = (grant.connection(), place.chat(), id);
    let author = Some(grant.user());
    delivery::queue(&mut writing, operation, ids, wa_id.as_str(), author).await?;
    writing.commit_message(id).await
}

/// Returns the names of the people whom a message mentions.
async fn names(
    tx: &DatabaseTransaction,
    source: &message::Model,
) -> Result<mentions::Names, Error> {
    let (number, column) = (source.connection_id, source.mentions.as_deref());
    let people = People::load(tx, mentions::addresses(number, column)).await?;
    Ok(mentions::Names::public(number, column, &people))
}

/// Returns a message that the viewer may read. One of which the time is over is about to be removed with its
/// file, and counts as removed.
pub(super) async fn readable(
    tx: &DatabaseTransaction,
    viewer: &Viewer,
    source: MessageId,
) -> Result<message::Model, Error> {
    let expires_at = message::Column::ExpiresAt;
    let row = viewer
        .scope()
        .messages()
        .filter(message::Column::Id.eq(source.0))
        .filter(expires_at.is_null().or(expires_at.gt(codec::now())))
        .one(tx)
        .await?;
    row.ok_or(Error::NotFound)
}

/// Returns the file of a message of this kind, if it is stored here, or is to be a copy of one that is, and
/// may be opened more than once.
pub(super) async fn stored_file(
    writing: &Writing,
    kind: MessageKind,
    message: i64,
) -> Result<media::Model, Error> {
    FileKind::of(kind).ok_or(Error::NotForwardable)?;
    let file = media::Entity::find_by_id(message)
        .filter(
            media::Column::State.is_in([codec::media_state(MediaState::Stored), codec::COPYING]),
        )
        .filter(media::Column::ViewOnce.eq(false))
        .one(&writing.tx)
        .await?;
    file.ok_or(Error::NotForwardable)
}
