//! Notices of what others did to a person's account, for the person to read.
//!
//! Whoever makes a link for another password can use it and become that person. It cannot be prevented
//! where administrators let people in again, so the person is told: out of the audit trail, which nobody
//! can change.

use chrono::{DateTime, Utc};
use model::{AccountReset, Actor, AuditAction, AuditEntry, ResetKind, UserId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};

use super::active_row;
use crate::{Error, Viewer, audit, codec, entity::user};

/// As many are shown.
const SHOWN: u64 = 10;

impl Viewer {
    /// When others gave this person another password or took their second factor away, the newest
    /// first, at most 10.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn account_resets(&self) -> Result<Vec<AccountReset>, Error> {
        let (db, me) = (self.store().db(), self.user().id);
        let mut resets = Vec::new();
        for entry in audit::by_or_to(db, AuditAction::PasswordReset, me, SHOWN).await? {
            let by_link = matches!(entry.actor, Actor::User { id, .. } if id == me);
            let link = match by_link {
                true => {
                    audit::last_before(db, AuditAction::PasswordLinkCreated, me, &entry).await?
                }
                false => None,
            };
            // A link that the person used is somebody else's doing.
            let (by, made_at) = match link {
                Some(link) => (link.actor, Some(link.at)),
                None => (entry.actor.clone(), None),
            };
            resets.push(reset(ResetKind::Password, by, made_at, &entry));
        }
        for entry in audit::done_to(db, AuditAction::TotpDisabled, me, SHOWN).await? {
            if !matches!(entry.actor, Actor::User { id, .. } if id == me) {
                resets.push(reset(ResetKind::SecondFactor, entry.actor.clone(), None, &entry));
            }
        }
        resets.sort_by_key(|reset| std::cmp::Reverse(reset.at));
        resets.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
        Ok(resets)
    }

    /// The newest of [`Self::account_resets`], until this person has said that they read it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn account_notice(&self) -> Result<Option<AccountReset>, Error> {
        let row = active_row(self.store().db(), self.user().id).await?;
        match row.and_then(|row| row.notice_at) {
            Some(_) => Ok(self.account_resets().await?.into_iter().next()),
            None => Ok(None),
        }
    }

    /// This person has read it. The profile goes on showing it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn dismiss_account_notice(&self) -> Result<(), Error> {
        let writing = self.store().write().await?;
        set(&writing.tx, self.user().id, None).await?;
        writing.commit().await
    }
}

fn reset(
    kind: ResetKind,
    by: Actor,
    made_at: Option<DateTime<Utc>>,
    entry: &AuditEntry,
) -> AccountReset {
    AccountReset { kind, by, made_at, at: entry.at, ip: entry.ip }
}

/// Leaves a notice for a person, within the transaction of what it is about.
pub(super) async fn leave(tx: &impl ConnectionTrait, user: UserId) -> Result<(), Error> {
    set(tx, user, Some(codec::now())).await
}

async fn set(tx: &impl ConnectionTrait, user: UserId, at: Option<i64>) -> Result<(), Error> {
    user::Entity::update_many()
        .col_expr(user::Column::NoticeAt, Expr::val(at))
        .filter(user::Column::Id.eq(user.0))
        .exec(tx)
        .await?;
    Ok(())
}
