//! Active users, read from their rows.

use model::{User, UserId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use crate::{Error, codec, entity::user};

/// Returns the user of a session; `None` after they were deactivated.
pub(crate) async fn active_user(
    db: &impl ConnectionTrait,
    id: UserId,
) -> Result<Option<User>, Error> {
    active_row(db, id).await?.map(to_model).transpose()
}

/// Returns their row.
pub(crate) async fn active_row(
    db: &impl ConnectionTrait,
    id: UserId,
) -> Result<Option<user::Model>, Error> {
    Ok(user::Entity::find_by_id(id.0).filter(user::Column::Active.eq(true)).one(db).await?)
}

/// Returns all active users, sorted by name.
pub(crate) async fn active_users(db: &impl ConnectionTrait) -> Result<Vec<User>, Error> {
    let rows = user::Entity::find()
        .filter(user::Column::Active.eq(true))
        .order_by_asc(user::Column::Name)
        .order_by_asc(user::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(to_model).collect()
}

/// Returns the user of a row, active or not.
pub(crate) fn to_model(row: user::Model) -> Result<User, Error> {
    Ok(User {
        id: UserId(row.id),
        role: codec::read_role(&row.role)?,
        name: text::line(&row.name),
        email: row.email,
    })
}
