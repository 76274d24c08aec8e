//! Drafts: what a user has written in a chat and not sent yet. They belong to their author alone.
//!
//! The version that was typed last counts, whatever order requests arrive in. Sending a draft and
//! deleting its text both leave an empty version behind, which older requests cannot undo.

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

/// The newest drafts that a page is given.
const AT_ONCE: u64 = 500;
/// As much text of drafts as a page carries, in bytes: older ones are left out.
const ALL: usize = 1_000_000;
/// How long an empty version stays: longer than any request is under way.
const KEEP_EMPTY: Duration = Duration::from_secs(24 * 60 * 60);

impl Viewer {
    /// This user's own drafts in the chats that they may read, newest first, up to 1 MB.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn drafts(&self) -> Result<Vec<Draft>, Error> {
        let rows = of_user(self.scope(), self.user().id).all(self.store().db()).await?;
        let mut room = ALL;
        let fits = |row: &draft::Model| {
            room = room.saturating_sub(row.text.len());
            room > 0
        };
        Ok(rows.into_iter().take_while(fits).map(to_model).collect())
    }
}

impl Store {
    /// Keeps what the grant's user has typed in a chat at `at`, in microseconds since 1970; an empty
    /// text deletes it. Returns the version that counts now: one that was typed later stays.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the chat is not one of the grant's number, or is private to somebody
    /// else; [`Error::TextTooLong`].
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
        // A clock that is ahead must not shut out what is typed later.
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

/// Empties the draft that was sent.
pub(super) async fn sent(
    writing: &mut Writing,
    user: UserId,
    chat: ChatId,
    text: &str,
) -> Result<(), Error> {
    let row = draft::Entity::find_by_id((user.0, chat.0)).one(&writing.tx).await?;
    // A form that is sent without JavaScript ends its lines in another way.
    let plain = |text: &str| text.replace("\r\n", "\n");
    if row.is_some_and(|row| !row.text.is_empty() && plain(&row.text) == plain(text)) {
        let at = codec::now();
        put(writing, user, Draft { chat, text: String::new(), at }).await?;
    }
    Ok(())
}

/// Gives the drafts of a chat that goes to the one it becomes part of. Who has written in both finds
/// both in it, the older first.
pub(crate) async fn pass_on(
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

/// Forgets empty versions that no request can be older than.
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

/// Checks that a chat is one of a number's and may be read.
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
    // Marks every column as set: it is a new row, or the whole of an old one.
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
