//! People: first set-up, login, and the administration of users.
//!
//! [`NewUser`] checks what a form or a command line says, [`password`] hashes, [`Accounts`] is what
//! web requests use, [`Operator`] what whoever runs the binary uses.

mod new_user;
mod operator;
mod password;
mod service;

use model::{User, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};

pub use new_user::NewUser;
pub use operator::Operator;
pub use service::Accounts;

use crate::{Error, codec, entity::user, write::Writing};

/// The user of a session; nobody, once they are deactivated.
pub(crate) async fn active_user(
    db: &impl ConnectionTrait,
    id: UserId,
) -> Result<Option<User>, Error> {
    let row = user::Entity::find_by_id(id.0).filter(user::Column::Active.eq(true)).one(db).await?;
    row.map(to_model).transpose()
}

/// Everybody who may come in, by name.
async fn active_users(db: &impl ConnectionTrait) -> Result<Vec<User>, Error> {
    let rows = user::Entity::find()
        .filter(user::Column::Active.eq(true))
        .order_by_asc(user::Column::Name)
        .order_by_asc(user::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(to_model).collect()
}

/// Adds a checked user whose password is hashed already (which takes too long to hold the turn).
async fn insert(writing: &Writing, new: &NewUser, password_hash: String) -> Result<User, Error> {
    let taken = user::Entity::find().filter(user::Column::Email.eq(&*new.email));
    if taken.one(&writing.tx).await?.is_some() {
        return Err(Error::EmailTaken);
    }
    let row = user::ActiveModel {
        name: Set(new.name.clone()),
        email: Set(new.email.clone()),
        password_hash: Set(password_hash),
        role: Set(new.role.as_str().to_owned()),
        active: Set(true),
        created_at: Set(codec::now()),
        ..Default::default()
    };
    let id = user::Entity::insert(row).exec(&writing.tx).await?.last_insert_id;
    Ok(User { id: UserId(id), name: new.name.clone(), email: new.email.clone(), role: new.role })
}

fn to_model(row: user::Model) -> Result<User, Error> {
    Ok(User {
        id: UserId(row.id),
        role: codec::read_role(&row.role)?,
        name: row.name,
        email: row.email,
    })
}
