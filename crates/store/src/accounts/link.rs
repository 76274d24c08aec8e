//! Links with which a person sets a password: invitations and resets.
//!
//! An administrator creates a link and hands it over through any channel they trust. It works once,
//! until it expires. A newer link, a password change or deactivation invalidates it.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use model::{AuditAction, LinkKind, LoginLink, Role, User, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    sea_query::Expr,
};

use super::{Accounts, Email, Newcomer, new_user, notice, password};
use crate::{
    ActorContext, Admin, Error, NewAuditEntry,
    access::users,
    audit, codec,
    entity::{login_link, user},
    secrets::{self, Secret},
    web_sessions,
    write::Writing,
};

const INVITATION_LIFETIME: TimeDelta = TimeDelta::hours(72);
const RESET_LIFETIME: TimeDelta = TimeDelta::hours(24);

fn lifetime(kind: LinkKind) -> TimeDelta {
    match kind {
        LinkKind::Invitation => INVITATION_LIFETIME,
        LinkKind::Reset => RESET_LIFETIME,
    }
}

impl Accounts {
    /// Adds a user without a password, and returns the token of their invitation, which works once,
    /// for 72 hours.
    ///
    /// # Errors
    /// [`Error::EmailTaken`], also if the address was invited before: then [`Self::make_link`]
    /// makes another invitation. [`Error::Invalid`].
    pub async fn invite(
        &self,
        admin: &Admin,
        name: &str,
        email: &str,
        role: Role,
    ) -> Result<(User, Secret), Error> {
        let (name, email) = (new_user::checked_name(name)?, Email::read(email)?.into());
        let writing = self.store().write().await?;
        let actor = admin.actor();
        let user = super::insert(&writing, &actor, Newcomer::Invited, name, email, role).await?;
        let token = replace(&writing, user.id, LinkKind::Invitation).await?;
        writing.commit().await?;
        Ok((user, token))
    }

    /// Makes a new link for a person and invalidates their older ones: another invitation if they
    /// have not used theirs, else a link to reset the password, which works once, for 24 hours.
    ///
    /// # Errors
    /// [`Error::NotFound`] for unknown and deactivated users.
    pub async fn make_link(
        &self,
        admin: &Admin,
        user: UserId,
    ) -> Result<(LinkKind, Secret), Error> {
        let writing = self.store().write().await?;
        let row = user::Entity::find_by_id(user.0).one(&writing.tx).await?;
        let (kind, action) = match row {
            Some(row) if row.active => (LinkKind::Reset, AuditAction::PasswordLinkCreated),
            Some(row) if row.invited => (LinkKind::Invitation, AuditAction::UserInvited),
            _ => return Err(Error::NotFound),
        };
        let token = replace(&writing, user, kind).await?;
        audit::record(&writing.tx, &admin.actor(), NewAuditEntry::new(action).subject(user))
            .await?;
        writing.commit().await?;
        Ok((kind, token))
    }

    /// Returns the person and kind of the link with this token.
    ///
    /// # Errors
    /// [`Error::InvalidLink`] if it is unknown, used, replaced or too old.
    pub async fn link(&self, token: &str) -> Result<LoginLink, Error> {
        find_valid(self.store().db(), &secrets::digest(token)).await
    }

    /// Sets the password of the token's person, which ends all their sessions, and activates an
    /// invited person. Of two concurrent uses, one succeeds.
    ///
    /// # Errors
    /// [`Error::InvalidLink`] as in [`Self::link`]; [`Error::Invalid`] if the password is not
    /// acceptable, which leaves the link valid.
    pub async fn use_link(
        &self,
        token: &str,
        new_password: &str,
        ip: Option<IpAddr>,
    ) -> Result<User, Error> {
        new_user::check_password(new_password)?;
        let token_hash = secrets::digest(token);
        // The link is checked before the hashing too, because anybody can call this and hashing is
        // expensive.
        find_valid(self.store().db(), &token_hash).await?;
        let hash = password::hash(new_password).await?;
        let mut writing = self.store().write().await?;
        let link = find_valid(&writing.tx, &token_hash).await?;
        user::Entity::update_many()
            .col_expr(user::Column::PasswordHash, Expr::val(hash))
            .col_expr(user::Column::Active, Expr::val(true))
            .col_expr(user::Column::Invited, Expr::val(false))
            .filter(user::Column::Id.eq(link.user.id.0))
            .exec(&writing.tx)
            .await?;
        end_all(&writing.tx, link.user.id).await?;
        web_sessions::end(&writing.tx, link.user.id, None).await?;
        let action = match link.kind {
            LinkKind::Invitation => AuditAction::InvitationUsed,
            LinkKind::Reset => AuditAction::PasswordReset,
        };
        if link.kind == LinkKind::Reset {
            notice::leave(&writing.tx, link.user.id).await?;
        }
        audit::record(
            &writing.tx,
            &ActorContext::user(link.user.id, ip),
            NewAuditEntry::new(action),
        )
        .await?;
        writing.access_changed(link.user.id);
        writing.commit().await?;
        Ok(link.user)
    }
}

/// Invalidates every link of a person.
pub(super) async fn end_all(tx: &impl ConnectionTrait, user: UserId) -> Result<(), Error> {
    let theirs = login_link::Column::UserId.eq(user.0);
    login_link::Entity::delete_many().filter(theirs).exec(tx).await?;
    Ok(())
}

/// Makes a link, and deletes the person's older links and all expired ones.
async fn replace(writing: &Writing, user: UserId, kind: LinkKind) -> Result<Secret, Error> {
    let now = Utc::now();
    end_all(&writing.tx, user).await?;
    login_link::Entity::delete_many()
        .filter(login_link::Column::ExpiresAt.lte(codec::micros(now)))
        .exec(&writing.tx)
        .await?;
    let token = hex::encode(secrets::random::<32>()?);
    let row = login_link::ActiveModel {
        token_hash: Set(secrets::digest(&token)),
        user_id: Set(user.0),
        kind: Set(codec::enum_text(kind)),
        expires_at: Set(codec::micros(now + lifetime(kind))),
    };
    login_link::Entity::insert(row).exec_without_returning(&writing.tx).await?;
    Ok(Secret::new(token))
}

async fn find_valid(db: &impl ConnectionTrait, token_hash: &str) -> Result<LoginLink, Error> {
    let now: DateTime<Utc> = Utc::now();
    let link = login_link::Entity::find_by_id(token_hash)
        .filter(login_link::Column::ExpiresAt.gt(codec::micros(now)))
        .one(db)
        .await?
        .ok_or(Error::InvalidLink)?;
    let user = user::Entity::find_by_id(link.user_id).one(db).await?.ok_or(Error::InvalidLink)?;
    Ok(LoginLink {
        user: users::to_model(user)?,
        kind: codec::read_enum("a kind of link", &link.kind)?,
        expires_at: codec::time(link.expires_at),
    })
}
