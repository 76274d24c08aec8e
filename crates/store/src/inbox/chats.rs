//! The list of chats, in pages.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use model::{Chat, ChatFilter, ChatId, ConnectionId};
use sea_orm::{
    ColumnTrait as _, Condition, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{Error, Viewer, access::Scope, chats::load, codec, entity::chat};

/// A page of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatsPage {
    /// The number, or `None` for all numbers that the viewer may read.
    pub connection: Option<ConnectionId>,
    /// The row before the page, by [`Chat::listed_at`] and its id; `None` for the first page. The last row
    /// of a page is the key of the next, so rows that move up meanwhile neither repeat nor hide others.
    pub before: Option<(DateTime<Utc>, ChatId)>,
    pub limit: u64,
}

/// The chats of a list. Those that were deleted are in none ([`model::ChatMark::Unlisted`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// Those that are pinned, the last pinned first.
    Pinned,
    /// Those that are neither pinned nor archived, newest first.
    Others,
    /// Those that are archived, newest first.
    Archived,
}

impl Viewer {
    /// Returns a page of chats that are not archived: first those that are pinned, then the newest.
    ///
    /// # Errors
    /// [`Error::NotFound`] when [`ChatsPage::connection`] is not readable.
    pub async fn chats(&self, page: ChatsPage) -> Result<Vec<Chat>, Error> {
        self.filtered_chats(page, ChatFilter::All).await
    }

    /// Returns a page of the chats that a filter shows: first those that are pinned, then the newest. No
    /// archived chat is pinned.
    ///
    /// # Errors
    /// [`Error::NotFound`] when [`ChatsPage::connection`] is not readable.
    pub async fn filtered_chats(
        &self,
        page: ChatsPage,
        filter: ChatFilter,
    ) -> Result<Vec<Chat>, Error> {
        if let Some(connection) = page.connection {
            // No access is an error, and not an empty page.
            self.connection(connection).await?;
        }
        if filter == ChatFilter::Archived {
            return self.part(page, List::Archived, filter).await;
        }
        let mut chats = match page.before {
            None => self.part(page, List::Pinned, filter).await?,
            Some((listed_at, id)) => match Chat::pinned_at(listed_at) {
                Some(at) => {
                    let page = ChatsPage { before: Some((at, id)), ..page };
                    self.part(page, List::Pinned, filter).await?
                }
                // The page begins below all pinned chats.
                None => Vec::new(),
            },
        };
        let left = page.limit.saturating_sub(chats.len() as u64);
        if left > 0 {
            let before = page.before.filter(|(at, _)| Chat::pinned_at(*at).is_none());
            let page = ChatsPage { before, limit: left, ..page };
            chats.append(&mut self.part(page, List::Others, filter).await?);
        }
        Ok(chats)
    }

    /// Returns the chats of a page that are in one of its lists.
    async fn part(
        &self,
        page: ChatsPage,
        list: List,
        filter: ChatFilter,
    ) -> Result<Vec<Chat>, Error> {
        let mut select = of_page(self.scope(), page, list);
        if filter == ChatFilter::Groups {
            select = select.filter(chat::Column::ContactId.is_null());
        }
        load::rows(self.store().db(), select).await
    }

    /// Returns the numbers with archived chats, and their counts, of the chats that this user may read.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn archived(&self) -> Result<Vec<(ConnectionId, u32)>, Error> {
        let rows: Vec<(i64, i64)> =
            archived_of_numbers(self.scope()).into_tuple().all(self.store().db()).await?;
        let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
        let mut numbers: Vec<_> =
            rows.into_iter().map(|(id, chats)| (ConnectionId(id), count(chats))).collect();
        // The rows have no order; equal counts must be equal values.
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Returns one chat.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none that this user may read.
    pub async fn chat(&self, id: ChatId) -> Result<Chat, Error> {
        let one = self.scope().chats().filter(chat::Column::Id.eq(id.0));
        load::rows(self.store().db(), one).await?.pop().ok_or(Error::NotFound)
    }

    /// Returns those of these chats that the user may read now. The stream of events asks this.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn readable(&self, chats: &[ChatId]) -> Result<HashSet<ChatId>, Error> {
        let ids: Vec<i64> = self
            .scope()
            .chats()
            .filter(chat::Column::Id.is_in(chats.iter().map(|id| id.0)))
            .select_only()
            .column(chat::Column::Id)
            .into_tuple()
            .all(self.store().db())
            .await?;
        Ok(ids.into_iter().map(ChatId).collect())
    }
}

/// Selects a page of a list. The key of a page of pinned chats is the time of the pin.
pub(super) fn of_page(scope: Scope, page: ChatsPage, list: List) -> Select<chat::Entity> {
    let is_archived = || Expr::col(chat::Column::Archived.as_column_ref());
    let mut select = scope.chats().filter(chat::Column::Unlisted.eq(false));
    if let Some(connection) = page.connection {
        select = select.filter(chat::Column::ConnectionId.eq(connection.0));
    }
    // Each list has the rows of an index.
    let (sorted_by, select) = match list {
        List::Pinned => {
            let is_pinned = chat::Column::PinnedAt.is_not_null();
            (chat::Column::PinnedAt, select.filter(is_pinned).filter(is_archived().not()))
        }
        List::Others => {
            let is_pinned = chat::Column::PinnedAt.is_not_null();
            (chat::Column::LastAt, select.filter(is_pinned.not()).filter(is_archived().not()))
        }
        List::Archived => (chat::Column::LastAt, select.filter(is_archived())),
    };
    let select = match page.before {
        Some((at, id)) => {
            let at = codec::micros(at);
            // With the first condition the database enters the index where the page begins.
            select
                .filter(sorted_by.lte(at))
                .filter(Condition::any().add(sorted_by.lt(at)).add(chat::Column::Id.lt(id.0)))
        }
        None => select,
    };
    select.order_by_desc(sorted_by).order_by_desc(chat::Column::Id).limit(page.limit)
}

/// Counts the archived chats of each number.
pub(super) fn archived_of_numbers(scope: Scope) -> Select<chat::Entity> {
    scope
        .chats()
        .filter(Expr::col(chat::Column::Archived.as_column_ref()))
        .filter(chat::Column::Unlisted.eq(false))
        .select_only()
        .column(chat::Column::ConnectionId)
        .column_as(chat::Column::Id.count(), "archived_chats")
        .group_by(chat::Column::ConnectionId)
}
