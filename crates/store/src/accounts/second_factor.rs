//! Two-factor login: enabling, disabling, checking codes, and requiring it of a role.

use std::{collections::HashSet, net::IpAddr};

use chrono::Utc;
use model::{AuditAction, Role, TwoFactor, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QuerySelect as _, sea_query::Expr,
};
use tower_sessions::session::Id;

use super::{Accounts, Enrolment, notice, profile, totp as codes};
use crate::{
    ActorContext, Admin, Error, NewAuditEntry, Viewer,
    access::users,
    audit, codec,
    entity::{recovery_code, totp, user},
    secrets::{Secret, TOTP_SECRET},
    settings, web_sessions,
    write::Writing,
};

const RECOVERY_CODES: usize = 10;

/// The step that follows a right password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    /// No further step.
    None,
    /// A code is required: [`Accounts::totp_check`].
    Required,
    /// The person's role requires a second factor and they have none: they enable it before
    /// anything else.
    MustEnrol,
}

impl Accounts {
    /// Accepts a code from a person's phone, or one of their recovery codes. Each works once. The
    /// caller has to rate-limit attempts: a code has six digits.
    ///
    /// # Errors
    /// [`Error::WrongCode`], also for a person without a second factor.
    pub async fn totp_check(
        &self,
        user: UserId,
        code: &str,
        ip: Option<IpAddr>,
    ) -> Result<(), Error> {
        let writing = self.store().write().await?;
        users::active_user(&writing.tx, user).await?.ok_or(Error::WrongCode)?;
        use_code(&writing, &ActorContext::user(user, ip), user, code).await?;
        writing.commit().await
    }

    /// Removes the second factor of a person who lost phone and recovery codes, and ends their
    /// sessions. Without a second factor it does nothing.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for the administrator's own: that takes password and code
    /// ([`Viewer::totp_disable`]).
    pub async fn totp_reset(&self, admin: &Admin, user: UserId) -> Result<(), Error> {
        if admin.user() == user {
            return Err(Error::Forbidden);
        }
        let mut writing = self.store().write().await?;
        take_away(&mut writing, &admin.actor(), user).await?;
        writing.commit().await
    }

    /// Sets if all users of a role must have a second factor. Users without one are asked to enable
    /// it at once, in every session they have.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn require_totp(
        &self,
        admin: &Admin,
        role: Role,
        require: bool,
    ) -> Result<(), Error> {
        let mut writing = self.store().write().await?;
        if required(&writing.tx, role).await? == require {
            return Ok(());
        }
        settings::set(&writing.tx, key(role), require.to_string()).await?;
        if require {
            let theirs = user::Column::Role.eq(role.as_str());
            for row in user::Entity::find().filter(theirs).all(&writing.tx).await? {
                writing.access_changed(UserId(row.id));
            }
        }
        let entry = NewAuditEntry::new(AuditAction::TotpRequiredChanged)
            .detail("role", role.as_str())
            .detail("required", require);
        audit::record(&writing.tx, &admin.actor(), entry).await?;
        writing.commit().await
    }

    /// Returns the roles that must have a second factor.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn totp_required(&self, _admin: &Admin) -> Result<Vec<Role>, Error> {
        let mut roles = Vec::new();
        for &role in Role::ALL {
            if required(self.store().db(), role).await? {
                roles.push(role);
            }
        }
        Ok(roles)
    }
}

impl Viewer {
    /// Returns the state of the person's own second factor, as the profile shows it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn two_factor(&self) -> Result<TwoFactor, Error> {
        let (db, me) = (self.store().db(), self.user());
        Ok(TwoFactor {
            enabled: confirmed(db, me.id).await?.is_some(),
            recovery_codes: recovery_codes_left(db, me.id).await?,
            required: required(db, me.role).await?,
        })
    }

    /// Makes a secret for the person's phone, and replaces one that was not confirmed. Login does
    /// not ask for a code until [`Self::totp_confirm`].
    ///
    /// # Errors
    /// [`Error::TotpEnabled`]; [`Error::NotFound`] once deactivated.
    pub async fn totp_begin(&self) -> Result<Enrolment, Error> {
        let me = self.user().id;
        let writing = self.store().write().await?;
        let user = users::active_user(&writing.tx, me).await?.ok_or(Error::NotFound)?;
        if confirmed(&writing.tx, me).await?.is_some() {
            return Err(Error::TotpEnabled);
        }
        let enrolment = codes::enrol(&user.email)?;
        totp::Entity::delete_by_id(me.0).exec(&writing.tx).await?;
        let encrypted =
            self.store().secrets()?.encrypt(&TOTP_SECRET, me.0, enrolment.secret.expose())?;
        let row = totp::ActiveModel {
            user_id: Set(me.0),
            secret: Set(encrypted),
            confirmed: Set(false),
            last_step: Set(0),
            confirmed_at: Set(0),
        };
        totp::Entity::insert(row).exec_without_returning(&writing.tx).await?;
        writing.commit().await?;
        Ok(enrolment)
    }

    /// Returns an enrolment that was begun and not confirmed, to be shown again.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn totp_pending(&self) -> Result<Option<Enrolment>, Error> {
        let row = totp::Entity::find_by_id(self.user().id.0)
            .filter(totp::Column::Confirmed.eq(false))
            .one(self.store().db())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let secret = self.store().secrets()?.decrypt(&TOTP_SECRET, row.user_id, &row.secret)?;
        codes::resume_enrolment(secret.expose(), &self.user().email).map(Some)
    }

    /// Enables two-factor login for a person who has just given their password, with the phone's
    /// first code as proof that it works, and ends all their sessions. Returns the recovery codes,
    /// which can never be shown again.
    ///
    /// # Errors
    /// [`Error::WrongCode`], also if no enrolment was begun; [`Error::TotpEnabled`].
    pub async fn totp_confirm(&self, code: &str) -> Result<Vec<Secret>, Error> {
        let mut writing = self.store().write().await?;
        let made = self.confirm(&writing, code).await?;
        end_sessions(&mut writing, self.user().id, None).await?;
        writing.commit().await?;
        Ok(made)
    }

    /// Enables two-factor login for a person who is logged in, with the password as a further
    /// proof, and ends every session but `current`. Returns the recovery codes as
    /// [`Self::totp_confirm`] does.
    ///
    /// # Errors
    /// As [`Self::totp_confirm`]; [`Error::WrongPassword`].
    pub async fn totp_enable(
        &self,
        password: &str,
        code: &str,
        current: Option<&Id>,
    ) -> Result<Vec<Secret>, Error> {
        let me = self.user().id;
        let proven = profile::prove(self.store(), me, password).await?;
        let mut writing = self.store().write().await?;
        profile::still_proven(&writing.tx, me, &proven).await?;
        let made = self.confirm(&writing, code).await?;
        end_sessions(&mut writing, me, current).await?;
        writing.commit().await?;
        Ok(made)
    }

    async fn confirm(&self, writing: &Writing, code: &str) -> Result<Vec<Secret>, Error> {
        let me = self.user().id;
        users::active_user(&writing.tx, me).await?.ok_or(Error::NotFound)?;
        let row = totp::Entity::find_by_id(me.0).one(&writing.tx).await?.ok_or(Error::WrongCode)?;
        if row.confirmed {
            return Err(Error::TotpEnabled);
        }
        let secret = self.store().secrets()?.decrypt(&TOTP_SECRET, me.0, &row.secret)?;
        let step = codes::check(secret.expose(), code, row.last_step, Utc::now())?;
        let step = step.ok_or(Error::WrongCode)?;
        totp::Entity::update_many()
            .col_expr(totp::Column::Confirmed, Expr::val(true))
            .col_expr(totp::Column::ConfirmedAt, Expr::val(codec::now()))
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
        let entry = NewAuditEntry::new(AuditAction::TotpEnabled);
        audit::record(&writing.tx, &self.actor(), entry).await?;
        Ok(made)
    }

    /// Disables two-factor login, with password and code as proofs, and ends every session but
    /// `current`. If the role requires it, the person is asked to enable it again at once. Returns
    /// true if it was enabled; the code is checked only then.
    ///
    /// # Errors
    /// [`Error::WrongPassword`]; [`Error::WrongCode`].
    pub async fn totp_disable(
        &self,
        password: &str,
        code: &str,
        current: Option<&Id>,
    ) -> Result<bool, Error> {
        let me = self.user().id;
        let proven = profile::prove(self.store(), me, password).await?;
        let mut writing = self.store().write().await?;
        profile::still_proven(&writing.tx, me, &proven).await?;
        let was_on = confirmed(&writing.tx, me).await?.is_some();
        if was_on {
            use_code(&writing, &self.actor(), me, code).await?;
            end_sessions(&mut writing, me, current).await?;
        }
        remove(&writing.tx, &self.actor(), me).await?;
        writing.commit().await?;
        Ok(was_on)
    }
}

/// Consumes a code from a person's phone, or one of their recovery codes.
async fn use_code(
    writing: &Writing,
    actor: &ActorContext,
    user: UserId,
    code: &str,
) -> Result<(), Error> {
    let tx = &writing.tx;
    let row = confirmed(tx, user).await?.ok_or(Error::WrongCode)?;
    let secret = writing.store().secrets()?.decrypt(&TOTP_SECRET, user.0, &row.secret)?;
    if let Some(step) = codes::check(secret.expose(), code, row.last_step, Utc::now())? {
        totp::Entity::update_many()
            .col_expr(totp::Column::LastStep, Expr::val(step))
            .filter(totp::Column::UserId.eq(user.0))
            .exec(tx)
            .await?;
        return Ok(());
    }
    let digest = codes::recovery_digest(code).ok_or(Error::WrongCode)?;
    let used = recovery_code::Entity::delete_by_id((user.0, digest)).exec(tx).await?;
    if used.rows_affected == 0 {
        return Err(Error::WrongCode);
    }
    let entry = NewAuditEntry::new(AuditAction::RecoveryCodeUsed)
        .detail("left", recovery_codes_left(tx, user).await?);
    audit::record(tx, actor, entry).await
}

/// Removes a person's second factor on behalf of somebody else, and ends their sessions if there
/// was one.
pub(super) async fn take_away(
    writing: &mut Writing,
    actor: &ActorContext,
    user: UserId,
) -> Result<(), Error> {
    if remove(&writing.tx, actor, user).await? {
        end_sessions(writing, user, None).await?;
    }
    Ok(())
}

/// Ends a person's sessions but one, and the event streams of those that end.
async fn end_sessions(
    writing: &mut Writing,
    user: UserId,
    except: Option<&Id>,
) -> Result<(), Error> {
    web_sessions::end(&writing.tx, user, except).await?;
    writing.access_changed(user);
    Ok(())
}

/// Removes a person's second factor, and records it if there was one.
async fn remove(
    tx: &impl ConnectionTrait,
    actor: &ActorContext,
    user: UserId,
) -> Result<bool, Error> {
    let was_on = confirmed(tx, user).await?.is_some();
    totp::Entity::delete_by_id(user.0).exec(tx).await?;
    let theirs = recovery_code::Column::UserId.eq(user.0);
    recovery_code::Entity::delete_many().filter(theirs).exec(tx).await?;
    if was_on {
        if !actor.is_user(user) {
            notice::leave(tx, user).await?;
        }
        audit::record(tx, actor, NewAuditEntry::new(AuditAction::TotpDisabled).subject(user))
            .await?;
    }
    Ok(was_on)
}

/// Returns the ids of all users with a second factor.
pub(super) async fn users_with_totp(db: &impl ConnectionTrait) -> Result<HashSet<i64>, Error> {
    let ids: Vec<i64> = totp::Entity::find()
        .filter(totp::Column::Confirmed.eq(true))
        .select_only()
        .column(totp::Column::UserId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().collect())
}

pub(super) async fn confirmed(
    db: &impl ConnectionTrait,
    user: UserId,
) -> Result<Option<totp::Model>, Error> {
    let theirs = totp::Entity::find_by_id(user.0).filter(totp::Column::Confirmed.eq(true));
    Ok(theirs.one(db).await?)
}

async fn recovery_codes_left(db: &impl ConnectionTrait, user: UserId) -> Result<u64, Error> {
    let theirs = recovery_code::Column::UserId.eq(user.0);
    Ok(recovery_code::Entity::find().filter(theirs).count(db).await?)
}

pub(super) async fn required(db: &impl ConnectionTrait, role: Role) -> Result<bool, Error> {
    Ok(settings::get(db, &key(role)).await?.as_deref() == Some("true"))
}

fn key(role: Role) -> String {
    format!("totp_required:{}", role.as_str())
}
