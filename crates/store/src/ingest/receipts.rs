//! Delivery states of sent messages, and chats that were read on the own phone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use model::{ChatId, ConnectionId, Delivery, WaMessageId, bounds};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
};

use super::{Ingest, Peer, contacts, early};
use crate::{
    Error,
    chats::{self, read_marks},
    codec,
    entity::{chat, group_member, media, message},
    live::Change,
    messages::{delivery, group_receipts, played, position},
    write::Writing,
};

impl Ingest {
    /// Stores that the devices of `peer` received these messages, or that `peer` read or played them, at
    /// a time of WhatsApp's clock in whole seconds. The delivery state only moves forward. Unknown ids
    /// are ignored, and so are receipts from anybody but the contact of the chat.
    ///
    /// Phones also report the opening of pictures that are shown once as played. What is not a voice
    /// note counts as read then.
    ///
    /// In groups every member sends receipts, which are kept, and the ticks are those that all of them have
    /// reached. While the members of a group are not known, its messages stay at ✓.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn receipt(
        &self,
        peer: &Peer,
        wa_ids: &[String],
        delivery: Delivery,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let wa_ids = valid(wa_ids);
        let at = codec::micros(at);
        let mut writing = self.store.write().await?;
        let ours = message::head()
            .filter(message::Column::ConnectionId.eq(self.connection.0))
            .filter(message::Column::WaId.is_in(wa_ids))
            .filter(message::Column::SenderId.eq(message::OURSELVES))
            .all(&writing.tx)
            .await?;
        let from = contacts::contact_ids(&writing.tx, self.connection, &peer.aliases()).await?;
        for row in ours {
            let partner = partner(&writing.tx, ChatId(row.chat_id)).await?;
            // A receipt of an unknown contact (a hidden identity whose number is not known yet) is accepted:
            // message ids of this server are 72 random bits that only the recipient knows.
            if partner.is_some_and(|partner| !from.is_empty() && !from.contains(&partner)) {
                continue;
            }
            chats::move_back(&writing.tx, &row, at).await?;
            let is_read = delivery == Delivery::Played && !is_voice_note(&writing.tx, &row).await?;
            let next = if is_read { Delivery::Read } else { delivery };
            match (partner, from.first()) {
                (Some(_), _) => {
                    delivery::advance(&mut writing, &row, next, at).await?;
                }
                (None, Some(member)) => {
                    of_member(&mut writing, &row, *member, next, at).await?;
                }
                (None, None) => {}
            }
        }
        writing.commit().await
    }

    /// Marks a chat as read that was read on the own phone: up to the newest of these messages, or
    /// all of it if none are named. Messages that have not arrived yet are marked when they do.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn read_elsewhere(&self, peer: &Peer, wa_ids: &[String]) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        if wa_ids.is_empty() {
            if let Some(chat) = self.chat_with(&writing.tx, peer).await? {
                read(&mut writing, self.connection, chat, i64::MAX).await?;
            }
            return writing.commit().await;
        }
        let wa_ids = valid(wa_ids);
        // The chat is found by the ids: in groups the peer is not the chat.
        let rows = message::head()
            .filter(message::Column::ConnectionId.eq(self.connection.0))
            .filter(message::Column::WaId.is_in(wa_ids.iter().copied()))
            .all(&writing.tx)
            .await?;
        let known: BTreeSet<&str> = rows.iter().map(|row| &*row.wa_id).collect();
        let unknown = wa_ids.into_iter().filter(|id| !known.contains(id));
        early::remember(&writing.tx, self.connection, unknown).await?;
        let mut newest = BTreeMap::<i64, &message::Model>::new();
        for row in rows.iter().filter(|row| row.sender_id != message::OURSELVES) {
            let newest = newest.entry(row.chat_id).or_insert(row);
            if newest.position < row.position {
                *newest = row;
            }
        }
        for row in newest.into_values() {
            read(&mut writing, self.connection, ChatId(row.chat_id), row.position).await?;
        }
        writing.commit().await
    }

    /// Does the same for voice notes that were played on the own phone, and marks them as played.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn played_elsewhere(&self, peer: &Peer, wa_ids: &[String]) -> Result<(), Error> {
        self.read_elsewhere(peer, wa_ids).await?;
        let mut writing = self.store.write().await?;
        let rows = message::head()
            .filter(message::Column::ConnectionId.eq(self.connection.0))
            .filter(message::Column::WaId.is_in(valid(wa_ids)))
            .all(&writing.tx)
            .await?;
        for row in rows {
            if played::mark(&writing.tx, &row).await? {
                writing.message_changed(&row);
            }
        }
        writing.commit().await
    }

    /// Marks the chat of a contact or a group as read up to a time in whole seconds, since it was
    /// marked as read on the own phone.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn marked_read(
        &self,
        peer: &Peer,
        group: Option<&str>,
        until: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let chat = match group {
            None => self.chat_with(&writing.tx, peer).await?,
            Some(group) => chats::find::of_group(&writing.tx, self.connection, group).await?,
        };
        if let Some(chat) = chat {
            let until = codec::micros(until).saturating_add(position::SECOND - 1);
            read(&mut writing, self.connection, chat, until).await?;
        }
        writing.commit().await
    }

    /// Returns the chat with a contact, if there is one.
    pub(super) async fn chat_with(
        &self,
        tx: &impl ConnectionTrait,
        peer: &Peer,
    ) -> Result<Option<ChatId>, Error> {
        for contact in contacts::contact_ids(tx, self.connection, &peer.aliases()).await? {
            if let Some(chat) = chats::find::with_contact(tx, contact).await? {
                return Ok(Some(chat));
            }
        }
        Ok(None)
    }
}

/// Returns the valid ids, as many as one receipt may have.
fn valid(wa_ids: &[String]) -> Vec<&str> {
    let ids = wa_ids.iter().map(String::as_str).filter(|id| WaMessageId::parse(id).is_ok());
    ids.take(bounds::RECEIPTS).collect()
}

/// Marks the messages of a chat up to a position as read, and announces it.
pub(super) async fn read(
    writing: &mut Writing,
    connection: ConnectionId,
    chat: ChatId,
    position: i64,
) -> Result<(), Error> {
    if read_marks::read_up_to(&writing.tx, chat, position).await? {
        writing.announce(connection, Change::Chat(chat));
    }
    Ok(())
}

async fn is_voice_note(tx: &DatabaseTransaction, row: &message::Model) -> Result<bool, Error> {
    let file = media::Entity::find_by_id(row.id).one(tx).await?;
    Ok(file.is_some_and(|file| file.voice))
}

/// Returns the contact of a chat with one person.
async fn partner(tx: &DatabaseTransaction, chat: ChatId) -> Result<Option<i64>, Error> {
    let row = chat::Entity::find_by_id(chat.0).one(tx).await?;
    Ok(row.and_then(|row| row.contact_id))
}

/// Stores the receipt of a member of a group, and moves the ticks of the message once all members have sent
/// theirs. Who is no member sends none.
async fn of_member(
    writing: &mut Writing,
    row: &message::Model,
    member: i64,
    next: Delivery,
    at: i64,
) -> Result<(), Error> {
    let is_member = group_member::Entity::find_by_id((row.chat_id, member)).one(&writing.tx);
    if is_member.await?.is_none() {
        return Ok(());
    }
    // WhatsApp's server has what a member received.
    delivery::advance(writing, row, Delivery::Sent, at).await?;
    if !group_receipts::insert(&writing.tx, row.id, member, next, at).await? {
        return Ok(());
    }
    let stages: &[Delivery] = match next {
        Delivery::Delivered => &[Delivery::Delivered],
        Delivery::Read => &[Delivery::Delivered, Delivery::Read],
        _ => &[Delivery::Delivered, Delivery::Read, Delivery::Played],
    };
    let mut reached = None;
    for stage in stages {
        if !group_receipts::is_complete(&writing.tx, row, *stage).await? {
            break;
        }
        reached = Some(*stage);
    }
    let Some(row) = message::head().filter(message::Column::Id.eq(row.id)).one(&writing.tx).await?
    else {
        return Ok(());
    };
    let has_moved = match reached {
        Some(stage) => delivery::advance(writing, &row, stage, at).await?,
        None => false,
    };
    // Pages count the members who read it.
    if !has_moved && next != Delivery::Delivered {
        writing.message_changed(&row);
    }
    Ok(())
}
