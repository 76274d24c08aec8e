//! The unread messages of each number, in all of its chats and not only in those that a page has
//! loaded.

use model::ConnectionId;
use sea_orm::{ColumnTrait as _, QueryFilter as _, QuerySelect as _, Select, sea_query::Expr};

use crate::{
    Error, Viewer,
    access::{Right, Scope},
    entity::message,
};

impl Viewer {
    /// Returns the numbers with unread messages, and their counts, in the chats that this user may
    /// read.
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
        .select_only()
        .column(message::Column::ConnectionId)
        .column_as(message::Column::Id.count(), "unread_messages")
        .group_by(message::Column::ConnectionId)
}
