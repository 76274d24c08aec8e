//! A person's role, and their activation.

use std::collections::HashSet;

use model::{Account, AuditAction, Role, UserId, UserStatus};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, sea_query::Expr,
};

use super::{Accounts, link, second_factor};
use crate::{
    Admin, Error, NewAuditEntry, access::users, audit, codec, entity::user, messages::uploading,
    web_sessions,
};

impl Accounts {
    /// Returns all users, sorted by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn list(&self, _admin: &Admin) -> Result<Vec<Account>, Error> {
        let db = self.store().db();
        let with_totp = second_factor::users_with_totp(db).await?;
        let rows = user::Entity::find()
            .order_by_asc(user::Column::Name)
            .order_by_asc(user::Column::Id)
            .all(db)
            .await?;
        rows.into_iter().map(|row| to_account(row, &with_totp)).collect()
    }

    /// Changes a person's role, with effect on all their open pages.
    ///
    /// # Errors
    /// [`Error::LastAdmin`]; [`Error::NotFound`].
    pub async fn set_role(&self, admin: &Admin, id: UserId, role: Role) -> Result<(), Error> {
        let mut writing = self.store().write().await?;
        let row = user::Entity::find_by_id(id.0).one(&writing.tx).await?.ok_or(Error::NotFound)?;
        if row.role == role.as_str() {
            return Ok(());
        }
        keep_an_admin(&writing.tx, &row).await?;
        user::Entity::update_many()
            .col_expr(user::Column::Role, Expr::val(role.as_str()))
            .filter(user::Column::Id.eq(id.0))
            .exec(&writing.tx)
            .await?;
        let entry = NewAuditEntry::new(AuditAction::RoleChanged)
            .subject(id)
            .detail("from", row.role)
            .detail("to", role.as_str());
        audit::record(&writing.tx, &admin.actor(), entry).await?;
        uploading::fail_unwritable(&mut writing, uploading::of_user(id)).await?;
        writing.access_changed(id);
        writing.commit().await
    }

    /// Activates or deactivates a person. Deactivation ends their sessions and links in the same
    /// transaction. A person who never set a password becomes invited rather than active, and needs
    /// a new link.
    ///
    /// # Errors
    /// [`Error::LastAdmin`]; [`Error::NotFound`].
    pub async fn set_active(&self, admin: &Admin, id: UserId, active: bool) -> Result<(), Error> {
        let mut writing = self.store().write().await?;
        let row = user::Entity::find_by_id(id.0).one(&writing.tx).await?.ok_or(Error::NotFound)?;
        if active == (row.active || row.invited) {
            return Ok(());
        }
        let (action, may_enter) = if active {
            (AuditAction::UserReactivated, !row.password_hash.is_empty())
        } else {
            keep_an_admin(&writing.tx, &row).await?;
            link::end_all(&writing.tx, id).await?;
            web_sessions::end(&writing.tx, id, None).await?;
            (AuditAction::UserDeactivated, false)
        };
        user::Entity::update_many()
            .col_expr(user::Column::Active, Expr::val(may_enter))
            .col_expr(user::Column::Invited, Expr::val(active && !may_enter))
            .filter(user::Column::Id.eq(id.0))
            .exec(&writing.tx)
            .await?;
        audit::record(&writing.tx, &admin.actor(), NewAuditEntry::new(action).subject(id)).await?;
        uploading::fail_unwritable(&mut writing, uploading::of_user(id)).await?;
        writing.access_changed(id);
        writing.commit().await
    }
}

/// Returns an error if `leaving` is the last active administrator. Writers take turns, so of two
/// administrators who remove each other at once, the second is refused.
async fn keep_an_admin(tx: &impl ConnectionTrait, leaving: &user::Model) -> Result<(), Error> {
    if !leaving.active || leaving.role != Role::Admin.as_str() {
        return Ok(());
    }
    let others = user::Entity::find()
        .filter(user::Column::Active.eq(true))
        .filter(user::Column::Role.eq(Role::Admin.as_str()))
        .filter(user::Column::Id.ne(leaving.id))
        .count(tx)
        .await?;
    if others == 0 { Err(Error::LastAdmin) } else { Ok(()) }
}

fn to_account(row: user::Model, with_totp: &HashSet<i64>) -> Result<Account, Error> {
    let status = match (row.active, row.invited) {
        (true, _) => UserStatus::Active,
        (false, true) => UserStatus::Invited,
        (false, false) => UserStatus::Deactivated,
    };
    Ok(Account {
        status,
        created_at: codec::time(row.created_at),
        last_seen_at: row.last_seen_at.map(codec::time),
        totp: with_totp.contains(&row.id),
        user: users::to_model(row)?,
    })
}
