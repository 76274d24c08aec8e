//! Granting a user access to numbers, and revoking it.
//!
//! Owners and admins may be granted access like anybody: it changes nothing while they have that
//! role, and remains if they lose it.

use model::{Access, AuditAction, ConnectionId, NumberGrant, UserId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, EntityTrait as _, FromQueryResult, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, RelationTrait as _, Select,
    sea_query::{Expr, OnConflict},
};

use crate::{
    Admin, Error, NewAuditEntry, Store, audit, codec,
    entity::{chat, connection, group_access, number_access, user},
    messages::uploading,
    write::Writing,
};

impl Store {
    /// Gives `to` this access to a number, and replaces an earlier grant.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such user or number.
    pub async fn grant_access(
        &self,
        admin: &Admin,
        to: UserId,
        on: ConnectionId,
        access: Access,
    ) -> Result<(), Error> {
        self.set_access(admin, to, &[(on, Some(access))]).await
    }

    /// Revokes the access granted to `from` on a number. Owners and admins keep their access;
    /// without a grant it does nothing.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn revoke_access(
        &self,
        admin: &Admin,
        from: UserId,
        on: ConnectionId,
    ) -> Result<(), Error> {
        self.set_access(admin, from, &[(on, None)]).await
    }

    /// Sets the grants of a user on several numbers, all of them or, on an error, none. `None`
    /// revokes. Numbers that are not listed stay unchanged, and so do grants that are already the
    /// same.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such user, or no such number to grant.
    pub async fn set_access(
        &self,
        admin: &Admin,
        user: UserId,
        numbers: &[(ConnectionId, Option<Access>)],
    ) -> Result<(), Error> {
        let mut writing = self.write().await?;
        for &(on, access) in numbers {
            match access {
                Some(access) => grant(&mut writing, admin, user, on, access).await?,
                None => revoke(&mut writing, admin, user, on).await?,
            }
        }
        uploading::fail_unwritable(&mut writing, uploading::of_user(user)).await?;
        writing.commit().await
    }

    /// Returns the grants on a number, sorted by the users' names.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn grants_on(
        &self,
        _admin: &Admin,
        connection: ConnectionId,
    ) -> Result<Vec<NumberGrant>, Error> {
        let on = number_access::Entity::find()
            .filter(number_access::Column::ConnectionId.eq(connection.0))
            .order_by_asc(user::Column::Name)
            .order_by_asc(number_access::Column::UserId);
        self.grants(on).await
    }

    /// Returns the grants of a user, sorted by the numbers' labels.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn grants_of(&self, _admin: &Admin, user: UserId) -> Result<Vec<NumberGrant>, Error> {
        let of = number_access::Entity::find()
            .filter(number_access::Column::UserId.eq(user.0))
            .order_by_asc(connection::Column::Label)
            .order_by_asc(number_access::Column::ConnectionId);
        self.grants(of).await
    }

    async fn grants(
        &self,
        select: Select<number_access::Entity>,
    ) -> Result<Vec<NumberGrant>, Error> {
        let rows: Vec<Row> = select
            .join(JoinType::InnerJoin, number_access::Relation::User.def())
            .join(JoinType::InnerJoin, number_access::Relation::Connection.def())
            .join_as(JoinType::InnerJoin, number_access::Relation::Granter.def(), "granter")
            .column_as(user::Column::Name, "user_name")
            .column_as(user::Column::Active, "user_active")
            .column_as(connection::Column::Label, "label")
            .expr_as(Expr::col(("granter", user::Column::Name)), "granter_name")
            .into_model()
            .all(self.db())
            .await?;
        Ok(rows.into_iter().map(Row::into_model).collect())
    }
}

async fn grant(
    writing: &mut Writing,
    admin: &Admin,
    to: UserId,
    on: ConnectionId,
    access: Access,
) -> Result<(), Error> {
    let tx = &writing.tx;
    let known = user::Entity::find_by_id(to.0).one(tx).await?.is_some()
        && connection::Entity::find_by_id(on.0).one(tx).await?.is_some();
    if !known {
        return Err(Error::NotFound);
    }
    let before = number_access::Entity::find_by_id((to.0, on.0)).one(tx).await?;
    if before.is_some_and(|row| Access::new(row.can_write, row.can_manage) == access) {
        return Ok(());
    }
    let row = number_access::ActiveModel {
        user_id: Set(to.0),
        connection_id: Set(on.0),
        can_read: Set(true),
        can_write: Set(access.writes()),
        can_manage: Set(access.manages()),
        granted_by: Set(admin.user().0),
        created_at: Set(codec::now()),
        // Another grant of the person keeps its groups.
        ..Default::default()
    };
    let replace =
        OnConflict::columns([number_access::Column::UserId, number_access::Column::ConnectionId])
            .update_columns([
                number_access::Column::CanRead,
                number_access::Column::CanWrite,
                number_access::Column::CanManage,
                number_access::Column::GrantedBy,
                number_access::Column::CreatedAt,
            ])
            .to_owned();
    number_access::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    let entry = NewAuditEntry::new(AuditAction::AccessGranted).connection(on).subject(to);
    audit::record(tx, &admin.actor(), entry.detail("access", access.as_str())).await?;
    writing.access_changed(to);
    Ok(())
}

async fn revoke(
    writing: &mut Writing,
    admin: &Admin,
    from: UserId,
    on: ConnectionId,
) -> Result<(), Error> {
    let tx = &writing.tx;
    let gone = number_access::Entity::delete_by_id((from.0, on.0)).exec(tx).await?;
    if gone.rows_affected > 0 {
        let groups = chat::Entity::find()
            .filter(chat::Column::ConnectionId.eq(on.0))
            .select_only()
            .column(chat::Column::Id)
            .into_query();
        group_access::Entity::delete_many()
            .filter(group_access::Column::UserId.eq(from.0))
            .filter(group_access::Column::ChatId.in_subquery(groups))
            .exec(tx)
            .await?;
        let entry = NewAuditEntry::new(AuditAction::AccessRevoked).connection(on).subject(from);
        audit::record(tx, &admin.actor(), entry).await?;
        writing.access_changed(from);
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Row {
    user_id: i64,
    user_name: String,
    user_active: bool,
    connection_id: i64,
    label: String,
    can_write: bool,
    can_manage: bool,
    groups: String,
    granter_name: String,
    created_at: i64,
}

impl Row {
    fn into_model(self) -> NumberGrant {
        NumberGrant {
            user: UserId(self.user_id),
            user_name: text::line(&self.user_name),
            user_active: self.user_active,
            connection: ConnectionId(self.connection_id),
            connection_label: text::line(&self.label),
            access: Access::new(self.can_write, self.can_manage),
            groups: self.groups.parse().unwrap_or_default(),
            granted_by: text::line(&self.granter_name),
            granted_at: codec::time(self.created_at),
        }
    }
}
