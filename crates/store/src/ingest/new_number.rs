//! People who change their number.

use chrono::{DateTime, Utc};
use model::content::System;
use model::{ChatId, ConnectionId, MessageContent, MessageId, MessageKind};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};

use super::{Ingest, Peer, contacts, merge};
use crate::{
    Error, chats, codec,
    entity::{chat, contact, contact_alias},
    live::Change,
    messages::{self, NewMessage, content, position},
    new_message_id,
    write::Writing,
};

impl Ingest {
    /// Stores that a person has other addresses from a time on. The contacts of all of them become one, with
    /// one chat, to which answers go under the new address, and which says so. The old number leads to this
    /// person no more, since the carrier gives it to somebody else.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn number_changed(
        &self,
        old: &Peer,
        new: &Peer,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let aliases = new.aliases();
        let known = contacts::contact_ids(&writing.tx, self.connection, &old.aliases()).await?;
        let Some(person) = known.first().copied().filter(|_| !aliases.is_empty()) else {
            contacts::resolve(&mut writing, self.connection, new).await?;
            return writing.commit().await;
        };
        let others = contacts::contact_ids(&writing.tx, self.connection, &aliases).await?;
        for other in known.union(&others).copied().filter(|other| *other != person) {
            match has_another_identity(&writing.tx, other, old, new).await? {
                true => give_up_number(&writing.tx, other, new).await?,
                false => merge::contacts(&mut writing, self.connection, person, other).await?,
            }
        }
        let numbers = Peer { pn: old.pn.clone(), ..Peer::default() }.aliases();
        let gone: Vec<&str> = numbers.difference(&aliases).map(String::as_str).collect();
        forget(&writing.tx, self.connection, &gone).await?;
        let is_other = set_number(&writing.tx, person, new).await?;
        contacts::add_aliases(&mut writing, self.connection, person, new, &aliases).await?;
        if is_other && let Some(chat) = chats::find::with_contact(&writing.tx, person).await? {
            answer_to(&writing.tx, chat, new, &gone).await?;
            say_so(&mut writing, self.connection, chat, person, at).await?;
        }
        writing.commit().await
    }
}

/// Returns true if a contact is somebody else, who had the new number before.
async fn has_another_identity(
    tx: &DatabaseTransaction,
    contact: i64,
    old: &Peer,
    new: &Peer,
) -> Result<bool, Error> {
    let row = contact::Entity::find_by_id(contact).one(tx).await?;
    let lid = row.and_then(|row| row.lid);
    let is_other = |lid: &str| {
        new.hidden().is_some_and(|new| new != lid) && old.hidden().is_none_or(|old| old != lid)
    };
    Ok(lid.as_deref().is_some_and(is_other))
}

/// Takes the number from a contact who had it before.
async fn give_up_number(tx: &DatabaseTransaction, contact: i64, new: &Peer) -> Result<(), Error> {
    let numbers = Peer { pn: new.pn.clone(), ..Peer::default() }.aliases();
    contact_alias::Entity::delete_many()
        .filter(contact_alias::Column::ContactId.eq(contact))
        .filter(contact_alias::Column::Jid.is_in(&numbers))
        .exec(tx)
        .await?;
    contact::Entity::update_many()
        .col_expr(contact::Column::Phone, Expr::val(None::<String>))
        .filter(contact::Column::Id.eq(contact))
        .exec(tx)
        .await?;
    Ok(())
}

/// Removes addresses that lead to the person no more.
async fn forget(
    tx: &DatabaseTransaction,
    connection: ConnectionId,
    gone: &[&str],
) -> Result<(), Error> {
    contact_alias::Entity::delete_many()
        .filter(contact_alias::Column::ConnectionId.eq(connection.0))
        .filter(contact_alias::Column::Jid.is_in(gone.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Stores the new number and hidden identity of a contact. Returns true if it had another number.
async fn set_number(tx: &DatabaseTransaction, person: i64, new: &Peer) -> Result<bool, Error> {
    let row = contact::Entity::find_by_id(person).one(tx).await?;
    let before = row.and_then(|row| row.phone);
    let known = [(contact::Column::Phone, new.phone()), (contact::Column::Lid, new.hidden())];
    for (column, value) in known {
        let Some(value) = value else { continue };
        contact::Entity::update_many()
            .col_expr(column, Expr::val(value))
            .filter(contact::Column::Id.eq(person))
            .exec(tx)
            .await?;
    }
    let is_other = |before: &str| new.phone().is_some_and(|new| !phone::is_same(before, new));
    Ok(before.as_deref().is_none_or(is_other))
}

/// Sends what is written in a chat to the new address from now on. Whoever gets an address that is gone
/// has a chat of their own under it.
async fn answer_to(
    tx: &DatabaseTransaction,
    chat: ChatId,
    new: &Peer,
    gone: &[&str],
) -> Result<(), Error> {
    let Some(address) = new.address() else { return Ok(()) };
    let this = || chat::Entity::update_many().filter(chat::Column::Id.eq(chat.0));
    this().col_expr(chat::Column::Address, Expr::val(&*address)).exec(tx).await?;
    this()
        .col_expr(chat::Column::Jid, Expr::val(&*address))
        .filter(chat::Column::Jid.is_in(gone.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Adds the notice to the chat.
async fn say_so(
    writing: &mut Writing,
    connection: ConnectionId,
    chat: ChatId,
    person: i64,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let wa_id = new_message_id()?;
    let sent_at = codec::micros(at).min(codec::now());
    let new = NewMessage {
        connection,
        chat,
        sender: person,
        wa_id: &wa_id,
        author: None,
        kind: MessageKind::System,
        text: String::new(),
        content: content::column(Some(&MessageContent::System(System::NewNumber))),
        quote: None,
        forwarded: 0,
        sent_at,
        position: position::by_time(&writing.tx, chat, sent_at).await?,
        delivery: None,
        expires_at: None,
        mentions: None,
        mentions_us: false,
    };
    if let Some(id) = messages::insert(&writing.tx, new).await? {
        chats::refresh_last(&writing.tx, [chat]).await?;
        writing.announce(connection, Change::Message(chat, MessageId(id)));
    }
    Ok(())
}
