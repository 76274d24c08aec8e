//! Finds the chat with a contact, or a group.

use model::{ChatId, ConnectionId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _,
    QueryFilter as _, QuerySelect as _, sea_query::Expr,
};

use crate::{Error, codec, entity::chat, groups::group_rows};

/// Returns the chat with a contact, if there is one.
pub(crate) async fn with_contact(
    db: &impl ConnectionTrait,
    contact: i64,
) -> Result<Option<ChatId>, Error> {
    let row = chat::Entity::find().filter(chat::Column::ContactId.eq(contact)).one(db).await?;
    Ok(row.map(|row| ChatId(row.id)))
}

/// Returns the chat of a group, if there is one.
pub(crate) async fn of_group(
    db: &impl ConnectionTrait,
    connection: ConnectionId,
    group: &str,
) -> Result<Option<ChatId>, Error> {
    let chat: Option<i64> = chat::Entity::find()
        .filter(chat::Column::ConnectionId.eq(connection.0))
        .filter(chat::Column::Jid.eq(codec::storable(group)))
        .select_only()
        .column(chat::Column::Id)
        .into_tuple()
        .one(db)
        .await?;
    Ok(chat.map(ChatId))
}

/// Returns the chat with a contact, or the group at an address, and creates it if there is none.
/// Stores the address as the newest of the chat.
pub(crate) async fn or_create(
    tx: &DatabaseTransaction,
    connection: ConnectionId,
    jid: &str,
    contact: Option<i64>,
) -> Result<ChatId, Error> {
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
    let chat = ChatId(chat::Entity::insert(row).exec(tx).await?.last_insert_id);
    if contact.is_none() {
        group_rows::insert(tx, connection, chat).await?;
    }
    Ok(chat)
}
