//! The whole text of a message; a bubble shows only the beginning of a long one.

use model::{MessageId, MessageKind, WholeText, bounds};
use sea_orm::{ColumnTrait as _, QueryFilter as _, QuerySelect as _, Select};

use crate::{
    Error, Viewer,
    access::Scope,
    entity::message,
    messages::{beginning, long_text::truncate},
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
        let kind = MessageKind::from_name(&row.kind);
        if kind == MessageKind::Revoked {
            return Err(Error::NotFound);
        }
        let text = text::calm(truncate(row.text));
        Ok(WholeText { rich: text::rich(kind, &text), text })
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
