//! Reads rows as messages for pages and events. A page takes two queries, however long it is, and
//! up to seven more if it has quotes, pending changes, polls and mentions.

use std::collections::BTreeSet;

use model::{
    Change, ChatId, ConnectionId, Forwarded, Media, MediaState, MediaView, Message, MessageContent,
    MessageId, MessageKind, PendingChange, content::GroupNotice,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType,
    QueryFilter as _, QuerySelect as _, RelationTrait as _, Select,
    sea_query::{Expr, ExprTrait as _},
};

use super::{
    ad,
    authors::{self, AuthorRow},
    card, content, group_receipts, link_preview,
    long_text::{READ_IN_BUBBLE, beginning},
    mentions,
    pending::{self, Pending},
    people::People,
    poll_card,
    quotes::{QuoteRow, Quotes},
    reactions::Reactions,
    votes::{self, Votes},
};
use crate::{
    Error, codec,
    entity::{chat, media, message},
};

/// The most ids of one query; SQLite binds 32,766 values at most.
const AT_ONCE: usize = 10_000;

/// Returns messages for events. The right to read them is checked on delivery.
pub(crate) async fn by_id(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = MessageId>,
) -> Result<Vec<Message>, Error> {
    let ids: BTreeSet<i64> = ids.map(|id| id.0).collect();
    let ids: Vec<i64> = ids.into_iter().collect();
    let mut messages = Vec::with_capacity(ids.len());
    for ids in ids.chunks(AT_ONCE) {
        let select = message::Entity::find().filter(message::Column::Id.is_in(ids.iter().copied()));
        messages.extend(rows(db, select).await?);
    }
    Ok(messages)
}

pub(crate) async fn rows(
    db: &impl ConnectionTrait,
    select: Select<message::Entity>,
) -> Result<Vec<Message>, Error> {
    let select = complete(select);
    let (mut rows, mut pending) = with_pending(db, &select).await?;
    if pending.is_missing_any(rows.iter().filter(|row| row.has_pending).map(|row| row.id)) {
        // A change took effect between the two queries, so it is in neither.
        (rows, pending) = with_pending(db, &select).await?;
    }
    let quotes = Quotes::load(db, rows.iter().map(|row| &row.quote).collect()).await?;
    let addresses = rows.iter().flat_map(Row::addresses).chain(quotes.addresses());
    let beside = Beside {
        people: People::load(db, addresses).await?,
        quotes,
        reactions: Reactions::load(db, rows.iter().map(|row| &*row.wa_id)).await?,
        votes: Votes::load(db, rows.iter().filter_map(Row::as_poll)).await?,
        pending,
    };
    rows.into_iter().map(|row| row.into_model(&beside)).collect()
}

async fn with_pending(
    db: &impl ConnectionTrait,
    select: &Select<message::Entity>,
) -> Result<(Vec<Row>, Pending), Error> {
    let rows: Vec<Row> = select.clone().into_model().all(db).await?;
    let changed = rows.iter().filter(|row| row.has_pending).map(|row| row.id).collect();
    Ok((rows, Pending::load(db, changed).await?))
}

/// The parts of messages that are read beside their rows.
struct Beside {
    people: People,
    reactions: Reactions,
    quotes: Quotes,
    votes: Votes,
    pending: Pending,
}

/// Joins the columns that a row shows beside its own, and reads no more of its text than is shown.
pub(crate) fn complete(select: Select<message::Entity>) -> Select<message::Entity> {
    let select = message::without_text(select)
        .expr_as(beginning(message::Column::Text, READ_IN_BUBBLE), "text")
        .join(JoinType::InnerJoin, message::Relation::Chat.def())
        .join_rev(JoinType::LeftJoin, media::Relation::Message.def())
        // A group is a chat without a contact. Only there the sender is named.
        .expr_as(Expr::col(chat::Column::ContactId.as_column_ref()).is_null(), "in_group")
        .expr_as(pending::exist(), "has_pending")
        .expr_as(group_receipts::readers(), "readers")
        .column_as(media::Column::Name, "file_name")
        .column(media::Column::Mime)
        .column(media::Column::Size)
        .column(media::Column::Width)
        .column(media::Column::Height)
        .expr_as(Expr::col(media::Column::Preview.as_column_ref()).is_not_null(), "has_preview")
        .column(media::Column::Seconds)
        .column(media::Column::PageCount)
        .column(media::Column::Album)
        .column(media::Column::Voice)
        .column(media::Column::Waveform)
        .column(media::Column::Played)
        .column(media::Column::ViewOnce)
        .column(media::Column::State)
        .column(media::Column::Tries)
        .column(media::Column::NextAt);
    authors::join(select, message::Relation::Author.def(), message::Relation::Sender.def())
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    connection_id: i64,
    chat_id: i64,
    #[sea_orm(nested)]
    author: AuthorRow,
    wa_id: String,
    kind: String,
    text: String,
    content: Option<String>,
    sent_at: i64,
    taken_at: Option<i64>,
    position: i64,
    delivery: Option<String>,
    edited_at: Option<i64>,
    starred: bool,
    in_group: bool,
    forwarded: i64,
    #[sea_orm(nested)]
    quote: QuoteRow,
    has_pending: bool,
    readers: i64,
    mentions: Option<String>,
    mentions_us: bool,
    file_name: Option<String>,
    mime: Option<String>,
    size: Option<i64>,
    width: Option<i64>,
    height: Option<i64>,
    has_preview: bool,
    seconds: Option<i64>,
    page_count: Option<i64>,
    album: Option<String>,
    voice: Option<bool>,
    waveform: Option<String>,
    played: Option<bool>,
    view_once: Option<bool>,
    state: Option<String>,
    tries: Option<i64>,
    next_at: Option<i64>,
}

impl Row {
    /// Returns id and WhatsApp id of a poll.
    fn as_poll(&self) -> Option<(i64, &str)> {
        (self.kind == MessageKind::Poll.as_str()).then_some((self.id, &*self.wa_id))
    }

    /// Returns the change of a group, of a message that is one.
    fn change(&self) -> Option<model::content::GroupChange> {
        match content::read(self.content.as_deref().filter(|_| self.is_system()))? {
            MessageContent::Group(change) => Some(change),
            _ => None,
        }
    }

    fn is_system(&self) -> bool {
        self.kind == MessageKind::System.as_str()
    }

    /// Returns the addresses of the people whom the message names beside its author.
    fn addresses(&self) -> Vec<(i64, String)> {
        let number = self.connection_id;
        let mentioned = mentions::addresses(number, self.mentions.as_deref());
        let change = self.change();
        let changed = change.iter().flat_map(|change| change.people());
        mentioned.chain(changed.map(|address| (number, address.clone()))).collect()
    }

    /// Returns the change of a group with the names of its people.
    fn notice(&self, people: &People) -> Option<GroupNotice> {
        let change = self.change()?;
        Some(change.map(|address| people.person(self.connection_id, &address)))
    }

    fn into_model(self, beside: &Beside) -> Result<Message, Error> {
        let kind = MessageKind::from_name(&self.kind);
        let column = self.mentions.as_deref();
        let mentioned = mentions::Names::of(self.connection_id, column, &beside.people);
        let shown = text::shown(kind, &mentioned.mark(&self.text));
        // A deleted message shows nothing of its content.
        let has_content = kind != MessageKind::Revoked;
        let content = content::read(self.content.as_deref().filter(|_| has_content));
        let number = ConnectionId(self.connection_id);
        let poll = votes::poll_of(&self.kind, self.content.as_deref()).map(|poll| {
            let id = MessageId(self.id);
            poll_card::of(&poll, &beside.votes.tally(id, self.chat_id, &self.wa_id, &poll))
        });
        // A card is shown in place of the text.
        let card = || content.as_ref().and_then(|content| card::of(content, number));
        let (rich, more) = match poll.or_else(card) {
            Some(card) => (card.pieces, card.more),
            None => {
                let picture = self.has_preview.then_some(MessageId(self.id));
                let rich = mentioned.in_pieces(&shown.text, shown.rich);
                let rich = link_preview::above(content.as_ref(), picture, rich);
                let rich = ad::above(content.as_ref(), &shown.text, rich);
                (rich, shown.more)
            }
        };
        let pending = beside.pending.of(self.id).into_iter();
        let pending = pending.map(|change| with_names(change, &mentioned)).collect();
        let text = mentioned.name(&shown.text);
        let score = u32::try_from(self.forwarded).unwrap_or(u32::MAX);
        Ok(Message {
            id: MessageId(self.id),
            chat: ChatId(self.chat_id),
            author: self.author.author(self.in_group),
            sender: self.author.contact(self.in_group),
            kind,
            // Quotes and copies of a card have its words beside those of others.
            text: if kind.is_card() { text::line(&text) } else { text },
            more,
            rich,
            change: self.notice(&beside.people),
            notice: content.and_then(|content| content.notice()),
            mentions_us: self.mentions_us && has_content,
            read_by: u32::try_from(self.readers).unwrap_or(0),
            starred: self.starred,
            edited: self.edited_at,
            reply_to: beside.quotes.of(&self.quote, &beside.people).filter(|_| has_content),
            forwarded: Forwarded::of_score(if has_content { score } else { 0 }),
            reactions: beside.reactions.of(self.chat_id, &self.wa_id, self.in_group),
            pending,
            sent_at: codec::time(self.sent_at),
            taken_at: self.taken_at.map(codec::time),
            position: self.position,
            delivery: codec::read_delivery(self.delivery.as_deref())?,
            media: if has_content { self.media(kind)? } else { None },
            wa_id: codec::read_message_id(&self.wa_id)?,
        })
    }

    /// Returns the file of the message.
    fn media(&self, kind: MessageKind) -> Result<Option<Media>, Error> {
        let Some(state) = self.state.as_deref() else { return Ok(None) };
        // It is the picture of a link's preview.
        if kind == MessageKind::Text && state == codec::media_state(MediaState::Refused) {
            return Ok(None);
        }
        let side = |pixels: i64| u32::try_from(pixels).ok();
        let mime = self.mime.as_deref().unwrap_or_default();
        let view = text::view(kind, mime);
        let is_received = self.delivery.is_none();
        let is_once = self.view_once == Some(true);
        let state = codec::read_media_state(state, self.tries.unwrap_or(0), self.next_at)?;
        Ok(Some(Media {
            // One that is viewed once has no download.
            name: (view == MediaView::File && !is_once)
                .then(|| text::file_name(kind, mime, self.file_name.as_deref())),
            view,
            size: self.size.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0),
            shape: self.width.and_then(side).zip(self.height.and_then(side)),
            preview: self.has_preview && !is_once,
            seconds: self.seconds.and_then(|seconds| u32::try_from(seconds).ok()),
            pages: self.page_count.map(|pages| pages.to_string()).unwrap_or_default(),
            voice: (self.voice == Some(true)).then(|| self.waveform.clone().unwrap_or_default()),
            // A file that turned out to be something else goes by itself.
            album: self.album.clone().filter(|_| kind.is_in_albums()),
            unplayed: is_received && self.voice == Some(true) && self.played == Some(false),
            state: state.shown(is_once),
        }))
    }
}

/// Puts the names of the mentioned people into the text of an edit that waits.
fn with_names(pending: PendingChange, mentioned: &mentions::Names) -> PendingChange {
    match pending.change {
        Change::Edit { text } => {
            PendingChange { change: Change::Edit { text: mentioned.in_text(&text) }, ..pending }
        }
        _ => pending,
    }
}
