//! Drafts: texts that a user has typed in a chat and not sent. Only their author reads them.
//!
//! The version that was typed last counts, in whatever order the requests arrive. Sending a draft
//! and deleting its text both leave an empty version, which older requests cannot undo.

use std::time::Duration;

use model::{ChatId, ConnectionId, Draft, UserId, message::MAX_TEXT};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select, sea_query::OnConflict,
};

use crate::{
    Error, Grant, Store, Viewer, Write,
    access::Scope,
    codec,
    entity::{chat, draft},
    write::Writing,
};

/// The most drafts that a page gets, the newest.
const AT_ONCE: u64 = 500;
/// The most text of drafts that a page gets, in bytes; older drafts are left out.
const ALL: usize = 1_000_000;
/// The time for which an empty version is kept: longer than any request takes.
const KEEP_EMPTY: Duration = Duration::from_secs(24 * 60 * 60);

impl Viewer {
    /// Returns this user's own drafts in the chats that they may read, newest first, up to 1 MB.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn drafts(&self) -> Result<Vec<Draft>, Error> {
        let rows = of_user(self.scope(), self.user().id).all(self.store().db()).await?;
        let mut bytes_left = ALL;
        let fits = |row: &draft::Model| {
            bytes_left = bytes_left.saturating_sub(row.text.len());
            bytes_left > 0
        };
        Ok(rows.into_iter().take_while(fits).map(to_model).collect())
    }
}

impl Store {
    /// Stores a draft of the grant's user in a chat, typed at `at` in microseconds since 1970; an
    /// empty text deletes it. Returns the version that counts now: one that was typed later is
    /// kept.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the chat does not belong to the grant's number, or is private and
    /// the user is not its owner; [`Error::TextTooLong`].
    pub async fn save_draft(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        text: &str,
        at: i64,
    ) -> Result<Draft, Error> {
        let text = codec::storable(text);
        if text.chars().count() > MAX_TEXT {
            return Err(Error::TextTooLong);
        }
        let mut writing = self.write().await?;
        require_chat(&writing.tx, grant.scope(), grant.connection(), chat).await?;
        let user = grant.user();
        // Otherwise a clock that is ahead would make later versions lose.
        let at = at.min(codec::now());
        if let Some(row) = draft::Entity::find_by_id((user.0, chat.0)).one(&writing.tx).await?
            && row.updated_at >= at
        {
            return Ok(to_model(row));
        }
        let draft = Draft { chat, text, at };
        put(&mut writing, user, draft.clone()).await?;
        writing.commit().await?;
        Ok(draft)
    }
}

/// Empties a draft that was sent.
pub(super) async fn sent(
    writing: &mut Writing,
    user: UserId,
    chat: ChatId,
    text: &str,
) -> Result<(), Error> {
    let row = draft::Entity::find_by_id((user.0, chat.0)).one(&writing.tx).await?;
    // A form that is sent without JavaScript has other line endings.
    let plain = |text: &str| text.replace("\r\n", "\n");
    if row.is_some_and(|row| !row.text.is_empty() && plain(&row.text) == plain(text)) {
        let at = codec::now();
        put(writing, user, Draft { chat, text: String::new(), at }).await?;
    }
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

pub(super) fn of_user(scope: Scope, user: UserId) -> Select<draft::Entity> {
    draft::Entity::find()
        .filter(draft::Column::UserId.eq(user.0))
        .filter(draft::Column::Text.ne(""))
        .filter(scope.sees_chat(draft::Column::ChatId))
        .order_by_desc(draft::Column::UpdatedAt)
        .limit(AT_ONCE)
}

/// Checks that a chat belongs to a number and may be read.
pub(super) async fn require_chat(
    db: &impl ConnectionTrait,
    scope: Scope,
    connection: ConnectionId,
    chat: ChatId,
) -> Result<(), Error> {
    let one = scope
        .chats()
        .filter(chat::Column::Id.eq(chat.0))
        .filter(chat::Column::ConnectionId.eq(connection.0));
    one.one(db).await?.map(|_| ()).ok_or(Error::NotFound)
}

async fn put(writing: &mut Writing, user: UserId, new: Draft) -> Result<(), Error> {
    let (text, updated_at) = (new.text.clone(), new.at);
    let row = draft::Model { user_id: user.0, chat_id: new.chat.0, text, updated_at };
    upsert(&writing.tx, row).await?;
    writing.draft_changed(user, new);
    Ok(())
}

async fn upsert(tx: &DatabaseTransaction, row: draft::Model) -> Result<(), Error> {
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

fn to_model(row: draft::Model) -> Draft {
    Draft { chat: ChatId(row.chat_id), text: row.text, at: row.updated_at }
}
