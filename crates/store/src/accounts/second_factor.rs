//! Two-factor login: turning it on and off, asking for a code, requiring it of a role.

use std::{collections::HashSet, net::IpAddr};

use chrono::Utc;
use model::{AuditAction, Role, TwoFactor, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QuerySelect as _, sea_query::Expr,
};
use tower_sessions::session::Id;

use super::{Accounts, Enrolment, Secret, notice, profile, totp as codes};
use crate::{
    Admin, By, Entry, Error, Viewer, audit, codec,
    entity::{recovery_code, totp, user},
    secrets::TOTP_SECRET,
    settings, web_sessions,
    write::Writing,
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
        super::active_user(&writing.tx, user).await?.ok_or(Error::WrongCode)?;
        use_code(&writing, &By::user(user, ip), user, code).await?;
        writing.commit().await
    }

    /// Takes a person's second factor away, for whoever lost phone and recovery codes, and ends their
    /// sessions. Without one it does nothing.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for one's own: that takes password and code ([`Viewer::totp_disable`]).
    pub async fn totp_reset(&self, admin: &Admin, user: UserId) -> Result<(), Error> {
        if admin.user() == user {
            return Err(Error::Forbidden);
        }
        let mut writing = self.store().write().await?;
        take_away(&mut writing, &admin.by(), user).await?;
        writing.commit().await
    }

    /// Decides whether everybody of a role must have a second factor. Whoever has none is asked to
    /// turn it on at once, in every session they have.
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
        let sealed = self.store().secrets()?.seal(&TOTP_SECRET, me.0, enrolment.secret.expose())?;
        let row = totp::ActiveModel {
            user_id: Set(me.0),
            secret: Set(sealed),
            confirmed: Set(false),
            last_step: Set(0),
            confirmed_at: Set(0),
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
        let Some(row) = row else { return Ok(None) };
        let secret = self.store().secrets()?.open(&TOTP_SECRET, row.user_id, &row.secret)?;
        codes::shown_again(secret.expose(), &self.user().email).map(Some)
    }

    /// Turns two-factor login on for who has just given their password, the phone's first code being
    /// the proof that it works, and ends every session there is. Returns the recovery codes, which can
    /// never be shown again.
    ///
    /// # Errors
    /// [`Error::WrongCode`], also where nothing was begun; [`Error::TotpEnabled`].
    pub async fn totp_confirm(&self, code: &str) -> Result<Vec<Secret>, Error> {
        let mut writing = self.store().write().await?;
        let made = self.confirm(&writing, code).await?;
        end_sessions(&mut writing, self.user().id, None).await?;
        writing.commit().await?;
        Ok(made)
    }

    /// Turns two-factor login on for who is logged in, the password being a proof as well, and ends every
    /// session but `current`. Returns the recovery codes as [`Self::totp_confirm`] does.
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
        super::active_user(&writing.tx, me).await?.ok_or(Error::NotFound)?;
        let row = totp::Entity::find_by_id(me.0).one(&writing.tx).await?.ok_or(Error::WrongCode)?;
        if row.confirmed {
            return Err(Error::TotpEnabled);
        }
        let secret = self.store().secrets()?.open(&TOTP_SECRET, me.0, &row.secret)?;
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
        let entry = Entry::new(AuditAction::TotpEnabled);
        audit::record(&writing.tx, &self.by(), entry).await?;
        Ok(made)
    }

    /// Turns two-factor login off, password and code being the proofs, and ends every session but
    /// `current`. Where the role requires it, it is asked to be turned on again at once. Returns whether
    /// it was on; the code counts only then.
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
            use_code(&writing, &self.by(), me, code).await?;
            end_sessions(&mut writing, me, current).await?;
        }
        remove(&writing.tx, &self.by(), me).await?;
        writing.commit().await?;
        Ok(was_on)
    }
}

/// Uses a code of a person's phone up, or one of their recovery codes.
async fn use_code(writing: &Writing, by: &By, user: UserId, code: &str) -> Result<(), Error> {
    let tx = &writing.tx;
    let row = confirmed(tx, user).await?.ok_or(Error::WrongCode)?;
    let secret = writing.store().secrets()?.open(&TOTP_SECRET, user.0, &row.secret)?;
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
    let entry = Entry::new(AuditAction::RecoveryCodeUsed).detail("left", left(tx, user).await?);
    audit::record(tx, by, entry).await
}

/// Takes a person's second factor away on behalf of somebody else, and ends their sessions if there was
/// one.
pub(super) async fn take_away(writing: &mut Writing, by: &By, user: UserId) -> Result<(), Error> {
    if remove(&writing.tx, by, user).await? {
        end_sessions(writing, user, None).await?;
    }
    Ok(())
}

/// Ends a person's sessions but one, and their streams with them.
async fn end_sessions(
    writing: &mut Writing,
    user: UserId,
    except: Option<&Id>,
) -> Result<(), Error> {
    web_sessions::end(&writing.tx, user, except).await?;
    writing.access_changed(user);
    Ok(())
}

/// Takes a person's second factor away, and writes it down if there was one.
async fn remove(tx: &impl ConnectionTrait, by: &By, user: UserId) -> Result<bool, Error> {
    let was_on = confirmed(tx, user).await?.is_some();
    totp::Entity::delete_by_id(user.0).exec(tx).await?;
    let theirs = recovery_code::Column::UserId.eq(user.0);
    recovery_code::Entity::delete_many().filter(theirs).exec(tx).await?;
    if was_on {
        if !by.is(user) {
            notice::leave(tx, user).await?;
        }
        audit::record(tx, by, Entry::new(AuditAction::TotpDisabled).subject(user)).await?;
    }
    Ok(was_on)
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

pub(super) async fn confirmed(
    db: &impl ConnectionTrait,
    user: UserId,
) -> Result<Option<totp::Model>, Error> {
    let theirs = totp::Entity::find_by_id(user.0).filter(totp::Column::Confirmed.eq(true));
    Ok(theirs.one(db).await?)
}

async fn left(db: &impl ConnectionTrait, user: UserId) -> Result<u64, Error> {
    let theirs = recovery_code::Column::UserId.eq(user.0);
    Ok(recovery_code::Entity::find().filter(theirs).count(db).await?)
}

pub(super) async fn required(db: &impl ConnectionTrait, role: Role) -> Result<bool, Error> {
    Ok(settings::get(db, &key(role)).await?.as_deref() == Some("true"))
}

fn key(role: Role) -> String {
    format!("totp_required:{}", role.as_str())
}
