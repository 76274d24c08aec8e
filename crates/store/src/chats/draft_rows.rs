//! The rows of drafts. [`crate::inbox`] decides which version of a draft counts.

use std::time::Duration;

use model::{ChatId, message::MAX_TEXT};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    sea_query::OnConflict,
};

use crate::{Error, codec, entity::draft};

/// The time for which an empty version is kept: longer than any request takes.
const KEEP_EMPTY: Duration = Duration::from_secs(24 * 60 * 60);

/// Stores a version in place of the one before.
pub(crate) async fn upsert(tx: &DatabaseTransaction, row: draft::Model) -> Result<(), Error> {
    let newer = OnConflict::columns([draft::Column::UserId, draft::Column::ChatId])
        .update_columns([draft::Column::Text, draft::Column::UpdatedAt])
        .to_owned();
    // Every column is set, whether the row is new or replaces an old one.
    let row = draft::ActiveModel {
        user_id: Set(row.user_id),
        chat_id: Set(row.chat_id),
        text: Set(row.text),
        updated_at: Set(row.updated_at),
    };
    draft::Entity::insert(row).on_conflict(newer).exec_without_returning(tx).await?;
    Ok(())
}

/// Moves the drafts of a chat into the chat that it is merged into. If an author has drafts in
/// both, they are joined, the older first.
pub(crate) async fn reassign(
    tx: &DatabaseTransaction,
    from: ChatId,
    into: ChatId,
) -> Result<(), Error> {
    let moving = draft::Entity::find()
        .filter(draft::Column::ChatId.eq(from.0))
        .filter(draft::Column::Text.ne(""))
        .all(tx)
        .await?;
    for moved in moving {
        let there = draft::Entity::find_by_id((moved.user_id, into.0)).one(tx).await?;
        let joined = match there.filter(|row| !row.text.is_empty()) {
            Some(there) => joined(moved, there),
            None => moved,
        };
        upsert(tx, draft::Model { chat_id: into.0, ..joined }).await?;
    }
    Ok(())
}

fn joined(one: draft::Model, other: draft::Model) -> draft::Model {
    let older_first = one.updated_at <= other.updated_at;
    let (older, newer) = if older_first { (one, other) } else { (other, one) };
    let text = format!("{}\n{}", older.text, newer.text);
    if text.chars().count() > MAX_TEXT { newer } else { draft::Model { text, ..newer } }
}

/// Deletes empty versions that are older than any request.
pub(crate) async fn prune(tx: &DatabaseTransaction) -> Result<(), Error> {
    let oldest = codec::now() - i64::try_from(KEEP_EMPTY.as_micros()).unwrap_or(i64::MAX);
    draft::Entity::delete_many()
        .filter(draft::Column::Text.eq(""))
        .filter(draft::Column::UpdatedAt.lt(oldest))
        .exec(tx)
        .await?;
    Ok(())
}
