//! Messages from WhatsApp: those of other people, and those of the number's own phone.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use model::{ChatId, ConnectionId, Delivery, MessageId, MessageKind, WaMessageId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, TryInsertResult,
    sea_query::Expr,
};

use super::{
    Ingest, Peer, UpdateOf, bounds, contacts, contacts::KnownContact, early, message_updates,
    position,
};
use crate::{
    Error, codec,
    entity::{chat, connection, contact, message, raw_message},
    inbox,
    live::Change,
    media::{self, InboundMedia},
    write::Writing,
};

/// A message as WhatsApp delivered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The contact of a one-to-one chat; ignored in groups.
    pub peer: Peer,
    /// The address of the group (`…@g.us`), for messages in groups.
    pub group: Option<String>,
    /// True if it was written on the number's own phone or on another of its devices.
    pub from_me: bool,
    /// Its author, in groups.
    pub sender: Option<Peer>,
    /// WhatsApp's id; see [`WaMessageId`] for the form.
    pub wa_id: String,
    pub kind: MessageKind,
    /// Text or caption, or a description of a message of another kind.
    pub text: String,
    /// The message as received, in protobuf, if text and file do not represent all of it. It is
    /// stored for later versions that show more.
    pub raw_message: Option<Vec<u8>>,
    /// The time at which WhatsApp's server took the message, by its clock. Often in whole seconds.
    pub timestamp: DateTime<Utc>,
    /// The name that the author chose in WhatsApp.
    pub push_name: Option<String>,
    /// True if it waited at WhatsApp while the number was not connected.
    pub offline: bool,
    /// The file of the message.
    pub media: Option<InboundMedia>,
    /// The update of an earlier message that this is, instead of a message of its own.
    pub amends: Option<UpdateOf>,
}

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
        let mut touched = BTreeSet::new();
        let ingested = self.store_batch(&mut writing, batch, &mut touched).await?;
        finish(writing, &[(self, batch)], touched).await?;
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
        let mut touched = BTreeSet::new();
        let mut all = Vec::with_capacity(batches.len());
        for (ingest, batch) in batches {
            all.push(ingest.store_batch(&mut writing, batch, &mut touched).await?);
        }
        let batches: Vec<_> = batches.iter().map(|(ingest, batch)| (ingest, &**batch)).collect();
        finish(writing, &batches, touched).await?;
        Ok(all)
    }

    async fn store_batch(
        &self,
        writing: &mut Writing,
        batch: &[Inbound],
        touched: &mut BTreeSet<ChatId>,
    ) -> Result<Ingested, Error> {
        let mut ingested = Ingested::default();
        for inbound in batch {
            let inbound = bounds::bounded(inbound);
            match store(writing, self.connection, &inbound).await? {
                Outcome::Stored(chat) => {
                    ingested.stored += 1;
                    ingested.recovered.extend(inbound.offline.then_some(chat));
                    touched.insert(chat);
                }
                Outcome::Updated => ingested.updated += 1,
                Outcome::Duplicate => ingested.duplicates += 1,
                Outcome::Refused => ingested.refused += 1,
            }
        }
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

/// Applies early read marks, updates the last message of each chat, and commits.
async fn finish(
    mut writing: Writing,
    batches: &[(&Ingest, &[Inbound])],
    touched: BTreeSet<ChatId>,
) -> Result<(), Error> {
    let arrived = batches.iter().flat_map(|(ingest, batch)| {
        batch.iter().map(|inbound| (ingest.connection, inbound.wa_id.as_str()))
    });
    early::apply(&mut writing, arrived.collect()).await?;
    inbox::refresh_last(&writing.tx, touched).await?;
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
    if inbound.group.as_deref().is_some_and(|group| !bounds::is_address(group)) {
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
    {
        contacts::rename(writing, connection, sender, contact::Column::PushName, name).await?;
    }
    // Nearly every message is new, so it is inserted without a query before.
    let id = match insert(writing, connection, &target, &wa_id, inbound).await? {
        Some(id) => id,
        None => match find_stored(writing, connection, &target, &wa_id).await? {
            Some(row) if is_content_of(&row, inbound) => {
                writing.access_changed(connection);
                fill_placeholder(writing, &row, inbound).await?
            }
            _ => return Ok(Outcome::Duplicate),
        },
    };
    // The count of placeholders is part of the number that pages show.
    if inbound.kind == MessageKind::Undecryptable {
        writing.access_changed(connection);
    }
    writing.announce(connection, Change::Message(target.chat, MessageId(id)));
    Ok(Outcome::Stored(target.chat))
}

/// The chat and the sender of a message.
struct Target {
    chat: ChatId,
    /// The contact who wrote it; `None` for the number itself.
    sender: Option<i64>,
    /// The stored name that the sender chose, if it was read.
    known_as: Option<String>,
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
        let KnownContact { contact, chat, push_name } = known;
        let sender = Some(contact).filter(|_| !inbound.from_me);
        return Ok(Some(Target { chat, sender, known_as: push_name }));
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
    let chat = chat(writing, connection, &jid, contact).await?;
    Ok(Some(Target { chat, sender, known_as: None }))
}

/// Returns the chat with a contact, or the group at an address, and creates it if there is none.
/// Stores the address as the newest of the chat.
async fn chat(
    writing: &Writing,
    connection: ConnectionId,
    jid: &str,
    contact: Option<i64>,
) -> Result<ChatId, Error> {
    let tx = &writing.tx;
    let find = chat::Entity::find().filter(chat::Column::ConnectionId.eq(connection.0));
    let existing = match contact {
        Some(contact) => find.filter(chat::Column::ContactId.eq(contact)),
        None => find.filter(chat::Column::Jid.eq(jid)),
    };
    if let Some(row) = existing.one(tx).await? {
        if row.address != jid {
            chat::Entity::update_many()
                .col_expr(chat::Column::Address, Expr::val(jid))
                .filter(chat::Column::Id.eq(row.id))
                .exec(tx)
                .await?;
        }
        return Ok(ChatId(row.id));
    }
    let row = chat::ActiveModel {
        connection_id: Set(connection.0),
        jid: Set(jid.to_owned()),
        address: Set(jid.to_owned()),
        contact_id: Set(contact),
        last_at: Set(codec::now()),
        ..Default::default()
    };
    Ok(ChatId(chat::Entity::insert(row).exec(tx).await?.last_insert_id))
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
    let delivery = target.sender.is_none().then(|| codec::delivery(Delivery::Sent).to_owned());
    let row = message::ActiveModel {
        connection_id: Set(connection.0),
        chat_id: Set(target.chat.0),
        sender_id: Set(target.sender.unwrap_or(message::OURSELVES)),
        wa_id: Set(wa_id.as_str().to_owned()),
        author_id: Set(None),
        kind: Set(inbound.kind.as_str().to_owned()),
        text: Set(codec::storable(&inbound.text)),
        sent_at: Set(sent_at),
        position: Set(position::by_time(&writing.tx, target.chat, sent_at).await?),
        delivery: Set(delivery),
        unread: Set(target.sender.is_some()),
        ..Default::default()
    };
    let inserted = message::Entity::insert(row).on_conflict_do_nothing_on(message::IDENTITY);
    let TryInsertResult::Inserted(result) = inserted.exec(&writing.tx).await? else {
        return Ok(None);
    };
    insert_details(writing, connection, result.last_insert_id, inbound).await?;
    Ok(Some(result.last_insert_id))
}

/// Returns the row of a message that is stored already.
async fn find_stored(
    writing: &Writing,
    connection: ConnectionId,
    target: &Target,
    wa_id: &WaMessageId,
) -> Result<Option<message::Model>, Error> {
    let sender = target.sender.unwrap_or(message::OURSELVES);
    let same = message::is(connection.0, wa_id.as_str(), target.chat.0, sender);
    Ok(message::head().filter(same).one(&writing.tx).await?)
}

/// Stores the rows that belong to a message: its file, which is fetched later, and the raw message.
async fn insert_details(
    writing: &Writing,
    connection: ConnectionId,
    message: i64,
    inbound: &Inbound,
) -> Result<(), Error> {
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

/// Returns true if the row is a placeholder and this is its content.
fn is_content_of(row: &message::Model, inbound: &Inbound) -> bool {
    MessageKind::from_name(&row.kind).is_placeholder() && !inbound.kind.is_placeholder()
}

async fn fill_placeholder(
    writing: &Writing,
    row: &message::Model,
    inbound: &Inbound,
) -> Result<i64, Error> {
    message::Entity::update_many()
        .col_expr(message::Column::Kind, Expr::val(inbound.kind.as_str()))
        .col_expr(message::Column::Text, Expr::val(codec::storable(&inbound.text)))
        .filter(message::Column::Id.eq(row.id))
        .exec(&writing.tx)
        .await?;
    insert_details(writing, ConnectionId(row.connection_id), row.id, inbound).await?;
    Ok(row.id)
}
