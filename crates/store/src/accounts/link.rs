//! Links with which a person chooses a password: invitations and resets.
//!
//! An administrator makes one and hands it over in whatever way they trust. It works once and for a
//! while, and a newer one, another password or deactivation ends it.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use model::{AuditAction, LinkKind, LoginLink, Role, User, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    sea_query::Expr,
};

use super::{Accounts, Email, Newcomer, Secret, new_user, notice, password, secret};
use crate::{
    Admin, By, Entry, Error, audit, codec,
    entity::{login_link, user},
    web_sessions,
    write::Writing,
};

const INVITATION_LASTS: TimeDelta = TimeDelta::hours(72);
const RESET_LASTS: TimeDelta = TimeDelta::hours(24);

fn lasts(kind: LinkKind) -> TimeDelta {
    match kind {
        LinkKind::Invitation => INVITATION_LASTS,
        LinkKind::Reset => RESET_LASTS,
    }
}

impl Accounts {
    /// Adds a user who has yet to choose a password, and the token of their invitation: it works
    /// once, for 72 hours.
    ///
    /// # Errors
    /// [`Error::EmailTaken`], also when they were invited before: then [`Self::make_link`] makes
    /// another invitation. [`Error::Invalid`].
    pub async fn invite(
        &self,
        admin: &Admin,
        name: &str,
        email: &str,
        role: Role,
    ) -> Result<(User, Secret), Error> {
        let (name, email) = (new_user::checked_name(name)?, Email::read(email)?.into());
        let writing = self.store().write().await?;
        let by = admin.by();
        let user = super::insert(&writing, &by, Newcomer::Invited, name, email, role).await?;
        let token = replace(&writing, user.id, LinkKind::Invitation).await?;
        writing.commit().await?;
        Ok((user, token))
    }

    /// A new link for a person, in place of those they had: another invitation for somebody who has
    /// not used theirs, else one to choose another password, which works once, for 24 hours.
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
        audit::record(&writing.tx, &admin.by(), Entry::new(action).subject(user)).await?;
        writing.commit().await?;
        Ok((kind, token))
    }

    /// What a token that somebody came with is good for.
    ///
    /// # Errors
    /// [`Error::InvalidLink`] if it is unknown, used, replaced or too old.
    pub async fn link(&self, token: &str) -> Result<LoginLink, Error> {
        valid(self.store().db(), &secret::digest(token)).await
    }

    /// Sets the password of the token's person, which ends all their sessions, and lets an invited
    /// one in. Of two uses at once, one succeeds.
    ///
    /// # Errors
    /// [`Error::InvalidLink`] as in [`Self::link`]; [`Error::Invalid`] when the password is not
    /// acceptable, which leaves the link as it is.
    pub async fn use_link(
        &self,
        token: &str,
        new_password: &str,
        ip: Option<IpAddr>,
    ) -> Result<User, Error> {
        new_user::check_password(new_password)?;
        let token_hash = secret::digest(token);
        // Asked before as well: this is open to everybody, and hashing is dear.
        valid(self.store().db(), &token_hash).await?;
        let hash = password::hash(new_password).await?;
        let mut writing = self.store().write().await?;
        let link = valid(&writing.tx, &token_hash).await?;
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
        audit::record(&writing.tx, &By::user(link.user.id, ip), Entry::new(action)).await?;
        writing.access_changed(link.user.id);
        writing.commit().await?;
        Ok(link.user)
    }
}

/// Ends every link of a person.
pub(super) async fn end_all(tx: &impl ConnectionTrait, user: UserId) -> Result<(), Error> {
    let theirs = login_link::Column::UserId.eq(user.0);
    login_link::Entity::delete_many().filter(theirs).exec(tx).await?;
    Ok(())
}

/// Makes a link, and ends those that the person had and those that are too old.
async fn replace(writing: &Writing, user: UserId, kind: LinkKind) -> Result<Secret, Error> {
    let now = Utc::now();
    end_all(&writing.tx, user).await?;
    login_link::Entity::delete_many()
        .filter(login_link::Column::ExpiresAt.lte(codec::micros(now)))
        .exec(&writing.tx)
        .await?;
    let token = hex::encode(secret::random::<32>()?);
    let row = login_link::ActiveModel {
        token_hash: Set(secret::digest(&token)),
        user_id: Set(user.0),
        kind: Set(codec::word(kind)),
        expires_at: Set(codec::micros(now + lasts(kind))),
    };
    login_link::Entity::insert(row).exec_without_returning(&writing.tx).await?;
    Ok(Secret::new(token))
}

async fn valid(db: &impl ConnectionTrait, token_hash: &str) -> Result<LoginLink, Error> {
    let now: DateTime<Utc> = Utc::now();
    let link = login_link::Entity::find_by_id(token_hash)
        .filter(login_link::Column::ExpiresAt.gt(codec::micros(now)))
        .one(db)
        .await?
        .ok_or(Error::InvalidLink)?;
    let user = user::Entity::find_by_id(link.user_id).one(db).await?.ok_or(Error::InvalidLink)?;
    Ok(LoginLink {
        user: super::to_model(user)?,
        kind: codec::read_word("a kind of link", link.kind)?,
        expires_at: codec::time(link.expires_at),
    })
}
