//! Messages from WhatsApp: those of other people, and those of the number's own phone.

use std::collections::BTreeSet;

use model::content::{Call, CallOutcome};
use model::{ChatId, ConnectionId, Delivery, MessageContent, MessageId, MessageKind, WaMessageId};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::{
    Inbound, InboundQuote, Ingest, Peer, QuotedAuthor, bounds, contacts, contacts::KnownContact,
    downtime, early, identity, live_places, message_updates, timer,
};
use crate::{
    Error,
    calls::ringing,
    changed, chats, codec,
    entity::{connection, contact, message, raw_message},
    live::Change,
    media,
    messages::{self, NewMessage, NewQuote, content, mentions, placeholder, position, projection},
    write::Writing,
};

/// The counts of a stored batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingested {
    /// New messages, and placeholders that got their content.
    pub stored: usize,
    /// New message updates.
    pub updated: usize,
    /// Messages and updates that were stored already, and updates in unknown chats.
    pub duplicates: usize,
    /// Messages without a chat or with an invalid id, which WhatsApp does not send for people. They
    /// are dropped, since another delivery would change nothing.
    pub refused: usize,
    /// The chat of each message in [`Self::stored`] that had waited at WhatsApp.
    pub recovered: Vec<ChatId>,
}

/// The messages of one transaction, by WhatsApp's id.
#[derive(Default)]
struct Batch<'a> {
    arrived: BTreeSet<(ConnectionId, &'a str)>,
    /// New messages, and placeholders that got their content.
    stored: BTreeSet<(ConnectionId, &'a str)>,
    /// The chats of these.
    touched: BTreeSet<ChatId>,
}

/// The result of storing one message.
enum Outcome {
    Stored(ChatId),
    Updated,
    Duplicate,
    Refused,
}

impl Ingest {
    /// Stores a batch in one transaction: all of it, or nothing on an error. A message that is
    /// stored already (same chat, sender and id) stays unchanged, except that a placeholder gets
    /// content that arrives later ([`MessageKind::is_placeholder`]).
    ///
    /// Messages of one second keep the order of the batch; otherwise their times decide, so that
    /// the history may arrive in any order.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::NotFound`] when the number is gone; [`Error::Unlinked`] while
    /// it is not verified that the phone is the number's own. In that case nothing is stored, and
    /// nothing may be confirmed to WhatsApp.
    pub async fn messages(&self, batch: &[Inbound]) -> Result<Ingested, Error> {
        let mut writing = self.store.write().await?;
        require_own_phone(&writing, [self.connection]).await?;
        let mut all = Batch::default();
        let ingested = self.store_batch(&mut writing, batch, &mut all).await?;
        finish(writing, all).await?;
        Ok(ingested)
    }

    /// Stores batches of several numbers in one transaction, which waits for the disk once: all of
    /// them, or nothing on an error. The results are in the order of the batches.
    ///
    /// # Errors
    /// Those of [`Self::messages`], for any of the numbers.
    pub async fn messages_of_many(
        batches: &[(Self, Vec<Inbound>)],
    ) -> Result<Vec<Ingested>, Error> {
        let Some((first, _)) = batches.first() else { return Ok(Vec::new()) };
        let mut writing = first.store.write().await?;
        require_own_phone(&writing, batches.iter().map(|(ingest, _)| ingest.connection)).await?;
        let mut all = Batch::default();
        let mut ingested = Vec::with_capacity(batches.len());
        for (ingest, batch) in batches {
            ingested.push(ingest.store_batch(&mut writing, batch, &mut all).await?);
        }
        finish(writing, all).await?;
        Ok(ingested)
    }

    async fn store_batch<'a>(
        &self,
        writing: &mut Writing,
        batch: &'a [Inbound],
        all: &mut Batch<'a>,
    ) -> Result<Ingested, Error> {
        let mut ingested = Ingested::default();
        for inbound in batch {
            let id = (self.connection, inbound.wa_id.as_str());
            all.arrived.insert(id);
            let inbound = bounds::bounded(inbound);
            match store(writing, self.connection, &inbound).await? {
                Outcome::Stored(chat) => {
                    ingested.stored += 1;
                    ingested.recovered.extend(inbound.offline.then_some(chat));
                    all.stored.insert(id);
                    all.touched.insert(chat);
                }
                Outcome::Updated => ingested.updated += 1,
                Outcome::Duplicate => ingested.duplicates += 1,
                Outcome::Refused => ingested.refused += 1,
            }
        }
        downtime::count(writing, self.connection, &ingested.recovered).await?;
        Ok(ingested)
    }
}

/// Refuses messages of a phone until [`Ingest::linked`] has verified that it is the number's own.
async fn require_own_phone(
    writing: &Writing,
    numbers: impl IntoIterator<Item = ConnectionId>,
) -> Result<(), Error> {
    let numbers: BTreeSet<i64> = numbers.into_iter().map(|number| number.0).collect();
    let rows = connection::Entity::find()
        .filter(connection::Column::Id.is_in(numbers.iter().copied()))
        .all(&writing.tx)
        .await?;
    if rows.len() < numbers.len() {
        return Err(Error::NotFound);
    }
    let is_unverified = |row: &connection::Model| {
        !row.linked && (row.own_phone().is_some() || row.last_end.is_some())
    };
    if rows.iter().any(is_unverified) { Err(Error::Unlinked) } else { Ok(()) }
}

/// Applies the updates and the early read marks of messages that have just arrived, updates the
/// last message of each chat, and commits.
async fn finish(mut writing: Writing, batch: Batch<'_>) -> Result<(), Error> {
    let rows = projection::apply_waiting(&writing.tx, &batch.stored).await?;
    changed::announce(&mut writing, rows);
    early::apply(&mut writing, batch.arrived).await?;
    chats::refresh_last(&writing.tx, batch.touched).await?;
    writing.commit().await
}

async fn store(
    writing: &mut Writing,
    connection: ConnectionId,
    inbound: &Inbound,
) -> Result<Outcome, Error> {
    let Ok(wa_id) = WaMessageId::parse(&inbound.wa_id) else {
        tracing::warn!(connection_id = connection.0, "message with an impossible id left out");
        return Ok(Outcome::Refused);
    };
    if inbound.group.as_deref().is_some_and(|group| !identity::is_address(group)) {
        tracing::warn!(connection_id = connection.0, %wa_id, "message of an impossible group left out");
        return Ok(Outcome::Refused);
    }
    if let Some(update) = &inbound.amends {
        let is_new = message_updates::store(writing, connection, inbound, update).await?;
        return Ok(if is_new { Outcome::Updated } else { Outcome::Duplicate });
    }
    let Some(target) = target(writing, connection, inbound).await? else {
        tracing::warn!(connection_id = connection.0, %wa_id, "message without a chat left out");
        return Ok(Outcome::Refused);
    };
    if let (Some(name), Some(sender)) = (&inbound.push_name, target.sender)
        && target.known_as.as_ref() != Some(name)
        && contacts::rename(writing, connection, sender, contact::Column::PushName, name).await?
    {
        contacts::announce_in_groups(writing, sender).await?;
    }
    if let (Some(name), Some(sender)) = (&inbound.business_name, target.sender)
        && target.verified_as.as_ref() != Some(name)
        && contacts::rename(writing, connection, sender, contact::Column::BusinessName, name)
            .await?
    {
        contacts::announce_in_groups(writing, sender).await?;
    }
    if let Some(outcome) = move_place(writing, connection, &target, &wa_id, inbound).await? {
        return Ok(outcome);
    }
    // Nearly every message is new, so it is inserted without a query before.
    let id = match insert(writing, connection, &target, &wa_id, inbound).await? {
        Some(id) => id,
        None => match fill_placeholder(writing, connection, &target, &wa_id, inbound).await? {
            Some(id) => id,
            None => return Ok(Outcome::Duplicate),
        },
    };
    // The count of placeholders is part of the number that pages show.
    if inbound.kind == MessageKind::Undecryptable {
        writing.access_changed(connection);
    }
    writing.announce(connection, Change::Message(target.chat, MessageId(id)));
    Ok(Outcome::Stored(target.chat))
}

/// Moves the card of a place that is shared for a time, if the message is a further position of it.
async fn move_place(
    writing: &mut Writing,
    connection: ConnectionId,
    target: &Target,
    wa_id: &WaMessageId,
    inbound: &Inbound,
) -> Result<Option<Outcome>, Error> {
    let is_position = match &inbound.content {
        Some(MessageContent::LiveLocation(place) | MessageContent::Location(place)) => {
            place.report.is_some()
        }
        _ => false,
    };
    if !is_position {
        return Ok(None);
    }
    // One that has a row already is a copy, or the content of a placeholder.
    let same = message::is(connection.0, wa_id.as_str(), target.chat.0, target.sender_id());
    if message::head().filter(same).one(&writing.tx).await?.is_some() {
        return Ok(None);
    }
    let effect = live_places::apply(writing, target.chat, target.sender_id(), inbound).await?;
    Ok(match effect {
        live_places::Effect::Begins => None,
        live_places::Effect::Moved => Some(Outcome::Updated),
        live_places::Effect::Late => Some(Outcome::Duplicate),
    })
}

/// The chat and the sender of a message.
struct Target {
    chat: ChatId,
    /// The contact who wrote it; `None` for the number itself.
    sender: Option<i64>,
    /// The stored name that the sender chose, if it was read.
    known_as: Option<String>,
    /// The stored name of the sender as a business, if it was read.
    verified_as: Option<String>,
}

impl Target {
    fn sender_id(&self) -> i64 {
        self.sender.unwrap_or(message::OURSELVES)
    }
}

/// Returns the chat and the sender of a message, and creates them if they are new. Returns `None`
/// if the message names no chat or no sender.
async fn target(
    writing: &mut Writing,
    connection: ConnectionId,
    inbound: &Inbound,
) -> Result<Option<Target>, Error> {
    if inbound.group.is_none()
        && let Some(known) =
            contacts::find_by_aliases(&writing.tx, connection, &inbound.peer).await?
    {
        let KnownContact { contact, chat, push_name, business_name } = known;
        let sender = Some(contact).filter(|_| !inbound.from_me);
        let (known_as, verified_as) = (push_name, business_name);
        return Ok(Some(Target { chat, sender, known_as, verified_as }));
    }
    let (jid, contact, writer) = match &inbound.group {
        Some(group) => {
            let writer = inbound.sender.as_ref().filter(|_| !inbound.from_me);
            let writer = match writer {
                Some(peer) => contacts::resolve(writing, connection, peer).await?,
                None => None,
            };
            (Some(codec::storable(group)), None, writer)
        }
        None => {
            let contact = contacts::resolve(writing, connection, &inbound.peer).await?;
            (inbound.peer.address(), contact, contact)
        }
    };
    let sender = writer.filter(|_| !inbound.from_me);
    let Some(jid) = jid.filter(|_| inbound.from_me || sender.is_some()) else { return Ok(None) };
    let chat = chats::find::or_create(&writing.tx, connection, &jid, contact).await?;
    Ok(Some(Target { chat, sender, known_as: None, verified_as: None }))
}

/// Inserts a message; returns `None` if it is stored already.
async fn insert(
    writing: &Writing,
    connection: ConnectionId,
    target: &Target,
    wa_id: &WaMessageId,
    inbound: &Inbound,
) -> Result<Option<i64>, Error> {
    let sent_at = codec::micros(inbound.timestamp);
    let new = NewMessage {
        connection,
        chat: target.chat,
        sender: target.sender_id(),
        wa_id,
        author: None,
        kind: inbound.kind,
        text: codec::storable(&inbound.text),
        content: content::column(inbound.content.as_ref()),
        quote: quote(writing, connection, inbound).await?,
        forwarded: inbound.forwarded,
        sent_at,
        position: position::by_time(&writing.tx, target.chat, sent_at).await?,
        delivery: target.sender.is_none().then_some(Delivery::Sent),
        expires_at: timer::apply(writing, target.chat, inbound).await?,
        mentions: mentions::column(&mentioned(inbound)),
        mentions_us: inbound.mentions.ourselves,
    };
    let Some(id) = messages::insert(&writing.tx, new).await? else { return Ok(None) };
    insert_details(writing, connection, id, inbound).await?;
    Ok(Some(id))
}

/// Returns the addresses of the people whom a message mentions.
pub(super) fn mentioned(inbound: &Inbound) -> BTreeSet<String> {
    inbound.mentions.people.iter().filter_map(Peer::address).collect()
}

/// Returns the quote of an answer, as it is stored. [`bounds::bounded`] has checked its id.
async fn quote(
    writing: &Writing,
    connection: ConnectionId,
    inbound: &Inbound,
) -> Result<Option<NewQuote>, Error> {
    let Some(InboundQuote { wa_id, author, kind, text }) = &inbound.reply_to else {
        return Ok(None);
    };
    let sender = match author {
        QuotedAuthor::Ourselves => Some(message::OURSELVES),
        // A person who never wrote is not made a contact by being quoted.
        QuotedAuthor::Contact(peer) => {
            contacts::contact_ids(&writing.tx, connection, &peer.aliases()).await?.pop_first()
        }
    };
    let text = bounds::excerpt(text);
    Ok(Some(NewQuote { wa_id: wa_id.clone(), sender, kind: *kind, text }))
}

/// Stores the content of a message of which a placeholder is stored; returns `None` if there is
/// none.
async fn fill_placeholder(
    writing: &mut Writing,
    connection: ConnectionId,
    target: &Target,
    wa_id: &WaMessageId,
    inbound: &Inbound,
) -> Result<Option<i64>, Error> {
    if inbound.kind.is_placeholder() {
        return Ok(None);
    }
    let same = message::is(connection.0, wa_id.as_str(), target.chat.0, target.sender_id());
    let Some(row) = message::head().filter(same).one(&writing.tx).await? else { return Ok(None) };
    if !placeholder::is_unfilled(&writing.tx, &row).await? {
        return Ok(None);
    }
    let text = codec::storable(&inbound.text);
    let content = content::column(inbound.content.as_ref());
    placeholder::fill(&writing.tx, &row, inbound.kind, &text, content).await?;
    let quote = quote(writing, connection, inbound).await?;
    placeholder::fill_quote(&writing.tx, row.id, inbound.forwarded, quote).await?;
    let expires_at = timer::apply(writing, target.chat, inbound).await?;
    placeholder::fill_expiry(&writing.tx, row.id, expires_at).await?;
    mentions::add(&writing.tx, &row, mentioned(inbound)).await?;
    if inbound.mentions.ourselves {
        mentions::set_ours(&writing.tx, row.id).await?;
    }
    insert_details(writing, connection, row.id, inbound).await?;
    writing.access_changed(connection);
    Ok(Some(row.id))
}

/// Stores the rows that belong to a message: a call that rings, its file, which is fetched later, and
/// the raw message.
async fn insert_details(
    writing: &Writing,
    connection: ConnectionId,
    message: i64,
    inbound: &Inbound,
) -> Result<(), Error> {
    if let Some(MessageContent::Call(Call { outcome: CallOutcome::Ringing, .. })) = &inbound.content
    {
        ringing::begin(&writing.tx, connection, MessageId(message), &inbound.wa_id).await?;
    }
    if let Some(file) = &inbound.media {
        media::insert(&writing.tx, connection, MessageId(message), file).await?;
    }
    if let Some(protobuf) = &inbound.raw_message {
        let protobuf = Set(hex::encode(protobuf));
        let row = raw_message::ActiveModel { message_id: Set(message), protobuf };
        raw_message::Entity::insert(row).exec_without_returning(&writing.tx).await?;
    }
    Ok(())
}
