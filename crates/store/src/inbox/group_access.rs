//! The people who may see and answer a group.
//!
//! A grant on a number includes all of its groups, or those alone that the person was given; a group may be
//! given to some people only. The owner and administrators have every group. The rule itself is in
//! `access::scope`.

use std::collections::BTreeSet;

use model::{
    AuditAction, ChatId, ConnectionId, GroupAccess, GroupAccessPage, GroupAccessPerson,
    GroupsGranted, UserId,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, RelationTrait as _,
    sea_query::{Expr, SelectStatement},
};

use crate::{
    AccessChanged, Admin, Error, Grant, Manage, NewAuditEntry, Store, audit, codec,
    entity::{chat, group_access, number_access, user},
    live::Change,
    messages::uploading,
};

impl Store {
    /// Returns the people who may see and answer a group, and those whom it can be given to.
    ///
    /// # Errors
    /// [`Error::NotFound`] unless it is a group of the grant's number that its user may read.
    pub async fn group_access(
        &self,
        grant: &Grant<Manage>,
        chat: ChatId,
    ) -> Result<GroupAccessPage, Error> {
        let row = of_grant(grant, chat).one(self.db()).await?.ok_or(Error::NotFound)?;
        let given: BTreeSet<i64> = group_access::Entity::find()
            .filter(group_access::Column::ChatId.eq(chat.0))
            .select_only()
            .column(group_access::Column::UserId)
            .into_tuple::<i64>()
            .all(self.db())
            .await?
            .into_iter()
            .collect();
        let people: Vec<(i64, String, String)> = number_access::Entity::find()
            .filter(number_access::Column::ConnectionId.eq(grant.connection().0))
            .join(JoinType::InnerJoin, number_access::Relation::User.def())
            .filter(user::Column::Active.eq(true))
            .order_by_asc(user::Column::Name)
            .order_by_asc(user::Column::Id)
            .select_only()
            .columns([user::Column::Id, user::Column::Name])
            .column(number_access::Column::Groups)
            .into_tuple()
            .all(self.db())
            .await?;
        let person = |(id, name, groups): (i64, String, String)| GroupAccessPerson {
            user: UserId(id),
            name: text::line(&name),
            groups: groups.parse().unwrap_or_default(),
            given: given.contains(&id),
        };
        let people = people.into_iter().map(person).collect();
        Ok(GroupAccessPage { chat, restricted: row.restricted, people })
    }

    /// Decides who may see and answer a group. The audit trail names everybody whom it was given to or taken
    /// from. Deactivated people, whom no page shows, keep what they have.
    ///
    /// # Errors
    /// [`Error::NotFound`] unless it is a group of the grant's number that its user may read, and for a
    /// person without a grant on the number. Nothing is changed then.
    pub async fn set_group_access(
        &self,
        grant: &Grant<Manage>,
        chat: ChatId,
        access: &GroupAccess,
    ) -> Result<(), Error> {
        let number = grant.connection();
        let mut writing = self.write().await?;
        let tx = &writing.tx;
        let row = of_grant(grant, chat).one(tx).await?.ok_or(Error::NotFound)?;
        let people: BTreeSet<i64> = access.people.iter().map(|user| user.0).collect();
        let people = active_of(tx, number, &people).await?;
        let before: BTreeSet<i64> = group_access::Entity::find()
            .filter(group_access::Column::ChatId.eq(chat.0))
            .filter(group_access::Column::UserId.in_subquery(active_users()))
            .select_only()
            .column(group_access::Column::UserId)
            .into_tuple::<i64>()
            .all(tx)
            .await?
            .into_iter()
            .collect();
        if before == people && row.restricted == access.restricted {
            return Ok(());
        }
        chat::Entity::update_many()
            .col_expr(chat::Column::Restricted, Expr::val(access.restricted))
            .filter(chat::Column::Id.eq(chat.0))
            .exec(tx)
            .await?;
        group_access::Entity::delete_many()
            .filter(group_access::Column::ChatId.eq(chat.0))
            .filter(group_access::Column::UserId.is_in(before.difference(&people).copied()))
            .exec(tx)
            .await?;
        let (given, taken) = (people.difference(&before), before.difference(&people));
        for user in given.clone() {
            let row = group_access::ActiveModel {
                chat_id: Set(chat.0),
                user_id: Set(*user),
                granted_by: Set(grant.user().0),
                created_at: Set(codec::now()),
            };
            group_access::Entity::insert(row).exec_without_returning(tx).await?;
        }
        let entry = NewAuditEntry::new(AuditAction::GroupAccessChanged)
            .connection(number)
            .detail("chat", chat);
        if row.restricted != access.restricted {
            let entry = entry.clone().detail("restricted", access.restricted);
            audit::record(tx, &grant.actor(), entry).await?;
        }
        for (user, is_given) in
            given.map(|user| (user, true)).chain(taken.map(|user| (user, false)))
        {
            let entry = entry.clone().subject(UserId(*user)).detail("given", is_given);
            audit::record(tx, &grant.actor(), entry).await?;
        }
        uploading::fail_unwritable(&mut writing, uploading::of_number(number)).await?;
        writing.announce(number, Change::Chat(chat));
        writing.access_changed(AccessChanged::Chats(number));
        writing.commit().await
    }

    /// Decides which groups the grant of a person on a number includes.
    ///
    /// # Errors
    /// [`Error::NotFound`] if they have no grant on the number.
    pub async fn set_granted_groups(
        &self,
        admin: &Admin,
        person: UserId,
        number: ConnectionId,
        groups: GroupsGranted,
    ) -> Result<(), Error> {
        let mut writing = self.write().await?;
        let tx = &writing.tx;
        let row = number_access::Entity::find_by_id((person.0, number.0)).one(tx).await?;
        if row.ok_or(Error::NotFound)?.groups == groups.as_str() {
            return Ok(());
        }
        number_access::Entity::update_many()
            .col_expr(number_access::Column::Groups, Expr::val(groups.as_str()))
            .filter(number_access::Column::UserId.eq(person.0))
            .filter(number_access::Column::ConnectionId.eq(number.0))
            .exec(tx)
            .await?;
        let entry = NewAuditEntry::new(AuditAction::GroupAccessChanged)
            .connection(number)
            .subject(person)
            .detail("groups", groups.as_str());
        audit::record(tx, &admin.actor(), entry).await?;
        uploading::fail_unwritable(&mut writing, uploading::of_user(person)).await?;
        writing.access_changed(person);
        writing.access_changed(AccessChanged::Chats(number));
        writing.commit().await
    }
}

/// Selects a group of the grant's number that its user may read.
fn of_grant(grant: &Grant<Manage>, chat: ChatId) -> sea_orm::Select<chat::Entity> {
    grant
        .scope()
        .chats()
        .filter(chat::Column::Id.eq(chat.0))
        .filter(chat::Column::ConnectionId.eq(grant.connection().0))
        .filter(chat::Column::ContactId.is_null())
}

/// Returns the active ones of these people, and refuses people without a grant on the number.
async fn active_of(
    tx: &DatabaseTransaction,
    number: ConnectionId,
    people: &BTreeSet<i64>,
) -> Result<BTreeSet<i64>, Error> {
    let granted: Vec<(i64, bool)> = number_access::Entity::find()
        .filter(number_access::Column::ConnectionId.eq(number.0))
        .filter(number_access::Column::UserId.is_in(people.iter().copied()))
        .join(JoinType::InnerJoin, number_access::Relation::User.def())
        .select_only()
        .columns([user::Column::Id, user::Column::Active])
        .into_tuple()
        .all(tx)
        .await?;
    if granted.len() != people.len() {
        return Err(Error::NotFound);
    }
    Ok(granted.into_iter().filter(|(_, active)| *active).map(|(id, _)| id).collect())
}

fn active_users() -> SelectStatement {
    user::Entity::find()
        .filter(user::Column::Active.eq(true))
        .select_only()
        .column(user::Column::Id)
        .into_query()
}
