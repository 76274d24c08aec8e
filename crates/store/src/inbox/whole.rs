//! The whole text of a message of which a bubble shows the beginning.

use model::{MessageId, MessageKind, WholeText, bounds};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select};

use super::{Amended, Of, beginning};
use crate::{
    Error, Viewer,
    access::Scope,
    entity::{amendment, message},
    ingest::{amendments::EDITED, bounds::within},
};

impl Viewer {
    /// The text of a message, all that is kept of it, as its author has last changed it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such message that this user may read, or it was deleted for
    /// everybody.
    pub async fn message_text(&self, id: MessageId) -> Result<WholeText, Error> {
        let db = self.store().db();
        let row: Option<message::Model> = of_message(self.scope(), id).one(db).await?;
        let row = row.ok_or(Error::NotFound)?;
        let of = Of { wa_id: &row.wa_id, chat: row.chat_id, sender: row.sender_id };
        if Amended::load(db, std::iter::once(&*row.wa_id)).await?.is_revoked(of) {
            return Err(Error::NotFound);
        }
        let edited: Option<String> = amendment::Entity::find()
            .filter(amendment::Column::TargetWaId.eq(&*row.wa_id))
            .filter(amendment::Column::ChatId.eq(row.chat_id))
            .filter(amendment::Column::SenderId.eq(row.sender_id))
            .filter(amendment::Column::Kind.eq(EDITED))
            .select_only()
            .expr_as(beginning(amendment::Column::Value, READ), "value")
            .into_tuple()
            .one(db)
            .await?;
        let text = text::calm(within(edited.unwrap_or(row.text)));
        Ok(WholeText { rich: text::rich(MessageKind::from_name(&row.kind), &text), text })
    }
}

/// One character more than is kept shows that a text of before there was a bound is longer.
const READ: usize = bounds::TEXT + 1;

/// The message with its text, which may be one character longer than is kept today.
pub(super) fn of_message(scope: Scope, id: MessageId) -> Select<message::Entity> {
    message::without_text(scope.messages())
        .expr_as(beginning(message::Column::Text, READ), "text")
        .filter(message::Column::Id.eq(id.0))
}
