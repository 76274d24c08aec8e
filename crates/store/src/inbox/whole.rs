//! The whole text of a message; a bubble shows only the beginning of a long one.

use model::{MessageId, MessageKind, WholeText, bounds};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select};

use super::{MessageKey, Updated, beginning};
use crate::{
    Error, Viewer,
    access::Scope,
    entity::{message, message_update},
    ingest::{bounds::truncate, message_updates::EDITED},
};

impl Viewer {
    /// Returns the whole stored text of a message after its last edit.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such message that this user may read, or it was deleted
    /// for everybody.
    pub async fn message_text(&self, id: MessageId) -> Result<WholeText, Error> {
        let db = self.store().db();
        let row: Option<message::Model> = of_message(self.scope(), id).one(db).await?;
        let row = row.ok_or(Error::NotFound)?;
        let key = MessageKey { wa_id: &row.wa_id, chat: row.chat_id, sender: row.sender_id };
        if Updated::load(db, std::iter::once(&*row.wa_id)).await?.is_revoked(key) {
            return Err(Error::NotFound);
        }
        let edited: Option<String> = message_update::Entity::find()
            .filter(message_update::Column::TargetWaId.eq(&*row.wa_id))
            .filter(message_update::Column::ChatId.eq(row.chat_id))
            .filter(message_update::Column::SenderId.eq(row.sender_id))
            .filter(message_update::Column::Kind.eq(EDITED))
            .select_only()
            .expr_as(beginning(message_update::Column::Value, READ), "value")
            .into_tuple()
            .one(db)
            .await?;
        let text = text::calm(truncate(edited.unwrap_or(row.text)));
        Ok(WholeText { rich: text::rich(MessageKind::from_name(&row.kind), &text), text })
    }
}

/// The characters of a text that are read. One more than the bound of today shows that a text of an
/// older version is longer.
const READ: usize = bounds::TEXT + 1;

/// Selects the message with its text, which may be one character longer than the bound of today.
pub(super) fn of_message(scope: Scope, id: MessageId) -> Select<message::Entity> {
    message::without_text(scope.messages())
        .expr_as(beginning(message::Column::Text, READ), "text")
        .filter(message::Column::Id.eq(id.0))
}
