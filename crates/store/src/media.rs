//! The files of messages. A message has the location of its file at WhatsApp and the key that
//! decrypts it. Both are stored in the transaction of the message, so no file is forgotten. The
//! session of the number fetches awaited files. The files are in a folder that this crate does not
//! access.

mod bounds;

use chrono::{DateTime, Utc};
use model::{ChatId, ConnectionId, MediaState, MessageId, MessageKind};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult,
    JoinType, QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _, Select,
    SelectTwo, sea_query::Expr,
};

pub(crate) use bounds::{described, is_within, trimmed};

use crate::{
    AlbumSize, Error, Store, Viewer,
    access::Scope,
    codec,
    entity::{chat, contact, media, message},
    live::{Change, Work},
    messages::{file_copies, said},
    write::Writing,
};

/// A file that belongs to a message, as its sender described it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundMedia {
    /// The MIME type that the sender stated. It may be false.
    pub mime: String,
    /// The name that the sender gave it.
    pub name: Option<String>,
    /// Bytes.
    pub size: u64,
    /// Width and height in pixels.
    pub shape: Option<(u32, u32)>,
    /// A small JPEG.
    pub preview: Option<Vec<u8>>,
    /// The length of a recording or a video.
    pub seconds: Option<u32>,
    /// True for a voice note.
    pub voice: bool,
    /// The waveform of a voice note, values of 0 to 100.
    pub waveform: Option<Vec<u8>>,
    /// True for a sticker that moves.
    pub animated: bool,
    /// The count of the pages of a document.
    pub pages: Option<u32>,
    /// The id of the album that a picture or a video is part of.
    pub album: Option<String>,
    pub source: MediaSource,
}

impl InboundMedia {
    /// The picture of the preview of a link, a small JPEG: that of a file that WhatsApp does not have, and
    /// that is never fetched.
    pub fn of_link(jpeg: Vec<u8>) -> Self {
        Self {
            mime: "image/jpeg".to_owned(),
            name: None,
            size: 0,
            shape: None,
            preview: Some(jpeg),
            seconds: None,
            voice: false,
            waveform: None,
            animated: false,
            pages: None,
            album: None,
            source: MediaSource::default(),
        }
    }

    /// Returns true if its location is not at WhatsApp.
    pub fn is_refused(&self) -> bool {
        self.source.direct_path.is_empty()
    }
}

/// The location of a file at WhatsApp, and its keys (`waE2E` `ImageMessage` and similar messages). All
/// of it is empty for a file that WhatsApp does not have.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MediaSource {
    /// Its path on any of the media hosts. Empty if the message had no valid path: the file is then
    /// [`MediaState::Refused`] from the beginning.
    pub direct_path: String,
    /// 32 bytes, from which the keys are derived.
    pub media_key: Vec<u8>,
    /// SHA-256 of the file.
    pub file_hash: Vec<u8>,
    /// SHA-256 of the encrypted file, as the host sends it.
    pub sealed_hash: Vec<u8>,
}

impl std::fmt::Debug for MediaSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Path and key together give access to the file.
        f.debug_struct("MediaSource").finish_non_exhaustive()
    }
}

/// A file that is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitedMedia {
    pub message: MessageId,
    pub kind: MessageKind,
    /// Bytes, as the sender stated.
    pub size: u64,
    pub source: MediaSource,
    /// The count of failed attempts.
    pub tries: u32,
    /// WhatsApp's id of the message. With it and the chat, the sender's phone is asked to upload
    /// the file again.
    pub wa_id: String,
    /// WhatsApp's address of the chat.
    pub chat_jid: String,
    /// True if the number's own phone sent it.
    pub from_me: bool,
    /// Its sender, in groups.
    pub sender: Option<String>,
}

/// A file that a user may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFile {
    pub connection: ConnectionId,
    pub message: MessageId,
    pub kind: MessageKind,
    /// The MIME type that the sender stated.
    pub mime: String,
    /// The name of the download: the name that the sender gave it, made harmless and with an
    /// extension.
    pub name: String,
    pub state: MediaState,
    /// The number and the message by which the stored file is named: its own, or those of the file that it
    /// is to be a copy of.
    pub place: (ConnectionId, MessageId),
    /// A small JPEG.
    pub preview: Option<Vec<u8>>,
}

/// The files that one number is to fetch.
#[derive(Debug, Clone)]
pub struct MediaQueue {
    store: Store,
    connection: ConnectionId,
}

impl Store {
    /// Returns the files that a number's session has yet to download.
    pub fn media(&self, connection: ConnectionId) -> MediaQueue {
        MediaQueue { store: self.clone(), connection }
    }
}

impl MediaQueue {
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the number whose files these are.
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// Returns the files that are to be fetched now, the longest waiting first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn due(&self, limit: u64) -> Result<Vec<AwaitedMedia>, Error> {
        let rows: Vec<Due> = awaited(self.connection)
            .filter(media::Column::NextAt.lte(codec::now()))
            .join(JoinType::InnerJoin, media::Relation::Message.def())
            .join(JoinType::InnerJoin, message::Relation::Chat.def())
            .join(JoinType::LeftJoin, message::Relation::Sender.def())
            .columns([message::Column::WaId, message::Column::SenderId])
            .expr_as(said::kind(), "kind")
            .columns([chat::Column::Address, chat::Column::ContactId])
            .columns([contact::Column::Lid, contact::Column::Phone])
            .order_by_asc(media::Column::NextAt)
            .order_by_asc(media::Column::MessageId)
            .limit(limit)
            .into_model()
            .all(self.store.db())
            .await?;
        rows.into_iter().map(Due::into_model).collect()
    }

    /// Returns the time at which the next file is to be fetched; `None` when nothing is awaited.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_at(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let next: Option<Option<i64>> = awaited(self.connection)
            .select_only()
            .column_as(media::Column::NextAt.min(), "next_at")
            .into_tuple()
            .one(self.store.db())
            .await?;
        Ok(next.flatten().map(codec::time))
    }

    /// Stores a failed attempt and the time of the next one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn not_now(
        &self,
        media: &AwaitedMedia,
        again_at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let tries = media.tries.saturating_add(1);
        self.settle(media.message, MediaState::Awaited { tries, next_at: Some(again_at) }).await
    }

    /// Stores the final state of a file that is not fetched any more. `Store::retry` makes it
    /// awaited again, unless it was refused.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn given_up(&self, message: MessageId, state: MediaState) -> Result<(), Error> {
        self.settle(message, state).await
    }

    /// Stores the new path of a file that its phone has uploaded again. The caller has checked the
    /// path.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn moved(&self, message: MessageId, direct_path: &str) -> Result<(), Error> {
        let writing = self.store.write().await?;
        media::Entity::update_many()
            .col_expr(media::Column::DirectPath, Expr::val(codec::storable(direct_path)))
            .filter(media::Column::MessageId.eq(message.0))
            .filter(media::Column::ConnectionId.eq(self.connection.0))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }

    /// Makes a file awaited again that is missing on the disk, for example after a restore without
    /// files. It is fetched if WhatsApp still has it. A file that was written here and that WhatsApp
    /// never had is given up. A file that was evicted meanwhile stays evicted.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn lost(&self, message: MessageId) -> Result<(), Error> {
        let was_here = [codec::media_state(MediaState::Stored), codec::AWAITED];
        self.settle_as(message, |row| {
            let is_at_whatsapp = !row.direct_path.is_empty();
            was_here.contains(&&*row.state).then_some(match is_at_whatsapp {
                true => MediaState::Awaited { tries: 0, next_at: None },
                false => MediaState::GivenUp,
            })
        })
        .await?;
        self.store.hub().wake(self.connection, Work::Downloads);
        Ok(())
    }

    async fn settle(&self, message: MessageId, state: MediaState) -> Result<(), Error> {
        self.settle_as(message, |_| Some(state)).await
    }

    /// Stores the state that a file gets by its row; `None` leaves it as it is.
    async fn settle_as(
        &self,
        message: MessageId,
        state: impl Fn(&media::Model) -> Option<MediaState> + Send,
    ) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let row = media::Entity::find_by_id(message.0)
            .filter(media::Column::ConnectionId.eq(self.connection.0))
            .one(&writing.tx)
            .await?;
        // Its chat may have been merged into another meanwhile, and its message with a copy there.
        let Some(row) = row else { return Ok(()) };
        let Some(state) = state(&row) else { return Ok(()) };
        set_state(&mut writing, &row, state).await?;
        writing.commit().await
    }
}

impl Viewer {
    /// Returns the file of a message with its state.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such message that this user may read, it has no file,
    /// or it was deleted for everybody.
    pub async fn media(&self, message: MessageId) -> Result<MediaFile, Error> {
        let file = of_message(self.scope(), message).one(self.store().db()).await?;
        let Some((message, Some(media))) = file else { return Err(Error::NotFound) };
        let kind = MessageKind::from_name(&message.kind);
        if kind == MessageKind::Revoked {
            return Err(Error::NotFound);
        }
        let state = codec::read_media_state(&media.state, media.tries, media.next_at)?;
        let place = file_copies::place(self.store().db(), &media).await?;
        let preview = media.preview.as_deref().filter(|_| !media.view_once);
        Ok(MediaFile {
            connection: ConnectionId(media.connection_id),
            message: MessageId(media.message_id),
            kind,
            name: text::file_name(kind, &media.mime, media.name.as_deref()),
            state: state.shown(media.view_once),
            place,
            preview: preview.map(codec::read_bytes).transpose()?,
            mime: media.mime,
        })
    }
}

pub(crate) fn of_message(
    scope: Scope,
    message: MessageId,
) -> SelectTwo<message::Entity, media::Entity> {
    scope
        .messages()
        .filter(message::Column::Id.eq(message.0))
        .join_rev(JoinType::LeftJoin, media::Relation::Message.def())
        .select_also(media::Entity)
}

/// Inserts the file of a message that was just inserted. It is awaited, or refused without a path.
pub(crate) async fn insert(
    tx: &impl ConnectionTrait,
    connection: ConnectionId,
    message: MessageId,
    file: &InboundMedia,
) -> Result<(), Error> {
    let (state, next_at) = match file.is_refused() {
        true => (MediaState::Refused, None),
        false => (MediaState::Awaited { tries: 0, next_at: None }, Some(codec::now())),
    };
    let row = media::ActiveModel { next_at: Set(next_at), ..row(connection, message, file, state) };
    media::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Inserts the file of a message that was just inserted, which a browser is going to send. `album` is announced
/// before it.
pub(crate) async fn insert_uploading(
    tx: &impl ConnectionTrait,
    connection: ConnectionId,
    message: MessageId,
    file: &InboundMedia,
    view_once: bool,
    album: Option<AlbumSize>,
) -> Result<(), Error> {
    let row = media::ActiveModel {
        view_once: Set(view_once),
        album_images: Set(album.map(|album| i64::from(album.images))),
        album_videos: Set(album.map(|album| i64::from(album.videos))),
        ..row(connection, message, file, MediaState::Uploading)
    };
    media::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

fn row(
    connection: ConnectionId,
    message: MessageId,
    file: &InboundMedia,
    state: MediaState,
) -> media::ActiveModel {
    let side = |side: u32| Some(i64::from(side));
    media::ActiveModel {
        message_id: Set(message.0),
        connection_id: Set(connection.0),
        mime: Set(codec::storable(&file.mime)),
        name: Set(file.name.as_deref().map(codec::storable)),
        size: Set(i64::try_from(file.size).unwrap_or(i64::MAX)),
        width: Set(file.shape.and_then(|(width, _)| side(width))),
        height: Set(file.shape.and_then(|(_, height)| side(height))),
        preview: Set(file.preview.as_ref().map(codec::bytes)),
        direct_path: Set(codec::storable(&file.source.direct_path)),
        media_key: Set(codec::bytes(&file.source.media_key)),
        file_hash: Set(codec::bytes(&file.source.file_hash)),
        sealed_hash: Set(codec::bytes(&file.source.sealed_hash)),
        state: Set(codec::media_state(state).to_owned()),
        tries: Set(0),
        next_at: Set(None),
        stored_bytes: Set(None),
        seconds: Set(file.seconds.map(i64::from)),
        voice: Set(file.voice),
        waveform: Set(file.waveform.as_ref().map(codec::bytes)),
        uploaded_at: Set(None),
        played: Set(false),
        view_once: Set(false),
        animated: Set(file.animated),
        page_count: Set(file.pages.map(i64::from)),
        album: Set(file.album.clone()),
        album_images: Set(None),
        album_videos: Set(None),
        streaming_sidecar: Set(None),
    }
}

/// Makes a file awaited again that was given up, evicted or too large, since limits may have
/// changed. Returns false for any other state, and for a file that WhatsApp never had.
pub(crate) async fn retry(writing: &mut Writing, message: MessageId) -> Result<bool, Error> {
    use MediaState::{Evicted, GivenUp, Gone, TooLarge};
    let given_up = [Gone, GivenUp, TooLarge, Evicted].map(codec::media_state);
    let row = media::Entity::find_by_id(message.0)
        .filter(media::Column::State.is_in(given_up))
        .filter(media::Column::DirectPath.ne(""))
        .one(&writing.tx)
        .await?;
    let Some(row) = row else { return Ok(false) };
    set_state(writing, &row, MediaState::Awaited { tries: 0, next_at: None }).await?;
    writing.wake(ConnectionId(row.connection_id), Work::Downloads);
    Ok(true)
}

pub(crate) async fn set_state(
    writing: &mut Writing,
    row: &media::Model,
    state: MediaState,
) -> Result<(), Error> {
    let (tries, next_at) = match state {
        MediaState::Awaited { tries, next_at } => {
            (i64::from(tries), Some(next_at.map_or_else(codec::now, codec::micros)))
        }
        _ => (row.tries, None),
    };
    let bytes = (state == MediaState::Stored).then_some(row.size);
    media::Entity::update_many()
        .col_expr(media::Column::State, Expr::val(codec::media_state(state)))
        .col_expr(media::Column::Tries, Expr::val(tries))
        .col_expr(media::Column::NextAt, Expr::val(next_at))
        .col_expr(media::Column::StoredBytes, Expr::val(bytes))
        .filter(media::Column::MessageId.eq(row.message_id))
        .exec(&writing.tx)
        .await?;
    let (connection, id) = (ConnectionId(row.connection_id), MessageId(row.message_id));
    let chat: Option<i64> = message::Entity::find_by_id(id.0)
        .select_only()
        .column(message::Column::ChatId)
        .into_tuple()
        .one(&writing.tx)
        .await?;
    if let Some(chat) = chat {
        writing.announce(connection, Change::Message(ChatId(chat), id));
    }
    // The count of files after a failure is part of the number that pages show.
    if row.tries > 0 || tries > 0 {
        writing.access_changed(connection);
    }
    Ok(())
}

/// Selects the awaited files of a number. The condition is worded like that of the partial index
/// `media_awaited`; otherwise the index is not used.
fn awaited(connection: ConnectionId) -> Select<media::Entity> {
    media::Entity::find()
        .filter(Expr::cust("\"media\".\"state\" = 'awaited'"))
        .filter(media::Column::ConnectionId.eq(connection.0))
}

#[derive(FromQueryResult)]
struct Due {
    message_id: i64,
    size: i64,
    direct_path: String,
    media_key: String,
    file_hash: String,
    sealed_hash: String,
    tries: i64,
    kind: String,
    wa_id: String,
    sender_id: i64,
    address: String,
    contact_id: Option<i64>,
    lid: Option<String>,
    phone: Option<String>,
}

impl Due {
    fn into_model(self) -> Result<AwaitedMedia, Error> {
        let in_group = self.contact_id.is_none();
        let lid = self.lid.map(|lid| format!("{lid}@lid"));
        let phone = self.phone.map(|phone| format!("{phone}@s.whatsapp.net"));
        Ok(AwaitedMedia {
            message: MessageId(self.message_id),
            kind: MessageKind::from_name(&self.kind),
            size: u64::try_from(self.size).unwrap_or(0),
            source: MediaSource {
                direct_path: self.direct_path,
                media_key: codec::read_bytes(&self.media_key)?,
                file_hash: codec::read_bytes(&self.file_hash)?,
                sealed_hash: codec::read_bytes(&self.sealed_hash)?,
            },
            tries: u32::try_from(self.tries).unwrap_or(u32::MAX),
            wa_id: self.wa_id,
            chat_jid: self.address,
            from_me: self.sender_id == message::OURSELVES,
            sender: lid.or(phone).filter(|_| in_group),
        })
    }
}
