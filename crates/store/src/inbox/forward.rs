//! Forwarding a text, a file or a card to another chat, also of another number.

use std::{collections::BTreeSet, future::Future, io};

use model::{
    ChatId, ConnectionId, Forwarded, MediaState, Message, MessageId, MessageKind, WaMessageId,
    content::FileKind,
};
use sea_orm::{ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _};

use super::{
    queue::{Composed, Place, insert, queue, sendable},
    sendable_content::forwardable,
};
use crate::{
    Error, Grant, Store, Viewer, Write, codec,
    entity::{media, message},
    messages::{content, delivery, long_text::truncate, mentions, own_files, people::People},
    write::Writing,
};

/// The file of a message, and that of its copy, which is about to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileCopy {
    pub from: (ConnectionId, MessageId),
    pub to: (ConnectionId, MessageId),
}

impl Store {
    /// Queues the text, the file, the place, the contacts or the poll of `source`, which the viewer may
    /// read, in a chat of the grant's number. If the `wa_id` is stored already, the stored message is returned.
    ///
    /// `copy` puts the file in its place before the message is stored. All other writes wait meanwhile,
    /// so it links the file and copies no bytes. Without a file it is not called.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the viewer may not read `source`, when the chat does not belong to
    /// the grant's number, or is private and the user is not its owner; [`Error::Closed`] for a group that
    /// takes nothing from the number; [`Error::NotForwardable`]
    /// when `source` has neither a visible text nor a file that is stored here, is no card that can be
    /// sent, was deleted, or its file cannot be copied; [`Error::Replaced`] when the number's phone changed;
    /// [`Error::Invalid`] with [`Field::MessageId`](crate::Field::MessageId) when the id is
    /// taken in another chat of the number, or by a change.
    pub async fn forward<C, D>(
        &self,
        viewer: &Viewer,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: WaMessageId,
        source: MessageId,
        copy: C,
    ) -> Result<Message, Error>
    where
        C: FnOnce(FileCopy) -> D + Send,
        D: Future<Output = io::Result<()>> + Send,
    {
        let writing = self.write().await?;
        let source = readable(&writing.tx, viewer, source).await?;
        let place = Place::find(&writing.tx, grant, chat, &wa_id).await?;
        if let Some(stored) = place.stored(&writing.tx).await? {
            return Ok(stored);
        }
        let kind = MessageKind::from_name(&source.kind);
        let score = u32::try_from(source.forwarded).unwrap_or(u32::MAX);
        // Nobody is mentioned by a copy: it has their names.
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
        queue_copy(writing, grant, &place, new, file, copy).await
    }
}

/// Inserts a message with a copy of a stored file at the end of its chat and in the outbox, and commits.
/// `copy` is that of [`Store::forward`].
///
/// # Errors
/// [`Error::NotForwardable`] when the file cannot be copied.
pub(super) async fn queue_copy<C, D>(
    mut writing: Writing,
    grant: &Grant<Write>,
    place: &Place,
    new: Composed<'_>,
    file: media::Model,
    copy: C,
) -> Result<Message, Error>
where
    C: FnOnce(FileCopy) -> D + Send,
    D: Future<Output = io::Result<()>> + Send,
{
    let (wa_id, kind) = (new.wa_id, new.kind);
    let from = (ConnectionId(file.connection_id), MessageId(file.message_id));
    let id = insert(&mut writing, grant, place, new).await?;
    let operation =
        own_files::insert_copy(&writing.tx, (grant.connection(), id), kind, file).await?;
    if let Err(error) = copy(FileCopy { from, to: (grant.connection(), id) }).await {
        tracing::warn!(message_id = from.1.0, %error, "a file could not be copied");
        return Err(Error::NotForwardable);
    }
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
    Ok(mentions::Names::of(number, column, &people))
}

/// Returns a message that the viewer may read.
pub(super) async fn readable(
    tx: &DatabaseTransaction,
    viewer: &Viewer,
    source: MessageId,
) -> Result<message::Model, Error> {
    let row = viewer.scope().messages().filter(message::Column::Id.eq(source.0)).one(tx).await?;
    row.ok_or(Error::NotFound)
}

/// Returns the file of a message of this kind, if it is stored here and may be opened more than once.
pub(super) async fn stored_file(
    writing: &Writing,
    kind: MessageKind,
    message: i64,
) -> Result<media::Model, Error> {
    FileKind::of(kind).ok_or(Error::NotForwardable)?;
    let file = media::Entity::find_by_id(message)
        .filter(media::Column::State.eq(codec::media_state(MediaState::Stored)))
        .filter(media::Column::ViewOnce.eq(false))
        .one(&writing.tx)
        .await?;
    file.ok_or(Error::NotForwardable)
}
