//! People: coming in, proving who one is, and the administration of users.
//!
//! * [`Accounts`] is what web requests use, [`Operator`] what whoever runs the binary uses.
//! * [`NewUser`] checks what a form or a command line says, [`password`] hashes.
//! * [`link`]: invitations and password resets. [`standing`]: role and activity.
//! * [`profile`]: what a person changes about themselves.
//! * [`Email`]: the one form of an address; [`stored_emails`] brings those of before into it.
//! * [`device`]: browsers that a person has logged in with before.
//! * [`notice`]: what others did to a person's account, for the person to read.
//! * [`second_factor`]: codes from a phone, made and checked by [`totp`]. [`session_user`]: what a
//!   session has to have proved.

mod device;
mod email;
mod link;
mod new_user;
mod notice;
mod operator;
mod password;
mod profile;
mod second_factor;
pub(crate) mod secret;
mod service;
mod session_user;
mod standing;
mod stored_emails;
mod totp;

use model::{AuditAction, Role, User, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};

pub(crate) use device::forget_all as forget_devices;
pub use device::{DeviceToken, Known};
pub use email::Email;
pub use new_user::NewUser;
pub use operator::Operator;
pub use password::Hashing;
pub use second_factor::SecondFactor;
pub use secret::Secret;
pub use service::Accounts;
pub use session_user::{FactorId, SessionUser};
pub(crate) use stored_emails::renew as renew_emails;
pub use totp::Enrolment;

use crate::{By, Entry, Error, Store, audit, codec, entity::user, write::Writing};

/// The user of a session; nobody, once they are deactivated.
pub(crate) async fn active_user(
    db: &impl ConnectionTrait,
    id: UserId,
) -> Result<Option<User>, Error> {
    active_row(db, id).await?.map(to_model).transpose()
}

async fn active_row(db: &impl ConnectionTrait, id: UserId) -> Result<Option<user::Model>, Error> {
    Ok(user::Entity::find_by_id(id.0).filter(user::Column::Active.eq(true)).one(db).await?)
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

/// Checks and adds a user who has a password already.
async fn create(store: &Store, by: By, new: NewUser) -> Result<User, Error> {
    let new = new.checked()?;
    // Before the turn is taken, which hashing would hold for too long.
    let hash = password::hash(&new.password).await?;
    let writing = store.write().await?;
    let user =
        insert(&writing, &by, Newcomer::Member(&hash), new.name, new.email, new.role).await?;
    writing.commit().await?;
    Ok(user)
}

/// How somebody is added.
enum Newcomer<'a> {
    /// With this password hash.
    Member(&'a str),
    /// To choose a password later.
    Invited,
}

/// Adds a user with a checked name and address, and writes down who did.
async fn insert(
    writing: &Writing,
    by: &By,
    newcomer: Newcomer<'_>,
    name: String,
    email: String,
    role: Role,
) -> Result<User, Error> {
    let taken = user::Entity::find().filter(user::Column::Email.eq(&*email));
    if taken.one(&writing.tx).await?.is_some() {
        return Err(Error::EmailTaken);
    }
    let (action, hash) = match newcomer {
        Newcomer::Member(hash) => (AuditAction::UserCreated, hash),
        Newcomer::Invited => (AuditAction::UserInvited, ""),
    };
    let invited = matches!(newcomer, Newcomer::Invited);
    let row = user::ActiveModel {
        name: Set(name.clone()),
        email: Set(email.clone()),
        password_hash: Set(hash.to_owned()),
        role: Set(role.as_str().to_owned()),
        active: Set(!invited),
        invited: Set(invited),
        created_at: Set(codec::now()),
        ..Default::default()
    };
    let id = UserId(user::Entity::insert(row).exec(&writing.tx).await?.last_insert_id);
    let entry = Entry::new(action).subject(id).detail("role", role.as_str());
    audit::record(&writing.tx, by, entry).await?;
    Ok(User { id, name, email, role })
}

fn to_model(row: user::Model) -> Result<User, Error> {
    Ok(User {
        id: UserId(row.id),
        role: codec::read_role(&row.role)?,
        name: text::line(&row.name),
        email: row.email,
    })
}
