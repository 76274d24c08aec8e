//! Two-factor login: turning it on and off, asking for a code, requiring it of a role.

use std::{collections::HashSet, net::IpAddr};

use chrono::Utc;
use model::{AuditAction, Role, TwoFactor, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QuerySelect as _, sea_query::Expr,
};

use super::{Accounts, Enrolment, Secret, profile, totp as codes};
use crate::{
    Admin, By, Entry, Error, Viewer, audit,
    entity::{recovery_code, totp},
    settings,
};

const RECOVERY_CODES: usize = 10;

/// What has to follow a right password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    /// Nothing.
    None,
    /// A code: [`Accounts::totp_check`].
    Required,
    /// Their role must have a second factor, and they have none: before anything else they turn it
    /// on.
    MustEnrol,
}

impl Accounts {
    /// What a person who gave the right password has to do next.
    ///
    /// # Errors
    /// [`Error::NotFound`] for unknown and deactivated users.
    pub async fn second_factor(&self, user: UserId) -> Result<SecondFactor, Error> {
        let db = self.store().db();
        let role = super::active_user(db, user).await?.ok_or(Error::NotFound)?.role;
        Ok(if confirmed(db, user).await?.is_some() {
            SecondFactor::Required
        } else if required(db, role).await? {
            SecondFactor::MustEnrol
        } else {
            SecondFactor::None
        })
    }

    /// Takes a code of a person's phone, or one of their recovery codes. Either works once. Trying
    /// has to be slowed down by the caller: a code has six digits.
    ///
    /// # Errors
    /// [`Error::WrongCode`], also for whoever has no second factor.
    pub async fn totp_check(
        &self,
        user: UserId,
        code: &str,
        ip: Option<IpAddr>,
    ) -> Result<(), Error> {
        let writing = self.store().write().await?;
        let tx = &writing.tx;
        super::active_user(tx, user).await?.ok_or(Error::WrongCode)?;
        let row = confirmed(tx, user).await?.ok_or(Error::WrongCode)?;
        if let Some(step) = codes::check(&row.secret, code, row.last_step, Utc::now())? {
            totp::Entity::update_many()
                .col_expr(totp::Column::LastStep, Expr::val(step))
                .filter(totp::Column::UserId.eq(user.0))
                .exec(tx)
                .await?;
            return writing.commit().await;
        }
        let digest = codes::recovery_digest(code).ok_or(Error::WrongCode)?;
        let used = recovery_code::Entity::delete_by_id((user.0, digest)).exec(tx).await?;
        if used.rows_affected == 0 {
            return Err(Error::WrongCode);
        }
        let entry = Entry::new(AuditAction::RecoveryCodeUsed).detail("left", left(tx, user).await?);
        audit::record(tx, &By::user(user, ip), entry).await?;
        writing.commit().await
    }

    /// Takes a person's second factor away, for whoever lost phone and recovery codes. Without one it
    /// does nothing.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn totp_reset(&self, admin: &Admin, user: UserId) -> Result<(), Error> {
        let writing = self.store().write().await?;
        remove(&writing.tx, &admin.by(), user).await?;
        writing.commit().await
    }

    /// Decides whether everybody of a role must have a second factor. Whoever has none turns it on
    /// at their next login.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn require_totp(
        &self,
        admin: &Admin,
        role: Role,
        require: bool,
    ) -> Result<(), Error> {
        let writing = self.store().write().await?;
        if required(&writing.tx, role).await? == require {
            return Ok(());
        }
        settings::set(&writing.tx, key(role), require.to_string()).await?;
        let entry = Entry::new(AuditAction::TotpRequiredChanged)
            .detail("role", role.as_str())
            .detail("required", require);
        audit::record(&writing.tx, &admin.by(), entry).await?;
        writing.commit().await
    }

    /// The roles that must have a second factor.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn totp_required(&self, _admin: &Admin) -> Result<Vec<Role>, Error> {
        let mut roles = Vec::new();
        for role in Role::ALL {
            if required(self.store().db(), role).await? {
                roles.push(role);
            }
        }
        Ok(roles)
    }
}

impl Viewer {
    /// One's own second factor, as the profile shows it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn two_factor(&self) -> Result<TwoFactor, Error> {
        let (db, me) = (self.store().db(), self.user());
        Ok(TwoFactor {
            enabled: confirmed(db, me.id).await?.is_some(),
            recovery_codes: left(db, me.id).await?,
            required: required(db, me.role).await?,
        })
    }

    /// Makes a secret to put into one's phone, in place of one that was not confirmed. Nothing is
    /// asked for at login until [`Self::totp_confirm`].
    ///
    /// # Errors
    /// [`Error::TotpEnabled`]; [`Error::NotFound`] once deactivated.
    pub async fn totp_begin(&self) -> Result<Enrolment, Error> {
        let me = self.user().id;
        let writing = self.store().write().await?;
        let user = super::active_user(&writing.tx, me).await?.ok_or(Error::NotFound)?;
        if confirmed(&writing.tx, me).await?.is_some() {
            return Err(Error::TotpEnabled);
        }
        let enrolment = codes::enrol(&user.email)?;
        totp::Entity::delete_by_id(me.0).exec(&writing.tx).await?;
        let row = totp::ActiveModel {
            user_id: Set(me.0),
            secret: Set(enrolment.secret.expose().to_owned()),
            confirmed: Set(false),
            last_step: Set(0),
        };
        totp::Entity::insert(row).exec_without_returning(&writing.tx).await?;
        writing.commit().await?;
        Ok(enrolment)
    }

    /// What was begun and not confirmed, to be shown again.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn totp_pending(&self) -> Result<Option<Enrolment>, Error> {
        let row = totp::Entity::find_by_id(self.user().id.0)
            .filter(totp::Column::Confirmed.eq(false))
            .one(self.store().db())
            .await?;
        row.map(|row| codes::shown_again(&row.secret, &self.user().email)).transpose()
    }

    /// Turns two-factor login on, the phone's first code being the proof that it works. Returns the
    /// recovery codes, which can never be shown again.
    ///
    /// # Errors
    /// [`Error::WrongCode`], also where nothing was begun; [`Error::TotpEnabled`].
    pub async fn totp_confirm(&self, code: &str) -> Result<Vec<Secret>, Error> {
        let me = self.user().id;
        let writing = self.store().write().await?;
        super::active_user(&writing.tx, me).await?.ok_or(Error::NotFound)?;
        let row = totp::Entity::find_by_id(me.0).one(&writing.tx).await?.ok_or(Error::WrongCode)?;
        if row.confirmed {
            return Err(Error::TotpEnabled);
        }
        let step = codes::check(&row.secret, code, row.last_step, Utc::now())?;
        let step = step.ok_or(Error::WrongCode)?;
        totp::Entity::update_many()
            .col_expr(totp::Column::Confirmed, Expr::val(true))
            .col_expr(totp::Column::LastStep, Expr::val(step))
            .filter(totp::Column::UserId.eq(me.0))
            .exec(&writing.tx)
            .await?;
        let made = (0..RECOVERY_CODES).map(|_| codes::recovery_code());
        let made = made.collect::<Result<Vec<_>, _>>()?;
        let rows =
            made.iter().filter_map(|code| codes::recovery_digest(code.expose())).map(|code_hash| {
                recovery_code::ActiveModel { user_id: Set(me.0), code_hash: Set(code_hash) }
            });
        recovery_code::Entity::insert_many(rows).exec_without_returning(&writing.tx).await?;
        let entry = Entry::new(AuditAction::TotpEnabled);
        audit::record(&writing.tx, &self.by(), entry).await?;
        writing.commit().await?;
        Ok(made)
    }

    /// Turns two-factor login off, the password being the proof. Where the role requires it, it is
    /// asked to be turned on again at the next login.
    ///
    /// # Errors
    /// [`Error::WrongPassword`].
    pub async fn totp_disable(&self, password: &str) -> Result<(), Error> {
        profile::prove(self.store(), self.user().id, password).await?;
        let writing = self.store().write().await?;
        remove(&writing.tx, &self.by(), self.user().id).await?;
        writing.commit().await
    }
}

/// Takes a person's second factor away, and writes it down if there was one.
pub(super) async fn remove(tx: &impl ConnectionTrait, by: &By, user: UserId) -> Result<(), Error> {
    let was_on = confirmed(tx, user).await?.is_some();
    totp::Entity::delete_by_id(user.0).exec(tx).await?;
    let theirs = recovery_code::Column::UserId.eq(user.0);
    recovery_code::Entity::delete_many().filter(theirs).exec(tx).await?;
    if was_on {
        audit::record(tx, by, Entry::new(AuditAction::TotpDisabled).subject(user)).await?;
    }
    Ok(())
}

/// Everybody who has a second factor.
pub(super) async fn everybody(db: &impl ConnectionTrait) -> Result<HashSet<i64>, Error> {
    let ids: Vec<i64> = totp::Entity::find()
        .filter(totp::Column::Confirmed.eq(true))
        .select_only()
        .column(totp::Column::UserId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().collect())
}

async fn confirmed(db: &impl ConnectionTrait, user: UserId) -> Result<Option<totp::Model>, Error> {
    let theirs = totp::Entity::find_by_id(user.0).filter(totp::Column::Confirmed.eq(true));
    Ok(theirs.one(db).await?)
}

async fn left(db: &impl ConnectionTrait, user: UserId) -> Result<u64, Error> {
    let theirs = recovery_code::Column::UserId.eq(user.0);
    Ok(recovery_code::Entity::find().filter(theirs).count(db).await?)
}

async fn required(db: &impl ConnectionTrait, role: Role) -> Result<bool, Error> {
    Ok(settings::get(db, &key(role)).await?.as_deref() == Some("true"))
}

fn key(role: Role) -> String {
    format!("totp_required:{}", role.as_str())
}
