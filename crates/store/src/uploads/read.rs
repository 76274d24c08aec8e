//! An upload that its author continues.

use model::{ChatId, ConnectionId, Delivery, MessageId, MessageKind, UserId, content::FileKind};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, JoinType, QueryFilter as _,
    QuerySelect as _, RelationTrait as _, Select,
};

use super::Upload;
use crate::{
    Error, Viewer,
    access::Scope,
    codec,
    entity::{media, message, upload},
};

impl Viewer {
    /// Returns an upload of this user that is not complete. The right to write in its chat is checked
    /// apart from it ([`Self::write_chat`]).
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, it is somebody else's, it has ended, or this user may
    /// not read its chat any more.
    pub async fn upload(&self, message: MessageId) -> Result<Upload, Error> {
        let row: Option<Row> = of_author(self.scope(), self.user().id, message)
            .into_model()
            .one(self.store().db())
            .await?;
        row.ok_or(Error::NotFound)?.into_model()
    }
}

pub(crate) fn of_author(
    scope: Scope,
    author: UserId,
    message: MessageId,
) -> Select<upload::Entity> {
    upload::Entity::find()
        .filter(upload::Column::MessageId.eq(message.0))
        .filter(upload::Column::UserId.eq(author.0))
        .join(JoinType::InnerJoin, upload::Relation::Message.def())
        .join_rev(JoinType::InnerJoin, media::Relation::Message.def())
        // The message of an upload may have failed since.
        .filter(message::Column::Delivery.eq(codec::delivery(Delivery::Queued)))
        .filter(scope.sees_chat(message::Column::ChatId))
        .select_only()
        .columns([upload::Column::MessageId, upload::Column::ConnectionId])
        .columns([message::Column::ChatId, message::Column::Kind])
        .columns([
            media::Column::Mime,
            media::Column::Name,
            media::Column::Size,
            media::Column::Width,
            media::Column::Height,
            media::Column::Preview,
            media::Column::Seconds,
            media::Column::Voice,
            media::Column::Waveform,
            media::Column::ViewOnce,
        ])
}

#[derive(FromQueryResult)]
struct Row {
    message_id: i64,
    connection_id: i64,
    chat_id: i64,
    kind: String,
    mime: String,
    name: Option<String>,
    size: i64,
    width: Option<i64>,
    height: Option<i64>,
    preview: Option<String>,
    seconds: Option<i64>,
    voice: bool,
    waveform: Option<String>,
    view_once: bool,
}

impl Row {
    fn into_model(self) -> Result<Upload, Error> {
        let number = |value: i64| u32::try_from(value).ok();
        let waveform = self.waveform.as_deref().map(codec::read_bytes).transpose()?;
        Ok(Upload {
            message: MessageId(self.message_id),
            chat: ChatId(self.chat_id),
            connection: ConnectionId(self.connection_id),
            kind: FileKind::of(MessageKind::from_name(&self.kind)).ok_or(Error::NotFound)?,
            mime: self.mime,
            name: self.name,
            size: u64::try_from(self.size).unwrap_or(0),
            shape: self.width.and_then(number).zip(self.height.and_then(number)),
            seconds: self.seconds.and_then(number),
            voice: self.voice.then(|| waveform.unwrap_or_default()),
            preview: self.preview.as_deref().map(codec::read_bytes).transpose()?,
            view_once: self.view_once,
        })
    }
}
