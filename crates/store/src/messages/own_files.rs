//! The files of messages that are written here, which are uploaded to WhatsApp before their messages
//! are sent.

use model::{ConnectionId, MediaState, MessageId, MessageKind};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _, Select,
};

use crate::{
    Error, codec,
    entity::{media, message, outbox},
};

/// A file that was uploaded is sent again without another upload for 7 days, in microseconds.
/// WhatsApp keeps files for longer, and a recipient may fetch one days later.
const LASTS: i64 = 7 * 24 * 60 * 60 * 1_000_000;

/// Returns the kind of the operation that a message goes out with: its file is uploaded first, unless
/// it has none, or WhatsApp has it. Returns `None` for a file that this server does not have, since its
/// browser has not sent all of it.
pub(crate) async fn first_operation(
    tx: &DatabaseTransaction,
    message: i64,
) -> Result<Option<&'static str>, Error> {
    let file: Option<(String, String, Option<i64>)> = media::Entity::find_by_id(message)
        .select_only()
        .columns([media::Column::State, media::Column::DirectPath, media::Column::UploadedAt])
        .into_tuple()
        .one(tx)
        .await?;
    let Some((state, path, uploaded_at)) = file else { return Ok(Some(outbox::SEND)) };
    if state == codec::media_state(MediaState::Uploading) {
        return Ok(None);
    }
    if state == codec::media_state(MediaState::Refused) {
        // It is the picture of a preview, which goes out within the message.
        return Ok(Some(outbox::SEND));
    }
    let is_there = !path.is_empty() && uploaded_at.is_some_and(|at| at >= oldest());
    Ok(Some(if is_there { outbox::SEND } else { outbox::UPLOAD }))
}

/// Selects the files with this content that a number uploaded for a message of the same kind, the last
/// one first. Files of another kind are encrypted with other keys.
pub(crate) fn uploaded(
    connection: ConnectionId,
    kind: MessageKind,
    file_hash: &str,
) -> Select<media::Entity> {
    media::Entity::find()
        .filter(media::Column::ConnectionId.eq(connection.0))
        .filter(media::Column::FileHash.eq(file_hash))
        .filter(media::Column::UploadedAt.gte(oldest()))
        .filter(media::Column::DirectPath.ne(""))
        .join(JoinType::InnerJoin, media::Relation::Message.def())
        .filter(message::Column::Kind.eq(kind.as_str()))
        .order_by_desc(media::Column::UploadedAt)
}

/// Inserts the file of a message of this number that is to be a copy of a stored one, with its place at
/// WhatsApp if the number uploaded it before. That of another number, or of a person, is not trusted to stay.
/// Neither is the hash that a person stated, which nobody checks: under that of another file, the copy would
/// be that file. Returns the kind of the operation that the message goes out with.
pub(crate) async fn insert_copy(
    tx: &DatabaseTransaction,
    (connection, message): (ConnectionId, MessageId),
    kind: MessageKind,
    file: media::Model,
) -> Result<&'static str, Error> {
    let before = match file.uploaded_at {
        // The hash is that of the bytes which were uploaded.
        Some(_) => uploaded(connection, kind, &file.file_hash).one(tx).await?,
        None => None,
    };
    let row = media::ActiveModel {
        message_id: Set(message.0),
        connection_id: Set(connection.0),
        mime: Set(file.mime),
        name: Set(file.name),
        // The length that a sender stated may be false.
        size: Set(file.stored_bytes.unwrap_or(file.size)),
        width: Set(file.width),
        height: Set(file.height),
        preview: Set(file.preview),
        file_hash: Set(file.file_hash),
        state: Set(codec::COPYING.to_owned()),
        tries: Set(0),
        stored_bytes: Set(file.stored_bytes),
        seconds: Set(file.seconds),
        voice: Set(file.voice),
        waveform: Set(file.waveform),
        animated: Set(file.animated),
        page_count: Set(file.page_count),
        ..nowhere()
    };
    let (row, operation) = match before {
        Some(before) => (at_the_place_of(before, row), outbox::SEND),
        None => (row, outbox::UPLOAD),
    };
    media::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(operation)
}

/// A file that WhatsApp does not have.
fn nowhere() -> media::ActiveModel {
    media::ActiveModel {
        direct_path: Set(String::new()),
        media_key: Set(String::new()),
        sealed_hash: Set(String::new()),
        streaming_sidecar: Set(None),
        uploaded_at: Set(None),
        next_at: Set(None),
        ..Default::default()
    }
}

fn at_the_place_of(before: media::Model, row: media::ActiveModel) -> media::ActiveModel {
    media::ActiveModel {
        direct_path: Set(before.direct_path),
        media_key: Set(before.media_key),
        sealed_hash: Set(before.sealed_hash),
        streaming_sidecar: Set(before.streaming_sidecar),
        uploaded_at: Set(before.uploaded_at),
        ..row
    }
}

fn oldest() -> i64 {
    codec::now() - LASTS
}
