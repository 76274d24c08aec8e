//! The text that a caller gets whose call was rejected.

use std::time::Duration;

use model::{ChatId, Message};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait as _, sea_query::OnConflict};

use crate::{Error, Grant, Store, Write, codec, entity::call_answer, new_message_id};

/// Time in which a caller gets one text, however often they call.
const ONCE_IN: Duration = Duration::from_secs(24 * 60 * 60);

impl Store {
    /// Queues the text for a caller, unless they got one within a day. After a crash in this moment they
    /// get none.
    ///
    /// # Errors
    /// Those of [`Self::enqueue_text`].
    pub async fn answer_call(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        text: &str,
    ) -> Result<Option<Message>, Error> {
        self.chat_address(grant, chat).await?;
        if !self.claim_answer(chat).await? {
            return Ok(None);
        }
        let wa_id = new_message_id()?;
        self.enqueue_text(grant, chat, wa_id, text, None).await.map(Some)
    }

    /// Returns true once a day for a chat.
    async fn claim_answer(&self, chat: ChatId) -> Result<bool, Error> {
        let writing = self.write().await?;
        let now = codec::now();
        let day = i64::try_from(ONCE_IN.as_micros()).unwrap_or(i64::MAX);
        let before = call_answer::Entity::find_by_id(chat.0).one(&writing.tx).await?;
        // A time ahead was written before the clock was set back.
        if before.is_some_and(|row| (now - day + 1..=now).contains(&row.answered_at)) {
            return Ok(false);
        }
        upsert(&writing.tx, chat, now).await?;
        writing.commit().await?;
        Ok(true)
    }
}

/// Keeps the last text of a chat for the chat that it is merged into, unless that one got a later one.
pub(crate) async fn reassign(
    tx: &DatabaseTransaction,
    from: ChatId,
    into: ChatId,
) -> Result<(), Error> {
    let Some(moved) = call_answer::Entity::find_by_id(from.0).one(tx).await? else { return Ok(()) };
    let there = call_answer::Entity::find_by_id(into.0).one(tx).await?;
    let last = there.map_or(moved.answered_at, |row| row.answered_at.max(moved.answered_at));
    upsert(tx, into, last).await
}

async fn upsert(tx: &DatabaseTransaction, chat: ChatId, answered_at: i64) -> Result<(), Error> {
    let row = call_answer::ActiveModel { chat_id: Set(chat.0), answered_at: Set(answered_at) };
    let replaced = OnConflict::column(call_answer::Column::ChatId)
        .update_column(call_answer::Column::AnsweredAt)
        .to_owned();
    call_answer::Entity::insert(row).on_conflict(replaced).exec_without_returning(tx).await?;
    Ok(())
}
