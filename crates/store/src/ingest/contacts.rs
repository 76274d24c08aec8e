//! The contacts of a number. A contact is found by any of its addresses.

use std::collections::BTreeSet;

use model::{ChatId, ConnectionId, ContactId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, FromQueryResult,
    JoinType, QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _,
    sea_query::{Expr, ExprTrait as _},
};

use super::{Ingest, Peer, merge};
use crate::{
    Error, chats,
    entity::{chat, contact, contact_alias, message},
    live::Change,
    write::Writing,
};

/// Messages in groups that open pages show under another name at once; older ones have it with the next
/// load.
const RENAMED: u64 = 50;
/// Entries of the address book up to which the messages in groups get the names at once. More of them are
/// the whole book.
const FEW: usize = 20;

impl Ingest {
    /// Stores entries of the phone's address book: the addresses of a person, and their name there
    /// if they have one. They are one transaction, since a whole address book arrives at once.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn address_book(&self, people: &[(Peer, Option<String>)]) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        for (peer, name) in people {
            let contact = resolve(&mut writing, self.connection, peer).await?;
            if let Some((contact, name)) = contact.zip(name.as_deref()) {
                let column = contact::Column::SavedName;
                if rename(&mut writing, self.connection, contact, column, name).await?
                    && people.len() <= FEW
                {
                    announce_in_groups(&mut writing, contact).await?;
                }
            }
        }
        writing.commit().await
    }

    /// Stores that a hidden identity and a phone number belong to one person. If each has a chat,
    /// the two are merged.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn link_identity(&self, lid: &str, pn: &str) -> Result<(), Error> {
        let peer = Peer { lid: Some(lid.to_owned()), pn: Some(pn.to_owned()), other: None };
        self.address_book(&[(peer, None)]).await
    }

    /// Returns the hidden identities, with `@lid`, of the contacts that have a chat and no known
    /// phone number; those of the newest chats first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn without_number(&self, limit: u64) -> Result<Vec<String>, Error> {
        let lids: Vec<String> = chat::Entity::find()
            .filter(chat::Column::ConnectionId.eq(self.connection.0))
            .join(JoinType::InnerJoin, chat::Relation::Contact.def())
            .filter(contact::Column::Phone.is_null())
            .filter(contact::Column::Lid.is_not_null())
            .order_by_desc(chat::Column::LastAt)
            .limit(limit)
            .select_only()
            .column(contact::Column::Lid)
            .into_tuple()
            .all(self.store.db())
            .await?;
        Ok(lids.into_iter().map(|lid| format!("{lid}@lid")).collect())
    }
}

impl Ingest {
    /// Returns the contact with any of these addresses; `None` if there is none.
    pub(crate) async fn contact_of(&self, peer: &Peer) -> Result<Option<ContactId>, Error> {
        let ids = contact_ids(self.store.db(), self.connection, &peer.aliases()).await?;
        Ok(ids.first().copied().map(ContactId))
    }

    /// Stores the name of a business as WhatsApp has verified it, if it is a contact.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn business_name(&self, peer: &Peer, name: &str) -> Result<(), Error> {
        let Some(contact) = self.contact_of(peer).await? else { return Ok(()) };
        let mut writing = self.store.write().await?;
        let column = contact::Column::BusinessName;
        if rename(&mut writing, self.connection, contact.0, column, name).await? {
            announce_in_groups(&mut writing, contact.0).await?;
        }
        writing.commit().await
    }
}

/// Returns the contacts with any of these addresses, oldest first. If there are several, they are
/// the same person, which was not known before.
pub(super) async fn contact_ids(
    tx: &impl ConnectionTrait,
    connection: ConnectionId,
    aliases: &BTreeSet<String>,
) -> Result<BTreeSet<i64>, Error> {
    let rows = contact_alias::Entity::find()
        .filter(contact_alias::Column::ConnectionId.eq(connection.0))
        .filter(contact_alias::Column::Jid.is_in(aliases))
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| row.contact_id).collect())
}

/// A contact that is stored with all addresses of a peer, and the chat with it.
pub(super) struct KnownContact {
    pub(super) contact: i64,
    pub(super) chat: ChatId,
    pub(super) push_name: Option<String>,
    pub(super) business_name: Option<String>,
}

/// Returns the contact with these addresses if all of them are stored already, as for nearly every
/// message, in one query. On `None` the caller goes on with [`resolve`].
pub(super) async fn find_by_aliases(
    tx: &impl ConnectionTrait,
    connection: ConnectionId,
    peer: &Peer,
) -> Result<Option<KnownContact>, Error> {
    let aliases = peer.aliases();
    let Some(address) = peer.address() else { return Ok(None) };
    let rows: Vec<Row> = contact_alias::Entity::find()
        .filter(contact_alias::Column::ConnectionId.eq(connection.0))
        .filter(contact_alias::Column::Jid.is_in(&aliases))
        .join(JoinType::InnerJoin, contact_alias::Relation::Contact.def())
        .join_rev(JoinType::InnerJoin, chat::Relation::Contact.def())
        .select_only()
        .column(contact_alias::Column::ContactId)
        .columns([contact::Column::Phone, contact::Column::Lid])
        .columns([contact::Column::PushName, contact::Column::BusinessName])
        .column_as(chat::Column::Id, "chat_id")
        .column(chat::Column::Address)
        .into_model()
        .all(tx)
        .await?;
    let Some((first, others)) = rows.split_first() else { return Ok(None) };
    let is_complete = rows.len() == aliases.len()
        && others.iter().all(|row| row.contact_id == first.contact_id)
        && first.address == address
        && (first.phone.is_some() || peer.phone().is_none())
        && (first.lid.is_some() || peer.hidden().is_none());
    Ok(is_complete.then(|| KnownContact {
        contact: first.contact_id,
        chat: ChatId(first.chat_id),
        push_name: first.push_name.clone(),
        business_name: first.business_name.clone(),
    }))
}

#[derive(FromQueryResult)]
struct Row {
    contact_id: i64,
    phone: Option<String>,
    lid: Option<String>,
    push_name: Option<String>,
    business_name: Option<String>,
    chat_id: i64,
    address: String,
}

/// Returns the contact with these addresses, and creates it if there is none. Stores new addresses,
/// and merges contacts that share one. Returns `None` for a peer without any address.
pub(super) async fn resolve(
    writing: &mut Writing,
    connection: ConnectionId,
    peer: &Peer,
) -> Result<Option<i64>, Error> {
    let aliases = peer.aliases();
    if aliases.is_empty() {
        return Ok(None);
    }
    let mut contacts = contact_ids(&writing.tx, connection, &aliases).await?.into_iter();
    let contact = match contacts.next() {
        Some(contact) => {
            for other in contacts {
                merge::contacts(writing, connection, contact, other).await?;
            }
            contact
        }
        None => create(&writing.tx, connection).await?,
    };
    add_aliases(writing, connection, contact, peer, &aliases).await?;
    Ok(Some(contact))
}

/// Sets one of a contact's names and announces the change of its chat. A name without visible characters
/// is ignored. Returns true if it is another name.
pub(super) async fn rename(
    writing: &mut Writing,
    connection: ConnectionId,
    contact: i64,
    which: contact::Column,
    name: &str,
) -> Result<bool, Error> {
    let Some(name) = text::name(name) else { return Ok(false) };
    let changed = contact::Entity::update_many()
        .col_expr(which, Expr::val(&*name))
        .filter(contact::Column::Id.eq(contact))
        .filter(which.is_null().or(which.ne(&*name)))
        .exec(&writing.tx)
        .await?;
    let is_changed = changed.rows_affected > 0;
    if is_changed && let Some(chat) = chats::find::with_contact(&writing.tx, contact).await? {
        writing.announce(connection, Change::Chat(chat));
    }
    Ok(is_changed)
}

/// Announces the newest messages that a contact wrote in groups, where its name is part of each.
pub(super) async fn announce_in_groups(writing: &mut Writing, contact: i64) -> Result<(), Error> {
    let rows = message::head()
        .filter(message::Column::SenderId.eq(contact))
        .join(JoinType::InnerJoin, message::Relation::Chat.def())
        .filter(chat::Column::ContactId.is_null())
        .order_by_desc(message::Column::Id)
        .limit(RENAMED)
        .all(&writing.tx)
        .await?;
    for row in &rows {
        writing.message_changed(row);
    }
    Ok(())
}

/// Stores if the number has blocked a contact.
pub(super) async fn set_blocked(
    tx: &DatabaseTransaction,
    contact: i64,
    blocked: bool,
) -> Result<(), Error> {
    contact::Entity::update_many()
        .col_expr(contact::Column::Blocked, Expr::val(blocked))
        .filter(contact::Column::Id.eq(contact))
        .exec(tx)
        .await?;
    Ok(())
}

async fn create(tx: &DatabaseTransaction, connection: ConnectionId) -> Result<i64, Error> {
    let row = contact::ActiveModel { connection_id: Set(connection.0), ..Default::default() };
    Ok(contact::Entity::insert(row).exec(tx).await?.last_insert_id)
}

/// Adds the addresses of a peer to a contact, and its phone number and hidden identity if they were
/// unknown.
pub(super) async fn add_aliases(
    writing: &mut Writing,
    connection: ConnectionId,
    contact: i64,
    peer: &Peer,
    aliases: &BTreeSet<String>,
) -> Result<(), Error> {
    let tx = &writing.tx;
    let rows = contact_alias::Entity::find()
        .filter(contact_alias::Column::ContactId.eq(contact))
        .all(tx)
        .await?;
    let has: BTreeSet<&str> = rows.iter().map(|row| &*row.jid).collect();
    for jid in aliases.iter().filter(|jid| !has.contains(&***jid)) {
        let row = contact_alias::ActiveModel {
            connection_id: Set(connection.0),
            jid: Set(jid.clone()),
            contact_id: Set(contact),
        };
        contact_alias::Entity::insert(row).exec_without_returning(tx).await?;
    }
    let known = [(contact::Column::Phone, peer.phone()), (contact::Column::Lid, peer.hidden())];
    let mut is_changed = false;
    for (column, value) in known {
        // The first number is kept: otherwise its forms with and without the ninth digit would
        // alternate.
        let Some(value) = value else { continue };
        let changed = contact::Entity::update_many()
            .col_expr(column, Expr::val(value))
            .filter(contact::Column::Id.eq(contact))
            .filter(column.is_null())
            .exec(tx)
            .await?;
        is_changed |= changed.rows_affected > 0;
    }
    if is_changed && let Some(chat) = chats::find::with_contact(tx, contact).await? {
        writing.announce(connection, Change::Chat(chat));
    }
    Ok(())
}
