//! Users: logins, second factors, and the administration of users.
//!
//! * [`Accounts`] serves web requests, [`Operator`] the command line of the binary.
//! * [`NewUser`] validates the input of a form or a command line, [`password`] hashes.
//! * [`link`]: invitations and password resets. [`user_status`]: role and activity.
//! * [`profile`]: a person's changes to their own account.
//! * [`Email`]: the one form of an address; [`stored_emails`] converts older rows to it.
//! * [`device`]: browsers that a person has logged in with before.
//! * [`notice`]: notices to a person about what others did to their account.
//! * [`second_factor`]: codes from a phone, made and checked by [`totp`]. [`session_user`]: the
//!   second factor that a session must have proved.

mod device;
mod email;
mod link;
mod new_user;
mod notice;
mod operator;
mod password;
mod profile;
mod second_factor;
mod service;
mod session_user;
mod stored_emails;
mod totp;
mod user_status;

use model::{AuditAction, Role, User, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

pub use device::{DeviceToken, LoginOrigin};
pub use email::Email;
pub use new_user::NewUser;
pub use operator::Operator;
pub use password::Hashing;
pub use second_factor::SecondFactor;
pub use service::Accounts;
pub use session_user::{FactorId, SessionUser};
pub use totp::Enrolment;

use crate::{
    ActorContext, Error, NewAuditEntry, Store, audit, codec, entity::user, write::Writing,
};

/// Validates and adds a user who has a password already.
async fn create(store: &Store, actor: ActorContext, new: NewUser) -> Result<User, Error> {
    let new = new.checked()?;
    // The hash is computed before the write lock is taken, which hashing would hold for too long.
    let hash = password::hash(&new.password).await?;
    let writing = store.write().await?;
    let user =
        insert(&writing, &actor, Newcomer::Member(&hash), new.name, new.email, new.role).await?;
    writing.commit().await?;
    Ok(user)
}

/// The state in which a user is added.
enum Newcomer<'a> {
    /// Active, with this password hash.
    Member(&'a str),
    /// Without a password, which the person sets later through a link.
    Invited,
}

/// Adds a user with a validated name and address, and records it in the audit trail.
async fn insert(
    writing: &Writing,
    actor: &ActorContext,
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
    let entry = NewAuditEntry::new(action).subject(id).detail("role", role.as_str());
    audit::record(&writing.tx, actor, entry).await?;
    Ok(User { id, name, email, role })
}
