//! Drafts: texts that a user has typed in a chat and not sent. Only their author reads them.
//!
//! The version that was typed last counts, in whatever order the requests arrive. Sending a draft
//! and deleting its text both leave an empty version, which older requests cannot undo.

use model::{ChatId, ConnectionId, Draft, UserId, message::MAX_TEXT};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};

use crate::{
    Error, Grant, Store, Viewer, Write,
    access::Scope,
    chats::draft_rows,
    codec,
    entity::{chat, draft},
    write::Writing,
};

/// The most drafts that a page gets, the newest.
const AT_ONCE: u64 = 500;
/// The most text of drafts that a page gets, in bytes; older drafts are left out.
const ALL: usize = 1_000_000;

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

/// Empties a draft if its text was sent.
pub(super) async fn sent(
    writing: &mut Writing,
    user: UserId,
    chat: ChatId,
    draft: Option<&str>,
    text: &str,
) -> Result<(), Error> {
    // A form that is sent without JavaScript has other line endings.
    let plain = |text: &str| text.replace("\r\n", "\n");
    if draft.is_some_and(|draft| !draft.is_empty() && plain(draft) == plain(text)) {
        let at = codec::now();
        put(writing, user, Draft { chat, text: String::new(), at }).await?;
    }
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
    draft_rows::upsert(&writing.tx, row).await?;
    writing.draft_changed(user, new);
    Ok(())
}

fn to_model(row: draft::Model) -> Draft {
    Draft { chat: ChatId(row.chat_id), text: row.text, at: row.updated_at }
}
