//! The list of chats, in pages.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use model::{Chat, ChatFilter, ChatId, ConnectionId};
use sea_orm::{
    ColumnTrait as _, Condition, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use crate::{Error, Viewer, access::Scope, chats::load, codec, entity::chat};

/// A page of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatsPage {
    /// The number, or `None` for all numbers that the viewer may read.
    pub connection: Option<ConnectionId>,
    /// The row before the page; `None` for the first page. The last row of a page is the key of the
    /// next, so rows that move up meanwhile neither repeat nor hide others.
    pub before: Option<(DateTime<Utc>, ChatId)>,
    pub limit: u64,
}

impl Viewer {
    /// Returns a page of chats, newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when [`ChatsPage::connection`] is not readable.
    pub async fn chats(&self, page: ChatsPage) -> Result<Vec<Chat>, Error> {
        if let Some(connection) = page.connection {
            // No access is an error, and not an empty page.
            self.connection(connection).await?;
        }
        load::rows(self.store().db(), of_page(self.scope(), page)).await
    }

    /// Returns a page of the chats that a filter shows, newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when [`ChatsPage::connection`] is not readable.
    pub async fn filtered_chats(
        &self,
        page: ChatsPage,
        filter: ChatFilter,
    ) -> Result<Vec<Chat>, Error> {
        let select = match filter {
            ChatFilter::All => return self.chats(page).await,
            ChatFilter::Groups => {
                of_page(self.scope(), page).filter(chat::Column::ContactId.is_null())
            }
        };
        if let Some(connection) = page.connection {
            self.connection(connection).await?;
        }
        load::rows(self.store().db(), select).await
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

pub(super) fn of_page(scope: Scope, page: ChatsPage) -> Select<chat::Entity> {
    let mut select = scope.chats();
    if let Some(connection) = page.connection {
        select = select.filter(chat::Column::ConnectionId.eq(connection.0));
    }
    if let Some((at, id)) = page.before {
        let at = codec::micros(at);
        // With the first condition the database enters the index where the page begins.
        select = select.filter(chat::Column::LastAt.lte(at)).filter(
            Condition::any().add(chat::Column::LastAt.lt(at)).add(chat::Column::Id.lt(id.0)),
        );
    }
    select.order_by_desc(chat::Column::LastAt).order_by_desc(chat::Column::Id).limit(page.limit)
}
