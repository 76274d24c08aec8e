//! Audit entries about one person, for that person.

use model::{AuditAction, AuditEntry, UserId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};

use super::page::{involving, to_model};
use crate::{Error, codec, entity::audit};

/// Returns the newest entries of an action that this person did or that was done to them.
pub(crate) async fn by_or_to(
    db: &impl ConnectionTrait,
    action: AuditAction,
    user: UserId,
    limit: u64,
) -> Result<Vec<AuditEntry>, Error> {
    let rows = involving(db, newest(action).limit(limit), user, limit).await?;
    rows.into_iter().map(to_model).collect()
}

/// Returns the newest entries of an action that was done to this person.
pub(crate) async fn done_to(
    db: &impl ConnectionTrait,
    action: AuditAction,
    user: UserId,
    limit: u64,
) -> Result<Vec<AuditEntry>, Error> {
    let theirs = newest(action).filter(audit::Column::SubjectId.eq(user.0)).limit(limit);
    theirs.all(db).await?.into_iter().map(to_model).collect()
}

/// Returns the last entry of an action that was done to this person before another entry was
/// written.
pub(crate) async fn last_done_before(
    db: &impl ConnectionTrait,
    action: AuditAction,
    user: UserId,
    entry: &AuditEntry,
) -> Result<Option<AuditEntry>, Error> {
    let last = newest(action)
        .filter(audit::Column::SubjectId.eq(user.0))
        .filter(audit::Column::At.lte(codec::micros(entry.at)))
        .one(db)
        .await?;
    last.map(to_model).transpose()
}

fn newest(action: AuditAction) -> Select<audit::Entity> {
    audit::Entity::find()
        .filter(audit::Column::Action.eq(action.as_str()))
        .order_by_desc(audit::Column::At)
        .order_by_desc(audit::Column::Id)
}
