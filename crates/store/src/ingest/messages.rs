//! Messages from WhatsApp: written by others, or by the number's own phone.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use model::{ChatId, ConnectionId, Delivery, MessageId, MessageKind, WaMessageId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, TryInsertResult,
    sea_query::Expr,
};

use super::{
    Amends, Ingest, Peer, amendments, bounds, contacts, contacts::Familiar, early, position,
};
use crate::{
    Error, codec,
    entity::{chat, connection, contact, message, original},
    inbox,
    live::Change,
    media::{self, InboundMedia},
    write::Writing,
};

/// A message as WhatsApp delivered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The other side of a one-to-one chat; not looked at in groups.
    pub peer: Peer,
    /// The group's address (`…@g.us`) when it was said in one.
    pub group: Option<String>,
    /// Written on the number's own phone, or on another of its devices.
    pub from_me: bool,
    /// Who wrote it, in groups.
    pub sender: Option<Peer>,
    /// WhatsApp's id; see [`WaMessageId`] for the form.
    pub wa_id: String,
    pub kind: MessageKind,
    /// Text or caption, or what can be said in words of another kind.
    pub text: String,
    /// The message as WhatsApp sent it, in protobuf, where text and file do not say all of it: kept for
    /// versions that show more.
    pub original: Option<Vec<u8>>,
    /// WhatsApp's clock: when its server took the message. Whole seconds where it says no more.
    pub timestamp: DateTime<Utc>,
    /// The name that whoever wrote it gives themselves.
    pub push_name: Option<String>,
    /// It waited at WhatsApp while the number was not connected.
    pub offline: bool,
    /// The file that belongs to it.
    pub media: Option<InboundMedia>,
    /// It changes a message that was said before, and is none itself.
    pub amends: Option<Amends>,
}

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingested {
    /// New messages, and placeholders that got their content.
    pub stored: usize,
    /// Changes to messages.
    pub amended: usize,
    /// Those that were there already, and changes of what is not here.
    pub duplicates: usize,
    /// Those that name no chat or have an id that is none: nothing WhatsApp sends to people. They
    /// are left out, since delivering them again would change nothing.
    pub refused: usize,
    /// The conversation of each of [`Self::stored`] that had waited at WhatsApp.
    pub recovered: Vec<ChatId>,
}

/// What became of one message.
enum Outcome {
    Stored(ChatId),
    Amended,
    Duplicate,
    Refused,
}

impl Ingest {
    /// Stores a batch in one transaction: all of it, or on an error nothing. What is there already
    /// (same chat, sender and id) stays as it is, except that a placeholder takes
    /// the content that comes later ([`MessageKind::is_placeholder`]).
    ///
    /// Messages of one second keep the order of the batch; otherwise time decides, so that history
    /// may come in any order.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::NotFound`] when the number is gone, and [`Error::Unlinked`] when
    /// it waits for its own phone and it is not known yet that this is the one: not stored, and not
    /// to be confirmed to WhatsApp.
    pub async fn messages(&self, batch: &[Inbound]) -> Result<Ingested, Error> {
        let mut writing = self.store.write().await?;
        admit(&writing, [self.connection]).await?;
        let mut touched = BTreeSet::new();
        let ingested = self.take_in(&mut writing, batch, &mut touched).await?;
        finish(writing, &[(self, batch)], touched).await?;
        Ok(ingested)
    }

    /// The same for several numbers of one store in a single transaction, which is one wait for the
    /// disk: all of it, or on an error nothing. Answers in the order of the batches.
    ///
    /// # Errors
    /// Those of [`Self::messages`], of whichever number.
    pub async fn messages_of_many(
        batches: &[(Self, Vec<Inbound>)],
    ) -> Result<Vec<Ingested>, Error> {
        let Some((first, _)) = batches.first() else { return Ok(Vec::new()) };
        let mut writing = first.store.write().await?;
        admit(&writing, batches.iter().map(|(ingest, _)| ingest.connection)).await?;
        let mut touched = BTreeSet::new();
        let mut all = Vec::with_capacity(batches.len());
        for (ingest, batch) in batches {
            all.push(ingest.take_in(&mut writing, batch, &mut touched).await?);
        }
        let batches: Vec<_> = batches.iter().map(|(ingest, batch)| (ingest, &**batch)).collect();
        finish(writing, &batches, touched).await?;
        Ok(all)
    }

    async fn take_in(
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
                Outcome::Amended => ingested.amended += 1,
                Outcome::Duplicate => ingested.duplicates += 1,
                Outcome::Refused => ingested.refused += 1,
            }
        }
        Ok(ingested)
    }
}

/// Nothing of a phone is stored before [`Ingest::linked`] has found it to be the number's own.
async fn admit(
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
    let waits = |row: &connection::Model| {
        !row.linked && (row.own_phone().is_some() || row.last_end.is_some())
    };
    if rows.iter().any(waits) { Err(Error::Unlinked) } else { Ok(()) }
}

/// Marks what was read already, makes the rows of the chats show their newest messages, and commits.
async fn finish(
    mut writing: Writing,
    batches: &[(&Ingest, &[Inbound])],
    touched: BTreeSet<ChatId>,
) -> Result<(), Error> {
    let come = batches.iter().flat_map(|(ingest, batch)| {
        batch.iter().map(|inbound| (ingest.connection, inbound.wa_id.as_str()))
    });
    early::apply(&mut writing, come.collect()).await?;
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
    if let Some(amends) = &inbound.amends {
        let amended = amendments::store(writing, connection, inbound, amends).await?;
        return Ok(if amended { Outcome::Amended } else { Outcome::Duplicate });
    }
    let Some(place) = place(writing, connection, inbound).await? else {
        tracing::warn!(connection_id = connection.0, %wa_id, "message without a chat left out");
        return Ok(Outcome::Refused);
    };
    if let (Some(name), Some(sender)) = (&inbound.push_name, place.sender)
        && place.known_as.as_ref() != Some(name)
    {
        contacts::rename(writing, connection, sender, contact::Column::PushName, name).await?;
    }
    // Hardly any message has come before, so that is found out by storing it.
    let id = match insert(writing, connection, &place, &wa_id, inbound).await? {
        Some(id) => id,
        None => match earlier(writing, connection, &place, &wa_id).await? {
            Some(row) if fills(&row, inbound) => {
                writing.access_changed(connection);
                fill(writing, &row, inbound).await?
            }
            _ => return Ok(Outcome::Duplicate),
        },
    };
    // How many placeholders wait is told with the number.
    if inbound.kind == MessageKind::Undecryptable {
        writing.access_changed(connection);
    }
    writing.announce(connection, Change::Message(place.chat, MessageId(id)));
    Ok(Outcome::Stored(place.chat))
}

/// Where a message belongs.
struct Place {
    chat: ChatId,
    /// The contact who wrote it; `None` is the number itself.
    sender: Option<i64>,
    /// The name they gave themselves before, where it was at hand.
    known_as: Option<String>,
}

async fn place(
    writing: &mut Writing,
    connection: ConnectionId,
    inbound: &Inbound,
) -> Result<Option<Place>, Error> {
    if inbound.group.is_none()
        && let Some(familiar) = contacts::familiar(&writing.tx, connection, &inbound.peer).await?
    {
        let Familiar { contact, chat, push_name } = familiar;
        let sender = Some(contact).filter(|_| !inbound.from_me);
        return Ok(Some(Place { chat, sender, known_as: push_name }));
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
    Ok(Some(Place { chat, sender, known_as: None }))
}

/// The chat with a contact, or the group at an address; made if need be. Notes the address.
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

/// Stores a message, unless it is there.
async fn insert(
    writing: &Writing,
    connection: ConnectionId,
    place: &Place,
    wa_id: &WaMessageId,
    inbound: &Inbound,
) -> Result<Option<i64>, Error> {
    let sent_at = codec::micros(inbound.timestamp);
    let delivery = place.sender.is_none().then(|| codec::delivery(Delivery::Sent).to_owned());
    let row = message::ActiveModel {
        connection_id: Set(connection.0),
        chat_id: Set(place.chat.0),
        sender_id: Set(place.sender.unwrap_or(message::OURSELVES)),
        wa_id: Set(wa_id.as_str().to_owned()),
        author_id: Set(None),
        kind: Set(inbound.kind.as_str().to_owned()),
        text: Set(codec::storable(&inbound.text)),
        sent_at: Set(sent_at),
        position: Set(position::by_time(&writing.tx, place.chat, sent_at).await?),
        delivery: Set(delivery),
        unread: Set(place.sender.is_some()),
        ..Default::default()
    };
    let inserted = message::Entity::insert(row).on_conflict_do_nothing_on(message::IDENTITY);
    let TryInsertResult::Inserted(result) = inserted.exec(&writing.tx).await? else {
        return Ok(None);
    };
    keep_rest(writing, connection, result.last_insert_id, inbound).await?;
    Ok(Some(result.last_insert_id))
}

/// The row of a message that came before.
async fn earlier(
    writing: &Writing,
    connection: ConnectionId,
    place: &Place,
    wa_id: &WaMessageId,
) -> Result<Option<message::Model>, Error> {
    let sender = place.sender.unwrap_or(message::OURSELVES);
    let same = message::is(connection.0, wa_id.as_str(), place.chat.0, sender);
    Ok(message::head().filter(same).one(&writing.tx).await?)
}

/// Keeps what belongs to a message beside its text: the file that has yet to be fetched, and the message
/// as it came.
async fn keep_rest(
    writing: &Writing,
    connection: ConnectionId,
    message: i64,
    inbound: &Inbound,
) -> Result<(), Error> {
    if let Some(file) = &inbound.media {
        media::expect(&writing.tx, connection, MessageId(message), file).await?;
    }
    if let Some(protobuf) = &inbound.original {
        let protobuf = Set(hex::encode(protobuf));
        let row = original::ActiveModel { message_id: Set(message), protobuf };
        original::Entity::insert(row).exec_without_returning(&writing.tx).await?;
    }
    Ok(())
}

/// Whether this is what a placeholder waits for.
fn fills(row: &message::Model, inbound: &Inbound) -> bool {
    MessageKind::from_name(&row.kind).is_placeholder() && !inbound.kind.is_placeholder()
}

async fn fill(writing: &Writing, row: &message::Model, inbound: &Inbound) -> Result<i64, Error> {
    message::Entity::update_many()
        .col_expr(message::Column::Kind, Expr::val(inbound.kind.as_str()))
        .col_expr(message::Column::Text, Expr::val(codec::storable(&inbound.text)))
        .filter(message::Column::Id.eq(row.id))
        .exec(&writing.tx)
        .await?;
    keep_rest(writing, ConnectionId(row.connection_id), row.id, inbound).await?;
    Ok(row.id)
}
