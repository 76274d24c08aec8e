//! The effective content of a message: its content as sent, with the edits and deletions that
//! count. It is written to the message's row, so that every reader reads rows as they are.
//!
//! The result depends on the stored rows only, and not on the order in which they arrived. Only of
//! two edits of one author with the same time, the later to arrive counts.

use std::collections::BTreeSet;

use model::{ChatId, ConnectionId, MessageId, MessageKind, content::RevokedBy};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::Expr,
};

use super::{
    keeping, said,
    update::{EDITED, EFFECTIVE, REVOKED, REVOKED_BY_ADMIN},
    updates,
};
use crate::{
    Error,
    entity::{message, message_update},
};

/// The most ids of one query; SQLite binds 32,766 values at most.
const AT_ONCE: usize = 10_000;

/// A message whose row was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) connection: ConnectionId,
    pub(crate) chat: ChatId,
    pub(crate) message: MessageId,
    /// True if it was a placeholder or became one, which numbers count.
    pub(crate) is_placeholder: bool,
}

/// The effect of all updates on the content of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    None,
    /// The row with the new text, and the time of the edit, which is another one for each edit.
    Edited {
        update: i64,
        at: i64,
    },
    Revoked(RevokedBy),
}

/// An edit or a deletion, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Update {
    id: i64,
    sender: i64,
    kind: String,
    at: i64,
}

/// Updates the rows of those messages, given by WhatsApp's id, that have edits or deletions, or are kept. It
/// takes one query if there are none.
pub(crate) async fn apply_waiting(
    tx: &DatabaseTransaction,
    messages: &BTreeSet<(ConnectionId, &str)>,
) -> Result<Vec<Changed>, Error> {
    let wa_ids: BTreeSet<&str> = messages.iter().map(|(_, wa_id)| *wa_id).collect();
    let wa_ids: Vec<&str> = wa_ids.into_iter().collect();
    let mut changed = Vec::new();
    for wa_ids in wa_ids.chunks(AT_ONCE) {
        let waiting: Vec<(i64, i64, String)> = message_update::Entity::find()
            .filter(message_update::Column::TargetWaId.is_in(wa_ids.iter().copied()))
            .filter(message_update::Column::Kind.is_in(EFFECTIVE))
            .select_only()
            .columns([
                message_update::Column::ConnectionId,
                message_update::Column::ChatId,
                message_update::Column::TargetWaId,
            ])
            .distinct()
            .into_tuple()
            .all(tx)
            .await?;
        for (connection, chat, wa_id) in waiting {
            let connection = ConnectionId(connection);
            if messages.contains(&(connection, wa_id.as_str())) {
                changed.extend(apply(tx, connection, ChatId(chat), &wa_id).await?);
            }
        }
    }
    Ok(changed)
}

/// Updates the rows of a message of a chat, and the time at which it disappears. There are several rows if
/// several people of a group used the same id, and none if the message has not arrived.
pub(crate) async fn apply(
    tx: &DatabaseTransaction,
    connection: ConnectionId,
    chat: ChatId,
    wa_id: &str,
) -> Result<Vec<Changed>, Error> {
    let rows = message::Entity::find()
        .filter(message::Column::ConnectionId.eq(connection.0))
        .filter(message::Column::WaId.eq(wa_id))
        .filter(message::Column::ChatId.eq(chat.0))
        .all(tx)
        .await?;
    let mut changed = Vec::new();
    for row in rows {
        changed.extend(project(tx, row).await?);
    }
    keeping::apply(tx, connection, chat, wa_id).await?;
    Ok(changed)
}

/// Updates one row; returns `None` if it has its effective content already.
async fn project(tx: &DatabaseTransaction, row: message::Model) -> Result<Option<Changed>, Error> {
    let effect = effect(row.sender_id, &of_message(tx, &row).await?);
    let said = match (said::find(tx, &row).await?, effect) {
        (None, Effect::None) => return Ok(None),
        (Some(said), _) => said,
        (None, _) => said::keep(tx, &row).await?,
    };
    let said_kind = said.said_kind.unwrap_or_else(|| row.kind.clone());
    let new = match effect {
        Effect::None => {
            // The message has its first content again.
            updates::delete(tx, said.id).await?;
            message::Model {
                text: said.value,
                content: said.said_content,
                edited_at: None,
                revoked_by: None,
                ..row.clone()
            }
        }
        Effect::Edited { update, at } => {
            let edit = message_update::Entity::find_by_id(update).one(tx).await?;
            let text = edit.map_or(said.value, |edit| edit.value);
            // What was edited is a text from then on.
            message::Model {
                text,
                content: None,
                edited_at: Some(at),
                revoked_by: None,
                ..row.clone()
            }
        }
        Effect::Revoked(by) => message::Model {
            text: String::new(),
            content: None,
            edited_at: None,
            revoked_by: Some(by.as_str().to_owned()),
            ..row.clone()
        },
    };
    let kind = match effect {
        Effect::Revoked(_) => MessageKind::Revoked.as_str().to_owned(),
        Effect::None | Effect::Edited { .. } => said_kind,
    };
    let new = message::Model { kind, ..new };
    if new == row {
        return Ok(None);
    }
    let is_placeholder =
        [&row.kind, &new.kind].iter().any(|kind| MessageKind::from_name(kind).is_placeholder());
    let changed = Changed {
        connection: ConnectionId(row.connection_id),
        chat: ChatId(row.chat_id),
        message: MessageId(row.id),
        is_placeholder,
    };
    message::Entity::update_many()
        .col_expr(message::Column::Kind, Expr::val(new.kind))
        .col_expr(message::Column::Text, Expr::val(new.text))
        .col_expr(message::Column::Content, Expr::val(new.content))
        .col_expr(message::Column::EditedAt, Expr::val(new.edited_at))
        .col_expr(message::Column::RevokedBy, Expr::val(new.revoked_by))
        .filter(message::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(Some(changed))
}

/// Returns the effective updates of a message by any sender, oldest first.
async fn of_message(tx: &DatabaseTransaction, row: &message::Model) -> Result<Vec<Update>, Error> {
    let rows: Vec<(i64, i64, String, i64)> = message_update::Entity::find()
        .filter(message_update::Column::TargetWaId.eq(&*row.wa_id))
        .filter(message_update::Column::ChatId.eq(row.chat_id))
        .filter(message_update::Column::Kind.is_in(EFFECTIVE))
        .order_by_asc(message_update::Column::At)
        .order_by_asc(message_update::Column::Id)
        .select_only()
        .columns([
            message_update::Column::Id,
            message_update::Column::SenderId,
            message_update::Column::Kind,
            message_update::Column::At,
        ])
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(id, sender, kind, at)| Update { id, sender, kind, at }).collect())
}

/// Returns the effect of updates, given oldest first, on a message of `author`. Edits and deletions
/// by anybody else have none, except deletions by an administrator.
fn effect(author: i64, updates: &[Update]) -> Effect {
    let by_author = |kind: &'static str| {
        updates.iter().filter(move |update| update.sender == author && update.kind == kind)
    };
    if by_author(REVOKED).next().is_some() {
        return Effect::Revoked(RevokedBy::Author);
    }
    if updates.iter().any(|update| update.kind == REVOKED_BY_ADMIN) {
        return Effect::Revoked(RevokedBy::Admin);
    }
    let Some(last) = by_author(EDITED).next_back() else { return Effect::None };
    // WhatsApp's times are whole seconds. Two edits of one second get different times.
    let earlier = by_author(EDITED).filter(|edit| edit.at == last.at && edit.id != last.id).count();
    let at = last.at.saturating_add(i64::try_from(earlier).unwrap_or(0));
    Effect::Edited { update: last.id, at }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUTHOR: i64 = 1;
    const OTHER: i64 = 2;

    fn update(id: i64, sender: i64, kind: &str, at: i64) -> Update {
        Update { id, sender, kind: kind.to_owned(), at }
    }

    #[test]
    fn the_last_edit_of_the_author_counts_and_each_has_a_time_of_its_own() {
        let one = [update(1, AUTHOR, EDITED, 5), update(2, OTHER, EDITED, 9)];
        assert_eq!(effect(AUTHOR, &one), Effect::Edited { update: 1, at: 5 });
        let two = [update(1, AUTHOR, EDITED, 5), update(2, AUTHOR, EDITED, 5)];
        assert_eq!(effect(AUTHOR, &two), Effect::Edited { update: 2, at: 6 });
        assert_eq!(effect(3, &two), Effect::None);
    }

    #[test]
    fn a_deletion_counts_whatever_is_edited_after_it() {
        let mut updates = vec![update(1, OTHER, REVOKED, 1), update(2, AUTHOR, EDITED, 9)];
        assert_eq!(effect(AUTHOR, &updates), Effect::Edited { update: 2, at: 9 });
        updates.insert(0, update(3, OTHER, REVOKED_BY_ADMIN, 0));
        assert_eq!(effect(AUTHOR, &updates), Effect::Revoked(RevokedBy::Admin));
        updates.insert(0, update(4, AUTHOR, REVOKED, 0));
        assert_eq!(effect(AUTHOR, &updates), Effect::Revoked(RevokedBy::Author));
    }
}
