//! The texts that a message has had.

use model::{Author, MessageKind, Version};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::{
    long_text::{READ_IN_BUBBLE, beginning},
    mentions,
    people::People,
    update::{EDITED, SAID},
};
use crate::{
    Error, codec,
    entity::{message, message_update, user},
};

/// The columns of a kept text: the kind of its row, the kind of the message as it was sent, the time,
/// the text, and the name of the user who edited it here.
type Kept = (String, Option<String>, i64, String, Option<String>);

/// Returns the first text of a message and its kept edits, oldest first. The first text is left out
/// if it has not arrived. It suffices to pass the beginning of the current text.
pub(crate) async fn of(
    db: &impl ConnectionTrait,
    row: &message::Model,
) -> Result<Vec<Version>, Error> {
    let writer = writer(db, row).await?;
    let mentioned = mentions::addresses(row.connection_id, row.mentions.as_deref());
    let people = People::load(db, mentioned).await?;
    let names = mentions::Names::of(row.connection_id, row.mentions.as_deref(), &people);
    if row.edited_at.is_none() {
        return Ok(vec![version(row, &names, &row.text, row.sent_at, writer)]);
    }
    let editor = message_update::Entity::belongs_to(user::Entity)
        .from(message_update::Column::AuthorId)
        .to(user::Column::Id);
    let mut kept: Vec<Kept> = message_update::Entity::find()
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
        .expr_as(beginning(message_update::Column::Value, READ_IN_BUBBLE), "value")
        .join(JoinType::LeftJoin, editor.into())
        .column_as(user::Column::Name, "author_name")
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
        .map(|(update, _, at, text, editor)| {
            let author = if update == SAID { writer.clone() } else { editor };
            version(row, &names, &text, at, author)
        })
        .collect())
}

/// Returns the name of the user who wrote the message here.
async fn writer(db: &impl ConnectionTrait, row: &message::Model) -> Result<Option<String>, Error> {
    let Some(writer) = row.author_id else { return Ok(None) };
    let name: Option<String> = user::Entity::find_by_id(writer)
        .select_only()
        .column(user::Column::Name)
        .into_tuple()
        .one(db)
        .await?;
    Ok(name)
}

/// Returns a text of a message. A text of the number that no user wrote is of its own phone.
fn version(
    row: &message::Model,
    names: &mentions::Names,
    text: &str,
    at: i64,
    user: Option<String>,
) -> Version {
    let kind = MessageKind::from_name(&row.kind);
    let is_own = row.sender_id == message::OURSELVES;
    let author = is_own.then(|| match user {
        Some(name) => Author::User { name: text::line(&name) },
        None => Author::Phone,
    });
    let shown = text::shown(kind, &names.mark(text)).text;
    Version { text: names.name(&shown), at: codec::time(at), author }
}
