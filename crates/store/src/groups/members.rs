//! The members of a group other than the number itself.

use model::{ChatId, MemberRole, bounds};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _,
    sea_query::{Expr, OnConflict},
};

use crate::{
    Error,
    entity::{chat_group, contact, contact_alias, group_member},
};

/// A member as WhatsApp names them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewMember {
    pub(crate) contact: i64,
    pub(crate) role: MemberRole,
    /// The time at which they were seen to join, if they were no member before.
    pub(crate) since: Option<i64>,
    /// The time of the word about them.
    pub(crate) at: i64,
}

/// Stores a member of a group that has room for one more, unless a later word about them is known. The time
/// at which they joined stays.
pub(crate) async fn upsert(
    tx: &DatabaseTransaction,
    chat: ChatId,
    new: NewMember,
) -> Result<(), Error> {
    let known = group_member::Entity::find_by_id((chat.0, new.contact)).one(tx).await?;
    if known.is_none() && count(tx, chat).await? >= bounds::MEMBERS as u64 {
        return Ok(());
    }
    store(tx, chat, new, known).await
}

/// Does the same for a member of a list of at most [`bounds::MEMBERS`], whose caller removes those who are not
/// in it afterwards.
pub(crate) async fn replace(
    tx: &DatabaseTransaction,
    chat: ChatId,
    new: NewMember,
) -> Result<(), Error> {
    let known = group_member::Entity::find_by_id((chat.0, new.contact)).one(tx).await?;
    store(tx, chat, new, known).await
}

async fn store(
    tx: &DatabaseTransaction,
    chat: ChatId,
    new: NewMember,
    known: Option<group_member::Model>,
) -> Result<(), Error> {
    if known.as_ref().is_some_and(|row| row.noted_at > new.at) {
        return Ok(());
    }
    let row = group_member::ActiveModel {
        chat_id: Set(chat.0),
        contact_id: Set(new.contact),
        role: Set(new.role.as_str().to_owned()),
        since: Set(known.map_or(new.since, |row| row.since)),
        noted_at: Set(new.at),
    };
    let newer =
        OnConflict::columns([group_member::Column::ChatId, group_member::Column::ContactId])
            .update_columns([
                group_member::Column::Role,
                group_member::Column::Since,
                group_member::Column::NotedAt,
            ])
            .to_owned();
    group_member::Entity::insert(row).on_conflict(newer).exec_without_returning(tx).await?;
    Ok(())
}

/// Sets the role of a member. One who is not known is not stored: the next list of members has them.
pub(crate) async fn set_role(
    tx: &DatabaseTransaction,
    chat: ChatId,
    contact: i64,
    role: MemberRole,
    at: i64,
) -> Result<(), Error> {
    group_member::Entity::update_many()
        .col_expr(group_member::Column::Role, Expr::val(role.as_str()))
        .col_expr(group_member::Column::NotedAt, Expr::val(at))
        .filter(group_member::Column::ChatId.eq(chat.0))
        .filter(group_member::Column::ContactId.eq(contact))
        .exec(tx)
        .await?;
    Ok(())
}

pub(crate) async fn remove(
    tx: &DatabaseTransaction,
    chat: ChatId,
    contact: i64,
) -> Result<(), Error> {
    group_member::Entity::delete_by_id((chat.0, contact)).exec(tx).await?;
    Ok(())
}

/// Removes the members of whom there was no word since a time: a list that was requested then does not
/// have them.
pub(crate) async fn remove_before(
    tx: &DatabaseTransaction,
    chat: ChatId,
    at: i64,
) -> Result<(), Error> {
    group_member::Entity::delete_many()
        .filter(group_member::Column::ChatId.eq(chat.0))
        .filter(group_member::Column::NotedAt.lt(at))
        .exec(tx)
        .await?;
    Ok(())
}

/// Counts the members other than the number itself.
pub(crate) async fn count(db: &impl ConnectionTrait, chat: ChatId) -> Result<u64, Error> {
    Ok(group_member::Entity::find()
        .filter(group_member::Column::ChatId.eq(chat.0))
        .count(db)
        .await?)
}

/// Stores the count of the members of a group in which the number is.
pub(crate) async fn refresh_size(tx: &DatabaseTransaction, chat: ChatId) -> Result<(), Error> {
    let size = i64::try_from(count(tx, chat).await?).unwrap_or(0).saturating_add(1);
    chat_group::Entity::update_many()
        .col_expr(chat_group::Column::Size, Expr::val(size))
        .filter(chat_group::Column::ChatId.eq(chat.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Makes `kept` the member that `gone` is, unless it is one already.
pub(crate) async fn reassign(tx: &DatabaseTransaction, gone: i64, kept: i64) -> Result<(), Error> {
    let rows = group_member::Entity::find()
        .filter(group_member::Column::ContactId.eq(gone))
        .all(tx)
        .await?;
    for row in rows {
        let chat = ChatId(row.chat_id);
        remove(tx, chat, gone).await?;
        if group_member::Entity::find_by_id((chat.0, kept)).one(tx).await?.is_none() {
            let role = row.role.parse().unwrap_or_default();
            let (since, at) = (row.since, row.noted_at);
            upsert(tx, chat, NewMember { contact: kept, role, since, at }).await?;
        } else {
            refresh_size(tx, chat).await?;
        }
    }
    Ok(())
}

/// Returns the address of a contact by which a group names them; `None` if they have none.
pub(crate) async fn address(
    db: &impl ConnectionTrait,
    contact: i64,
    by_lid: bool,
) -> Result<Option<String>, Error> {
    let Some(row) = contact::Entity::find_by_id(contact).one(db).await? else { return Ok(None) };
    let lid = row.lid.map(|lid| format!("{lid}@lid"));
    let pn = row.phone.map(|phone| format!("{phone}@s.whatsapp.net"));
    let known = if by_lid { lid.or(pn) } else { pn.or(lid) };
    if known.is_some() {
        return Ok(known);
    }
    let alias = contact_alias::Entity::find()
        .filter(contact_alias::Column::ContactId.eq(contact))
        .one(db)
        .await?;
    Ok(alias.map(|alias| alias.jid))
}
