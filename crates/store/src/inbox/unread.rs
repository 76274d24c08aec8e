//! The unread messages of each number, in all of its chats and not only in those that a page has
//! loaded. Those of chats that are muted or archived ask for no attention, so they are not counted.

use model::ConnectionId;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, IntoSimpleExpr as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{
    Error, Viewer,
    access::{Right, Scope},
    entity::{chat, message},
};

impl Viewer {
    /// Returns the numbers with unread messages, and their counts, in the chats that this user may
    /// read, without those that are muted or archived.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unread(&self) -> Result<Vec<(ConnectionId, u32)>, Error> {
        let rows: Vec<(i64, i64)> =
            of_numbers(self.scope()).into_tuple().all(self.store().db()).await?;
        let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
        let mut numbers: Vec<_> =
            rows.into_iter().map(|(id, unread)| (ConnectionId(id), count(unread))).collect();
        // The rows have no order; equal counts must be equal values.
        numbers.sort_unstable();
        Ok(numbers)
    }
}

pub(super) fn of_numbers(scope: Scope) -> Select<message::Entity> {
    scope
        .messages()
        // The scope has this condition already. With it the index is entered at each number.
        .filter(scope.allows(Right::Read, message::Column::ConnectionId))
        .filter(Expr::col(message::Column::Unread.as_column_ref()))
        .filter(asks_for_attention())
        .select_only()
        .column(message::Column::ConnectionId)
        .column_as(message::Column::Id.count(), "unread_messages")
        .group_by(message::Column::ConnectionId)
}

/// The condition that the chat of a message is neither muted nor archived.
fn asks_for_attention() -> Expr {
    let chat = chat::Entity::find()
        .select_only()
        .expr(Expr::val(1))
        .filter(chat::Column::Id.into_simple_expr().eq(message::Column::ChatId.into_simple_expr()))
        .filter(chat::Column::MutedUntil.is_null())
        .filter(chat::Column::Archived.eq(false))
        .into_query();
    Expr::exists(chat)
}
