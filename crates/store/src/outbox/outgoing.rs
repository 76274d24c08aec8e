//! Operations as the session of a number sends them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::{ChatId, MessageContent, MessageKind, OperationId, WaMessageId, content::PollSecret};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, FromQueryResult, IntoSimpleExpr as _, JoinType,
    QuerySelect as _, RelationTrait as _, Select,
    sea_query::{Expr, SimpleExpr},
};

use super::timers::SentTimer;
use crate::{
    Album, Error, MediaSource, codec,
    entity::{chat, chat_group, media, message, outbox},
    groups::members,
    messages::{ChatTimer, choices, content, mentions, said, votes},
};

/// An operation to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub id: OperationId,
    /// The chat, whose operations go out one after the other.
    pub chat: ChatId,
    /// The id of the stanza, also when it is sent again.
    pub wa_id: WaMessageId,
    /// The address that WhatsApp used last for the chat.
    pub to_jid: String,
    /// The number of attempts that failed.
    pub attempts: u32,
    /// The time at which a user queued it, by the clock of this machine.
    pub queued_at: DateTime<Utc>,
    /// True if an earlier attempt may have reached WhatsApp; see [`Outbox::sent`](super::Outbox::sent).
    pub was_sent: bool,
    pub operation: Operation,
}

/// The content of an operation. `target` is WhatsApp's id of the message that it changes, `taken_at` the time
/// at which WhatsApp took that message, and `participant` the address of the member of a group who wrote
/// it; `None` for one of the number itself, and in a chat with one person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is at most a window of them at a time")]
pub enum Operation {
    /// A new message.
    Send {
        /// The text, the caption of the file, or the words by which lists show the content; empty if there
        /// are none.
        text: String,
        /// A place, contacts, a poll, or a text with the preview of a link; `None` for other texts and for
        /// files.
        content: Option<MessageContent>,
        /// The message that it answers.
        reply_to: Option<OutgoingQuote>,
        /// WhatsApp's `forwarding_score`; 0 for an original.
        forwarded: u32,
        file: Option<OutgoingFile>,
        /// The timer of the chat, if its messages disappear.
        timer: Option<ChatTimer>,
        /// The addresses of the people whom the text mentions.
        mentions: Vec<String>,
    },
    /// Messages of the chat disappear after this time from now on; 0 if they stay.
    Timer { seconds: u32 },
    /// The number leaves the group.
    Leave,
    /// An own message gets another text.
    Edit {
        target: WaMessageId,
        taken_at: DateTime<Utc>,
        text: String,
        /// The quote of the edited message, which it keeps.
        reply_to: Option<OutgoingQuote>,
        /// The addresses of the people whom the text mentions.
        mentions: Vec<String>,
    },
    /// A message is deleted for everybody: an own one, or that of the participant by the number as an
    /// administrator of the group.
    Revoke { target: WaMessageId, taken_at: DateTime<Utc>, participant: Option<String> },
    /// The number reacts to a message; an empty emoji withdraws its reaction.
    React {
        target: WaMessageId,
        /// True if the message is one of the number itself.
        from_me: bool,
        participant: Option<String>,
        emoji: String,
    },
    /// The number votes in a poll, in place of its earlier vote.
    Vote {
        target: WaMessageId,
        /// True if the poll is one of the number itself.
        from_me: bool,
        participant: Option<String>,
        secret: PollSecret,
        /// The chosen options; none take the earlier vote back.
        options: Vec<String>,
    },
}

/// The file of a message, which is uploaded to WhatsApp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingFile {
    pub kind: MessageKind,
    pub mime: String,
    pub name: Option<String>,
    /// Bytes.
    pub size: u64,
    /// Width and height in pixels.
    pub shape: Option<(u32, u32)>,
    pub seconds: Option<u32>,
    /// Set for a voice note: its waveform, which may be empty.
    pub voice: Option<Vec<u8>>,
    /// A small JPEG.
    pub preview: Option<Vec<u8>>,
    /// True for a sticker that moves.
    pub animated: bool,
    /// The count of the pages of a document.
    pub pages: Option<u32>,
    /// The table by which phones play a sound or a video while they download it: WhatsApp's
    /// `streaming_sidecar`.
    pub sidecar: Option<Vec<u8>>,
    pub source: MediaSource,
    pub uploaded_at: DateTime<Utc>,
    /// Its recipient may open it once.
    pub view_once: bool,
    /// The album that a picture or a video is part of.
    pub album: Option<Album>,
}

/// The quoted part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingQuote {
    pub wa_id: WaMessageId,
    pub author: QuotedBy,
    pub kind: MessageKind,
    /// The beginning of its text or caption.
    pub text: String,
}

/// The author of a quoted message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuotedBy {
    /// The number itself.
    Ourselves,
    /// The contact of a chat with one person.
    Contact,
    /// The member of a group at an address; `None` if they are unknown.
    Member(Option<String>),
}

/// Reads selected rows of the outbox with what they need of their message and chat. Returns beside them
/// the timers that are to be stored with those that send a message.
pub(super) async fn rows(
    db: &impl ConnectionTrait,
    select: Select<outbox::Entity>,
) -> Result<(Vec<Outgoing>, Vec<SentTimer>), Error> {
    // Only a message that is sent needs its own content. An edit on the own phone may have changed it.
    let if_sent = |content: SimpleExpr| -> SimpleExpr {
        let is_sent = outbox::Column::Kind.eq(outbox::SEND);
        Expr::case(is_sent, content).finally(Expr::val("")).into()
    };
    // A poll that is deleted while a vote waits still has its secret.
    let if_voted = |poll: SimpleExpr| -> SimpleExpr {
        Expr::case(outbox::Column::Kind.eq(outbox::VOTE), poll).finally(Expr::val("")).into()
    };
    let rows: Vec<Row> = select
        .join(JoinType::InnerJoin, outbox::Relation::Message.def())
        .join(JoinType::InnerJoin, outbox::Relation::Chat.def())
        .join_rev(JoinType::LeftJoin, media::Relation::Message.def())
        .select_only()
        .columns([
            outbox::Column::Id,
            outbox::Column::ChatId,
            outbox::Column::Kind,
            outbox::Column::WaId,
            outbox::Column::Payload,
            outbox::Column::Attempts,
            outbox::Column::QueuedAt,
            outbox::Column::FirstSentAt,
        ])
        .column_as(message::Column::WaId, "target")
        .columns([
            message::Column::SenderId,
            message::Column::SentAt,
            message::Column::TakenAt,
            message::Column::Forwarded,
            message::Column::QuotedWaId,
            message::Column::QuotedSenderId,
            message::Column::QuotedKind,
            message::Column::QuotedText,
            message::Column::Mentions,
        ])
        .expr_as(if_sent(said::text()), "text")
        .expr_as(if_sent(said::kind()), "message_kind")
        .expr_as(if_sent(said::content()), "content")
        .column_as(media::Column::Name, "file_name")
        .expr_as(if_sent(media::Column::Preview.into_simple_expr()), "preview")
        .expr_as(if_sent(media::Column::StreamingSidecar.into_simple_expr()), "sidecar")
        .expr_as(if_voted(said::content()), "poll")
        .columns([
            media::Column::Mime,
            media::Column::Size,
            media::Column::Width,
            media::Column::Height,
            media::Column::Seconds,
            media::Column::Voice,
            media::Column::Waveform,
            media::Column::DirectPath,
            media::Column::MediaKey,
            media::Column::FileHash,
            media::Column::SealedHash,
            media::Column::UploadedAt,
            media::Column::ViewOnce,
            media::Column::Animated,
            media::Column::PageCount,
            media::Column::Album,
            media::Column::AlbumImages,
            media::Column::AlbumVideos,
        ])
        .column(chat::Column::Address)
        .column(chat::Column::TimerSeconds)
        .column(chat::Column::TimerAt)
        .column(chat::Column::ContactId)
        .join(JoinType::LeftJoin, chat::Relation::Group.def())
        .column(chat_group::Column::Lid)
        .into_model()
        .all(db)
        .await?;
    let timers = rows.iter().filter_map(Row::sent_timer).collect();
    let members = Members::load(db, &rows).await?;
    let outgoing = rows.into_iter().map(|row| row.into_model(&members));
    Ok((outgoing.collect::<Result<_, _>>()?, timers))
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    chat_id: i64,
    kind: String,
    wa_id: String,
    payload: String,
    attempts: i64,
    queued_at: Option<i64>,
    first_sent_at: Option<i64>,
    target: String,
    sender_id: i64,
    sent_at: i64,
    taken_at: Option<i64>,
    forwarded: i64,
    quoted_wa_id: Option<String>,
    quoted_sender_id: Option<i64>,
    quoted_kind: Option<String>,
    quoted_text: Option<String>,
    text: String,
    message_kind: String,
    content: Option<String>,
    poll: Option<String>,
    address: String,
    timer_seconds: i64,
    timer_at: Option<i64>,
    contact_id: Option<i64>,
    lid: Option<bool>,
    mentions: Option<String>,
    #[sea_orm(nested)]
    file: FileRow,
}

/// The addresses of members of groups, by contact and by the form that their group uses.
struct Members(HashMap<(i64, bool), String>);

impl Members {
    /// Reads the members who wrote what these rows change or quote.
    async fn load(db: &impl ConnectionTrait, rows: &[Row]) -> Result<Self, Error> {
        let mut members = HashMap::new();
        for row in rows.iter().filter(|row| row.contact_id.is_none()) {
            let people = [Some(row.sender_id), row.quoted_sender_id];
            for person in people.into_iter().flatten().filter(|one| *one != message::OURSELVES) {
                let key = (person, row.by_lid());
                if members.contains_key(&key) {
                    continue;
                }
                if let Some(address) = members::address(db, person, row.by_lid()).await? {
                    members.insert(key, address);
                }
            }
        }
        Ok(Self(members))
    }

    fn get(&self, person: i64, by_lid: bool) -> Option<String> {
        self.0.get(&(person, by_lid)).cloned()
    }
}

/// The columns of the file of a message; all are `None` if it has none.
#[derive(FromQueryResult)]
struct FileRow {
    file_name: Option<String>,
    preview: Option<String>,
    sidecar: Option<String>,
    mime: Option<String>,
    size: Option<i64>,
    width: Option<i64>,
    height: Option<i64>,
    seconds: Option<i64>,
    voice: Option<bool>,
    waveform: Option<String>,
    direct_path: Option<String>,
    media_key: Option<String>,
    file_hash: Option<String>,
    sealed_hash: Option<String>,
    uploaded_at: Option<i64>,
    view_once: Option<bool>,
    animated: Option<bool>,
    page_count: Option<i64>,
    album: Option<String>,
    album_images: Option<i64>,
    album_videos: Option<i64>,
}

impl FileRow {
    /// Returns the file of a message of this kind, if it has one.
    fn into_model(self, kind: &str) -> Result<Option<OutgoingFile>, Error> {
        let Some(mime) = self.mime else { return Ok(None) };
        let number = |value: i64| u32::try_from(value).ok();
        let bytes = |column: Option<String>| codec::read_bytes(&column.unwrap_or_default());
        let (waveform, preview) = (bytes(self.waveform)?, bytes(self.preview)?);
        let sidecar = bytes(self.sidecar)?;
        let album = self.album.as_deref();
        let album = Album::of_columns(album, self.album_images, self.album_videos);
        Ok(Some(OutgoingFile {
            kind: MessageKind::from_name(kind),
            mime,
            name: self.file_name,
            size: self.size.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0),
            shape: self.width.and_then(number).zip(self.height.and_then(number)),
            seconds: self.seconds.and_then(number),
            voice: (self.voice == Some(true)).then_some(waveform),
            preview: Some(preview).filter(|jpeg| !jpeg.is_empty()),
            animated: self.animated == Some(true),
            pages: self.page_count.and_then(number),
            sidecar: Some(sidecar).filter(|table| !table.is_empty()),
            source: MediaSource {
                direct_path: self.direct_path.unwrap_or_default(),
                media_key: bytes(self.media_key)?,
                file_hash: bytes(self.file_hash)?,
                sealed_hash: bytes(self.sealed_hash)?,
            },
            uploaded_at: codec::time(self.uploaded_at.unwrap_or_else(codec::now)),
            view_once: self.view_once == Some(true),
            album,
        }))
    }
}

impl Row {
    /// Returns the timer with which the message goes now, unless that is stored. In a chat that never had
    /// one, nothing is.
    fn sent_timer(&self) -> Option<SentTimer> {
        self.timer_at.filter(|_| self.kind == outbox::SEND)?;
        let seconds = self.timer_seconds.to_string();
        (self.payload != seconds).then_some(SentTimer { operation: self.id, seconds })
    }

    /// Returns true if the chat names people by hidden identities.
    fn by_lid(&self) -> bool {
        self.lid != Some(false)
    }

    /// Returns the member of a group who wrote the message.
    fn participant(&self, members: &Members) -> Option<String> {
        let is_own = self.sender_id == message::OURSELVES;
        if is_own || self.contact_id.is_some() {
            return None;
        }
        members.get(self.sender_id, self.by_lid())
    }

    /// Returns the addresses of those people of the message whom a text mentions.
    fn mentioned(&self, text: &str) -> Vec<String> {
        let addresses = mentions::read(self.mentions.as_deref()).into_iter();
        addresses.filter(|address| text.contains(&mentions::token(address))).collect()
    }

    fn into_model(mut self, members: &Members) -> Result<Outgoing, Error> {
        let reply_to = self.quote(members);
        let participant = self.participant(members);
        let target = codec::read_message_id(&self.target)?;
        let taken_at = codec::time(self.taken_at.unwrap_or(self.sent_at));
        let operation = match &*self.kind {
            outbox::SEND => {
                let mentions = self.mentioned(&self.text);
                let forwarded = u32::try_from(self.forwarded).unwrap_or_default();
                let file = self.file.into_model(&self.message_kind)?;
                let content = content::read(self.content.as_deref());
                let timer = ChatTimer::of_columns(self.timer_seconds, self.timer_at);
                let text = self.text;
                Operation::Send { text, content, reply_to, forwarded, file, timer, mentions }
            }
            outbox::TIMER => match self.payload.parse() {
                Ok(seconds) => Operation::Timer { seconds },
                Err(_) => return Err(Error::Corrupt { what: "a timer", value: self.payload }),
            },
            outbox::LEAVE => Operation::Leave,
            outbox::EDIT => {
                let mentions = self.mentioned(&self.payload);
                Operation::Edit { target, taken_at, text: self.payload, reply_to, mentions }
            }
            outbox::REVOKE => Operation::Revoke { target, taken_at, participant },
            outbox::REACT => {
                let from_me = self.sender_id == message::OURSELVES;
                Operation::React { target, from_me, participant, emoji: self.payload }
            }
            outbox::VOTE => self.vote(target, participant)?,
            _ => return Err(Error::Corrupt { what: "an operation", value: self.kind }),
        };
        Ok(Outgoing {
            id: OperationId(self.id),
            chat: ChatId(self.chat_id),
            wa_id: codec::read_message_id(&self.wa_id)?,
            to_jid: self.address,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            queued_at: codec::time(self.queued_at.unwrap_or_else(codec::now)),
            was_sent: self.first_sent_at.is_some(),
            operation,
        })
    }

    fn vote(&self, target: WaMessageId, participant: Option<String>) -> Result<Operation, Error> {
        let poll = votes::poll_of(MessageKind::Poll.as_str(), self.poll.as_deref());
        let Some((secret, poll)) = poll.and_then(|poll| Some((poll.secret?, poll))) else {
            let what = "the poll of a vote";
            return Err(Error::Corrupt { what, value: target.as_str().to_owned() });
        };
        let choices = choices::read(&self.payload)?;
        let name = |choice: &u32| poll.options.get(*choice as usize).cloned();
        let options = choices.iter().filter_map(name).collect();
        let from_me = self.sender_id == message::OURSELVES;
        Ok(Operation::Vote { target, from_me, participant, secret, options })
    }

    /// Returns the quote of the message. One with an impossible id, which an own phone may have
    /// sent, is left out.
    fn quote(&mut self, members: &Members) -> Option<OutgoingQuote> {
        let wa_id = WaMessageId::parse(&self.quoted_wa_id.take()?).ok()?;
        let author = match self.quoted_sender_id {
            Some(message::OURSELVES) => QuotedBy::Ourselves,
            _ if self.contact_id.is_some() => QuotedBy::Contact,
            sender => {
                QuotedBy::Member(sender.and_then(|sender| members.get(sender, self.by_lid())))
            }
        };
        let kind = self.quoted_kind.as_deref().unwrap_or_default();
        Some(OutgoingQuote {
            wa_id,
            author,
            kind: MessageKind::from_name(kind),
            text: self.quoted_text.take().unwrap_or_default(),
        })
    }
}
