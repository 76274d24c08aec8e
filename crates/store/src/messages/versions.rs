//! The texts that a message has had.

use model::{MessageKind, Version};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::{
    load::READ,
    long_text::beginning,
    update::{EDITED, SAID},
};
use crate::{
    Error, codec,
    entity::{message, message_update},
};

/// Returns the first text of a message and its kept edits, oldest first. The first text is left out
/// if it has not arrived. It suffices to pass the beginning of the current text.
pub(crate) async fn of(
    db: &impl ConnectionTrait,
    row: &message::Model,
) -> Result<Vec<Version>, Error> {
    let kind = MessageKind::from_name(&row.kind);
    if row.edited_at.is_none() {
        return Ok(vec![version(kind, &row.text, row.sent_at)]);
    }
    let mut kept: Vec<(String, Option<String>, i64, String)> = message_update::Entity::find()
        .filter(message_update::Column::TargetWaId.eq(&*row.wa_id))
        .filter(message_update::Column::ChatId.eq(row.chat_id))
        .filter(message_update::Column::SenderId.eq(row.sender_id))
        .filter(message_update::Column::Kind.is_in([SAID, EDITED]))
        .order_by_asc(message_update::Column::At)
        .order_by_asc(message_update::Column::Id)
        .select_only()
        .columns([
            message_update::Column::Kind,
            message_update::Column::SaidKind,
            message_update::Column::At,
        ])
        .expr_as(beginning(message_update::Column::Value, READ), "value")
        .into_tuple()
        .all(db)
        .await?;
    // WhatsApp's times are whole seconds, so the first edit may have the time of the message.
    kept.sort_by_key(|(update, ..)| update != SAID);
    let has_arrived =
        |said: Option<&str>| said.is_none_or(|kind| !MessageKind::from_name(kind).is_placeholder());
    Ok(kept
        .into_iter()
        .filter(|(_, said_kind, ..)| has_arrived(said_kind.as_deref()))
        .map(|(.., at, text)| version(kind, &text, at))
        .collect())
}

fn version(kind: MessageKind, text: &str, at: i64) -> Version {
    Version { text: text::shown(kind, text).text, at: codec::time(at) }
}
