//! Notices to a person about what others did to their account.
//!
//! An administrator who makes a reset link can use it and log in as that person. This cannot be
//! prevented where administrators restore access, so the person is notified, from the audit trail,
//! which nobody can change.

use chrono::{DateTime, Utc};
use model::{AccountReset, Actor, AuditAction, AuditEntry, ResetKind, UserId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};

use crate::{Error, Viewer, access::users::active_row, audit, codec, entity::user};

/// Maximum number of resets shown.
const SHOWN: u64 = 10;

impl Viewer {
    /// Returns when others set this person's password or removed their second factor, the newest
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
                    audit::last_done_before(db, AuditAction::PasswordLinkCreated, me, &entry)
                        .await?
                }
                false => None,
            };
            // A reset link that the person used was made by somebody else.
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

    /// Returns the newest of [`Self::account_resets`], until this person dismisses the notice.
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

    /// Dismisses the notice. The profile still shows the resets.
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

/// Adds a notice for a person, in the transaction of the change that it reports.
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
