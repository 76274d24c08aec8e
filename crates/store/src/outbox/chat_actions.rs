//! Changes of the state of chats, and stars, as the session of a number sends them. They are in no lane: each
//! is a request of its own to WhatsApp, and holds up nothing. How they are queued is in
//! `chats::actions`.

use chrono::{DateTime, Utc};
use model::{ChatAspect, ChatId, MessageId, Muted, OperationId, WaMessageId};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, IntoSimpleExpr as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};

use super::{Outbox, lanes::is_due_at};
use crate::{
    Error,
    chats::{actions, state},
    codec,
    entity::{
        chat::{self, EVER},
        chat_action, message,
    },
    groups::{group_rows, members},
    live::Change,
};

/// A change to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingAction {
    pub id: OperationId,
    pub chat: ChatId,
    /// The address that WhatsApp used last for the chat.
    pub to_jid: String,
    /// The number of attempts that failed.
    pub attempts: u32,
    pub action: ChatAction,
    /// The last message of the chat, which tells other devices what the sender had seen.
    pub last: Option<NamedMessage>,
    aspect: ChatAspect,
    value: i64,
    message: Option<MessageId>,
}

/// The content of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatAction {
    Archive(bool),
    Pin(bool),
    /// `None` ends the mute.
    Mute(Option<Muted>),
    MarkUnread(bool),
    Star {
        message: NamedMessage,
        starred: bool,
    },
    /// Removes all messages of the chat.
    Clear,
    /// Removes the chat.
    Delete,
    Block(bool),
}

/// A message as WhatsApp names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedMessage {
    pub wa_id: WaMessageId,
    /// True if the number itself sent it.
    pub from_me: bool,
    /// The address of its author, in groups.
    pub author: Option<String>,
    /// The time at which WhatsApp took it.
    pub at: DateTime<Utc>,
}

impl Outbox {
    /// Returns at most `limit` changes that may go now, in the order of queueing.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_actions(&self, limit: u64) -> Result<Vec<OutgoingAction>, Error> {
        let next_attempt_at = chat_action::Column::NextAttemptAt.into_simple_expr();
        let rows = chat_action::Entity::find()
            .filter(chat_action::Column::ConnectionId.eq(self.connection.0))
            .filter(is_due_at(next_attempt_at, codec::now()))
            .order_by_asc(chat_action::Column::Id)
            .limit(limit)
            .all(self.store.db())
            .await?;
        let mut actions = Vec::with_capacity(rows.len());
        for row in rows {
            // Its chat or its message may be gone since.
            actions.extend(self.action(row).await?);
        }
        Ok(actions)
    }

    /// Stores that a change is handed to WhatsApp. What the phone changes from now on may be newer.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn action_under_way(&self, action: &OutgoingAction) -> Result<(), Error> {
        let writing = self.store.write().await?;
        chat_action::Entity::update_many()
            .col_expr(chat_action::Column::QueuedAt, Expr::val(actions::UNDER_WAY))
            .filter(chat_action::Column::Id.eq(action.id.0))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }

    /// Stores that WhatsApp has a change. If a newer one of its kind took its place meanwhile, that one is
    /// undone to this.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn action_done(&self, action: &OutgoingAction) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let row = chat_action::Entity::find_by_id(action.id.0).one(&writing.tx).await?;
        // Its chat may have become part of another one since it was read.
        let chat = row.as_ref().map_or(action.chat, |row| ChatId(row.chat_id));
        if let Some(row) = row {
            actions::delete(&writing.tx, row.id).await?;
        } else if let Some(newer) =
            actions::of(chat, action.aspect, action.message).one(&writing.tx).await?
        {
            actions::undo_to(&writing.tx, newer.id, action.value).await?;
        }
        if matches!(action.action, ChatAction::Clear | ChatAction::Delete) {
            state::remove_cleared(&writing.tx, chat, action.value).await?;
            writing.announce(self.connection, Change::Chat(chat));
        }
        writing.commit().await
    }

    /// Undoes a change that WhatsApp refused, unless a newer one of its kind took its place, and stores that
    /// for the people who work with the chat.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn action_refused(&self, action: &OutgoingAction) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let Some(row) = chat_action::Entity::find_by_id(action.id.0).one(&writing.tx).await? else {
            return Ok(());
        };
        actions::delete(&writing.tx, row.id).await?;
        let chat = chat::Entity::find_by_id(row.chat_id).one(&writing.tx).await?;
        let Some(chat) = chat else { return writing.commit().await };
        let id = ChatId(chat.id);
        let is_removal = matches!(action.aspect, ChatAspect::Clear | ChatAspect::Delete);
        // A chat that was deleted is listed again, with the messages that it had.
        let aspect = if is_removal { ChatAspect::Clear } else { action.aspect };
        state::set(&writing.tx, &chat, aspect, action.message, row.before).await?;
        if action.aspect == ChatAspect::Delete {
            state::list_again(&writing.tx, chat.id).await?;
        }
        actions::set_refused(&writing.tx, chat.id, Some(action.aspect)).await?;
        writing.announce(self.connection, Change::Chat(id));
        if let Some(message) = action.message {
            writing.announce(self.connection, Change::Message(id, message));
        }
        if is_removal {
            writing.announce(self.connection, Change::Reload(id));
        }
        writing.commit().await
    }

    /// Counts a failed attempt. The change is tried again from `next_attempt_at` on, which is at most
    /// [`LONGEST_PAUSE`](super::LONGEST_PAUSE) ahead.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn retry_action_later(
        &self,
        action: &OutgoingAction,
        next_attempt_at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let writing = self.store.write().await?;
        let attempts = Expr::col(chat_action::Column::Attempts).add(1);
        let next_attempt_at = codec::micros(next_attempt_at);
        chat_action::Entity::update_many()
            .col_expr(chat_action::Column::Attempts, attempts)
            .col_expr(chat_action::Column::NextAttemptAt, Expr::val(next_attempt_at))
            .filter(chat_action::Column::Id.eq(action.id.0))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }

    async fn action(&self, row: chat_action::Model) -> Result<Option<OutgoingAction>, Error> {
        let db = self.store.db();
        let Some(chat) = chat::Entity::find_by_id(row.chat_id).one(db).await? else {
            return Ok(None);
        };
        let aspect: ChatAspect = codec::read_enum("the aspect of a chat", &row.aspect)?;
        let is_set = row.value != 0;
        let action = match aspect {
            ChatAspect::Archive => ChatAction::Archive(is_set),
            ChatAspect::Pin => ChatAction::Pin(is_set),
            ChatAspect::Mute if row.value == EVER => ChatAction::Mute(Some(Muted::Always)),
            ChatAspect::Mute => {
                ChatAction::Mute(is_set.then(|| Muted::Until(codec::time(row.value))))
            }
            ChatAspect::Unread => ChatAction::MarkUnread(is_set),
            ChatAspect::Star => {
                let id = Condition::all().add(message::Column::Id.eq(row.message_id.unwrap_or(0)));
                match self.named(&chat, id).await? {
                    Some(message) => ChatAction::Star { message, starred: is_set },
                    None => return Ok(None),
                }
            }
            ChatAspect::Clear => ChatAction::Clear,
            ChatAspect::Delete => ChatAction::Delete,
            ChatAspect::Block => ChatAction::Block(is_set),
        };
        let last = match aspect {
            ChatAspect::Archive | ChatAspect::Unread => {
                let id = message::Column::Id.eq(chat.last_message_id.unwrap_or(0));
                self.named(&chat, Condition::all().add(id)).await?
            }
            ChatAspect::Clear | ChatAspect::Delete => {
                let newest = message::Column::Position.lte(row.value);
                self.named(&chat, Condition::all().add(newest)).await?
            }
            _ => None,
        };
        Ok(Some(OutgoingAction {
            id: OperationId(row.id),
            chat: ChatId(chat.id),
            to_jid: chat.address,
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            action,
            last,
            aspect,
            value: row.value,
            message: row.message_id.map(MessageId),
        }))
    }

    /// Returns the newest of the messages of a chat that match.
    async fn named(
        &self,
        chat: &chat::Model,
        which: Condition,
    ) -> Result<Option<NamedMessage>, Error> {
        let db = self.store.db();
        let row = message::head()
            .filter(message::Column::ChatId.eq(chat.id))
            .filter(which)
            .order_by_desc(message::Column::Position)
            .one(db)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let from_me = row.sender_id == message::OURSELVES;
        let group = group_rows::of(db, ChatId(chat.id)).await?.filter(|_| !from_me);
        let author = match group {
            Some(group) => members::address(db, row.sender_id, group.lid).await?,
            None => None,
        };
        // An id of another form is that of a message which no device can name.
        let Ok(wa_id) = WaMessageId::parse(&row.wa_id) else { return Ok(None) };
        let at = codec::time(row.changeable_since());
        Ok(Some(NamedMessage { wa_id, from_me, author, at }))
    }
}
