//! Removal of messages of which the time is over ([`crate::messages::timer`]).
//!
//! A message goes with everything that repeats its content: its edits, its reactions, the message as it was
//! received, its file and its preview, the changes of it that wait, and in answers the beginning of its
//! text, and the answers as they were received, which have a copy of it. Nothing of it is in later backups.
//! The chat keeps its place in the list, and receipts that wait name the messages that are left.
//!
//! The caller deletes the files first, and then the rows, which lead to them: after a crash in between both
//! are removed by the next round. A round is limited, since all other writes wait meanwhile, and since open
//! pages would have to load again if more events were sent at once than the hub holds. A message of which the
//! file is still to be copied, or is to be a copy, waits for that ([`crate::copies`]).

use std::collections::BTreeMap;

use model::{ChatId, ConnectionId, MessageId, MessageKind};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, JoinType, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, RelationTrait as _,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{
    Error, Store, chats, codec,
    entity::{media, message, message_update, raw_message},
    live::{Change, Work},
    messages::{file_copies, placeholder, reads},
    write::Writing,
};

/// The most messages of one round.
const ROUND: u64 = 200;

/// A message of which the time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueMessage {
    pub connection: ConnectionId,
    pub message: MessageId,
    /// True if it has a file, which the caller deletes from the disk.
    pub has_file: bool,
}

impl Store {
    /// Returns messages of all numbers of which the time is over, those that are over for longest first.
    /// This is one round; it is empty if there are none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn due_messages(&self) -> Result<Vec<DueMessage>, Error> {
        let rows: Vec<(i64, i64, Option<i64>)> = message::Entity::find()
            .filter(message::Column::ExpiresAt.lte(codec::now()))
            .filter(message::Column::Id.not_in_subquery(file_copies::sources()))
            .filter(message::Column::Id.not_in_subquery(file_copies::copies()))
            .order_by_asc(message::Column::ExpiresAt)
            .limit(ROUND)
            .join_rev(JoinType::LeftJoin, media::Relation::Message.def())
            .select_only()
            .column(message::Column::Id)
            .column(message::Column::ConnectionId)
            .column_as(media::Column::MessageId, "file")
            .into_tuple()
            .all(self.db())
            .await?;
        let due = |(message, connection, file): (i64, i64, Option<i64>)| DueMessage {
            connection: ConnectionId(connection),
            message: MessageId(message),
            has_file: file.is_some(),
        };
        Ok(rows.into_iter().map(due).collect())
    }

    /// Removes those of these messages of which the time is over, in one transaction. Returns their
    /// count.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remove_due(&self, due: &[DueMessage]) -> Result<usize, Error> {
        if due.is_empty() {
            return Ok(0);
        }
        let mut writing = self.write().await?;
        let rows = message::head()
            .filter(message::Column::Id.is_in(due.iter().map(|one| one.message.0)))
            .filter(message::Column::ExpiresAt.lte(codec::now()))
            .all(&writing.tx)
            .await?;
        let mut of_chats: BTreeMap<i64, Vec<message::Model>> = BTreeMap::new();
        for row in &rows {
            of_chats.entry(row.chat_id).or_default().push(row.clone());
        }
        for (chat, rows) in of_chats {
            remove(&mut writing, ChatId(chat), &rows).await?;
        }
        writing.commit().await?;
        Ok(rows.len())
    }
}

/// Removes messages of one chat.
async fn remove(writing: &mut Writing, chat: ChatId, rows: &[message::Model]) -> Result<(), Error> {
    let Some(connection) = rows.first().map(|row| ConnectionId(row.connection_id)) else {
        return Ok(());
    };
    reads::keep(&writing.tx, rows).await?;
    for row in rows {
        placeholder::delete(&writing.tx, row).await?;
        writing.announce(connection, Change::Gone(chat, MessageId(row.id)));
        // The count of placeholders is part of the number that pages show.
        if MessageKind::from_name(&row.kind) == MessageKind::Undecryptable {
            writing.access_changed(connection);
        }
    }
    let wa_ids = || rows.iter().map(|row| row.wa_id.as_str());
    // Somebody may have given another message the same id on purpose.
    let left = message::Entity::find()
        .filter(message::Column::ChatId.eq(chat.0))
        .filter(message::Column::WaId.is_in(wa_ids()))
        .filter(message::Column::ConnectionId.eq(connection.0))
        .select_only()
        .column(message::Column::WaId)
        .into_query();
    message_update::Entity::delete_many()
        .filter(message_update::Column::ChatId.eq(chat.0))
        .filter(message_update::Column::TargetWaId.is_in(wa_ids()))
        .filter(message_update::Column::TargetWaId.not_in_subquery(left))
        .exec(&writing.tx)
        .await?;
    for row in rows {
        empty_quotes(writing, row).await?;
    }
    chats::forget_last(&writing.tx, chat).await?;
    writing.announce(connection, Change::Chat(chat));
    // Changes that waited for a message went with it.
    writing.wake(connection, Work::Outbox);
    Ok(())
}

/// Removes the beginning of the text of a message from the answers that quote it, and these answers as they
/// were received. There may be any number of them, so their ids are in no statement.
async fn empty_quotes(writing: &mut Writing, row: &message::Model) -> Result<(), Error> {
    let author = message::Column::QuotedSenderId;
    let quotes = message::Column::ChatId
        .eq(row.chat_id)
        .and(message::Column::QuotedWaId.eq(&*row.wa_id))
        .and(author.is_null().or(author.eq(row.sender_id)));
    let answers = message::head().filter(quotes.clone()).limit(ROUND).all(&writing.tx).await?;
    if answers.is_empty() {
        return Ok(());
    }
    let all = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(quotes.clone())
        .into_query();
    raw_message::Entity::delete_many()
        .filter(raw_message::Column::MessageId.in_subquery(all))
        .exec(&writing.tx)
        .await?;
    message::Entity::update_many()
        .col_expr(message::Column::QuotedText, Expr::val(""))
        .filter(quotes)
        .exec(&writing.tx)
        .await?;
    if answers.len() as u64 == ROUND {
        // Open pages load the chat again, rather than each of them.
        let reload = Change::Reload(ChatId(row.chat_id));
        writing.announce(ConnectionId(row.connection_id), reload);
        return Ok(());
    }
    for answer in &answers {
        writing.message_changed(answer);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sea_orm::DatabaseBackend;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn an_index_leads_to_the_messages_that_are_due() {
        let (store, _folder) = testing::store().await;
        let due = message::Entity::find()
            .filter(message::Column::ExpiresAt.lte(codec::now()))
            .order_by_asc(message::Column::ExpiresAt)
            .limit(ROUND)
            .build(DatabaseBackend::Sqlite);
        let plan = testing::plan(&store, &due).await;
        assert!(plan.iter().any(|step| step.contains("message_expires_at")), "{plan:#?}");
    }
}
