//! Turns a change of a row into a numbered event.

use std::{collections::HashMap, sync::Arc};

use model::{ChatId, ConnectionId, LiveEvent, MessageId};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _};

use super::Committed;
use crate::{Error, chats, codec, entity::live_event, messages};

/// The most rows of one statement: SQLite takes 32,766 values.
const AT_ONCE: usize = 1000;

/// A change of rows. Their values are read when the event is recorded or replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Message(ChatId, MessageId),
    Chat(ChatId),
    /// A message disappeared, and its row is deleted.
    Gone(ChatId, MessageId),
    /// Rows were removed or merged, so pages have to load again.
    Reload(ChatId),
}

impl Change {
    fn kind(self) -> &'static str {
        match self {
            Self::Message(..) => "message",
            Self::Chat(_) => "chat",
            Self::Gone(..) => "gone",
            Self::Reload(_) => "resync",
        }
    }

    fn chat(self) -> ChatId {
        match self {
            Self::Message(chat, _) | Self::Gone(chat, _) => chat,
            Self::Chat(chat) | Self::Reload(chat) => chat,
        }
    }

    fn message(self) -> Option<MessageId> {
        match self {
            Self::Message(_, message) => Some(message),
            Self::Chat(_) | Self::Gone(..) | Self::Reload(_) => None,
        }
    }

    /// Returns the message that disappeared. It has a column of its own: a foreign key leads from the
    /// other one to the row, which is deleted.
    fn gone(self) -> Option<MessageId> {
        match self {
            Self::Gone(_, message) => Some(message),
            Self::Message(..) | Self::Chat(_) | Self::Reload(_) => None,
        }
    }

    pub(super) fn of(row: &live_event::Model) -> Result<Self, Error> {
        let message = row.message_id.or(row.gone_id).map(MessageId);
        match (row.kind.as_str(), row.chat_id.map(ChatId), message) {
            ("message", Some(chat), Some(message)) => Ok(Self::Message(chat, message)),
            ("chat", Some(chat), None) => Ok(Self::Chat(chat)),
            ("gone", Some(chat), Some(message)) => Ok(Self::Gone(chat, message)),
            ("resync", Some(chat), None) => Ok(Self::Reload(chat)),
            _ => Err(Error::Corrupt { what: "a live event", value: row.kind.clone() }),
        }
    }
}

/// Numbers the changes of a transaction and reads their values, to be published after its commit.
pub(crate) async fn record(
    tx: &impl ConnectionTrait,
    changes: Vec<(ConnectionId, Change)>,
) -> Result<Vec<Committed>, Error> {
    let events = Values::load(tx, changes.iter().map(|(_, change)| *change)).await?;
    // A chat that was merged into another in this transaction has no event.
    let recorded: Vec<_> = changes
        .into_iter()
        .filter_map(|(connection, change)| Some((connection, change, events.event(change)?)))
        .collect();
    let created_at = codec::now();
    let mut numbers = Vec::with_capacity(recorded.len());
    for part in recorded.chunks(AT_ONCE) {
        let rows = part.iter().map(|(connection, change, _)| live_event::ActiveModel {
            connection_id: Set(Some(connection.0)),
            chat_id: Set(Some(change.chat().0)),
            message_id: Set(change.message().map(|id| id.0)),
            gone_id: Set(change.gone().map(|id| id.0)),
            kind: Set(change.kind().to_owned()),
            created_at: Set(created_at),
            ..Default::default()
        });
        numbers.extend(live_event::Entity::insert_many(rows).exec_with_returning_keys(tx).await?);
    }
    // The numbers rise with the rows, but the database may return them in another order.
    numbers.sort_unstable();
    let committed = |(seq, (connection, change, event)): (i64, (_, Change, _))| Committed {
        seq,
        connection,
        chat: change.chat(),
        event: Arc::new(event),
    };
    Ok(numbers.into_iter().zip(recorded).map(committed).collect())
}

/// The rows of a set of changes.
pub(super) struct Values {
    chats: HashMap<ChatId, model::Chat>,
    messages: HashMap<MessageId, model::Message>,
}

impl Values {
    pub(super) async fn load(
        db: &impl ConnectionTrait,
        changes: impl Iterator<Item = Change> + Clone,
    ) -> Result<Self, Error> {
        let rows = chats::by_id(db, changes.clone().map(Change::chat)).await?;
        let messages = messages::by_id(db, changes.filter_map(Change::message)).await?;
        Ok(Self {
            chats: rows.into_iter().map(|chat| (chat.id, chat)).collect(),
            messages: messages.into_iter().map(|message| (message.id, message)).collect(),
        })
    }

    /// Returns the event of a change with its current values; `None` when its rows are deleted.
    pub(super) fn event(&self, change: Change) -> Option<LiveEvent> {
        let chat = self.chats.get(&change.chat())?.clone();
        Some(match change {
            Change::Message(_, id) => {
                LiveEvent::Message { chat, message: self.messages.get(&id)?.clone() }
            }
            Change::Chat(_) => LiveEvent::Chat { chat },
            Change::Gone(_, message) => LiveEvent::Gone(message),
            Change::Reload(_) => LiveEvent::Resync,
        })
    }
}
