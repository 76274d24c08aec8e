//! The pictures and videos, the links, the documents and the favourites of a chat, newest first.

use model::{ChatId, DetailsPart, MediaState, Message, MessageKind};
use sea_orm::{
    ColumnTrait as _, Condition, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use crate::{
    Error, Viewer, access::Scope, chats::state, entity::message, inbox::stars, messages::load,
};

/// Messages of a page.
const PAGE: u64 = 30;
/// Messages of a chat through which one request looks: a part may have nothing for a long time.
const SEARCHED: u64 = 2_000;

/// A page of one part of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatFiles {
    /// Newest first.
    pub messages: Vec<Message>,
    /// The position before which the next page begins; `None` if the chat has nothing older. A page may be
    /// empty and not the last one.
    pub older: Option<i64>,
}

impl Viewer {
    /// Returns the messages of a part of a chat before a position, the newest for `None`.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such chat that this user may read.
    pub async fn chat_files(
        &self,
        chat: ChatId,
        part: DetailsPart,
        before: Option<i64>,
    ) -> Result<ChatFiles, Error> {
        // No access is an error, and not an empty page.
        self.chat(chat).await?;
        let db = self.store().db();
        let end: Option<i64> = match part {
            // They have an index, so none of them is far away.
            DetailsPart::Starred => None,
            DetailsPart::Media | DetailsPart::Links | DetailsPart::Documents => {
                end_of_search(self.scope(), chat, before).into_tuple().one(db).await?
            }
        };
        let select = of_part(self.scope(), chat, part, before, end);
        let mut messages = load::rows(db, select.limit(PAGE + 1)).await?;
        let has_more = messages.len() as u64 > PAGE;
        if has_more {
            messages.pop();
        }
        let last = messages.last().map(|message| message.position).filter(|_| has_more);
        let older = last.or_else(|| end.map(|end| end.saturating_add(1)));
        messages.retain(|message| is_shown(part, message));
        Ok(ChatFiles { messages, older })
    }
}

/// Selects the messages of a chat before a position that were not cleared.
fn before_in(scope: Scope, chat: ChatId, before: Option<i64>) -> Select<message::Entity> {
    let of_chat = message::Column::ChatId.eq(chat.0);
    let select = scope.messages().filter(of_chat).filter(state::is_shown(chat));
    match before {
        Some(position) => select.filter(message::Column::Position.lt(position)),
        None => select,
    }
}

/// Selects the position at which the search ends; none if it goes to the beginning of the chat.
pub(crate) fn end_of_search(
    scope: Scope,
    chat: ChatId,
    before: Option<i64>,
) -> Select<message::Entity> {
    before_in(scope, chat, before)
        .select_only()
        .column(message::Column::Position)
        .order_by_desc(message::Column::Position)
        .offset(SEARCHED)
        .limit(1)
}

/// Selects the messages of a part after the position at which the search ends.
pub(crate) fn of_part(
    scope: Scope,
    chat: ChatId,
    part: DetailsPart,
    before: Option<i64>,
    end: Option<i64>,
) -> Select<message::Entity> {
    let kinds: &[MessageKind] = match part {
        DetailsPart::Media => &[MessageKind::Image, MessageKind::Video],
        DetailsPart::Documents => &[MessageKind::Document],
        DetailsPart::Links => {
            &[MessageKind::Text, MessageKind::Image, MessageKind::Video, MessageKind::Document]
        }
        DetailsPart::Starred => return stars::of_chat(scope, chat, before, PAGE + 1),
    };
    let select = before_in(scope, chat, before);
    let select = match end {
        Some(position) => select.filter(message::Column::Position.gt(position)),
        None => select,
    };
    let select = select
        .filter(message::Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())))
        .order_by_desc(message::Column::Position);
    if part == DetailsPart::Links { select.filter(may_have_link()) } else { select }
}

/// True for texts in which a link may be (`text::first_link` decides).
fn may_have_link() -> Condition {
    Condition::any()
        .add(message::Column::Text.contains("://"))
        .add(message::Column::Text.contains("www."))
}

fn is_shown(part: DetailsPart, message: &Message) -> bool {
    match part {
        DetailsPart::Links => text::first_link(&message.text).is_some(),
        DetailsPart::Media => {
            message.media.as_ref().is_some_and(|media| media.state != MediaState::ViewOnce)
        }
        DetailsPart::Documents => message.media.is_some(),
        DetailsPart::Starred => true,
    }
}
