//! Unread messages of each number, whatever part of its list a page has loaded.

use model::ConnectionId;
use sea_orm::{ColumnTrait as _, QueryFilter as _, QuerySelect as _, Select, sea_query::Expr};

use crate::{
    Error, Viewer,
    access::{Right, Scope},
    entity::message,
};

impl Viewer {
    /// How many unread messages the numbers have that have any, in the chats this user may read.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unread(&self) -> Result<Vec<(ConnectionId, u32)>, Error> {
        let rows: Vec<(i64, i64)> =
            of_numbers(self.scope()).into_tuple().all(self.store().db()).await?;
        let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
        let mut numbers: Vec<_> =
            rows.into_iter().map(|(id, unread)| (ConnectionId(id), count(unread))).collect();
        // The same counts are the same value, whatever the database's mood.
        numbers.sort_unstable();
        Ok(numbers)
    }
}

pub(super) fn of_numbers(scope: Scope) -> Select<message::Entity> {
    scope
        .messages()
        // Says twice which numbers, so that the index is entered at each of them.
        .filter(scope.allows(Right::Read, message::Column::ConnectionId))
        .filter(Expr::col(message::Column::Unread.as_column_ref()))
        .select_only()
        .column(message::Column::ConnectionId)
        .column_as(message::Column::Id.count(), "unread_messages")
        .group_by(message::Column::ConnectionId)
}
