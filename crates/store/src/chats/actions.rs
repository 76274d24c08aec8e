//! Changes of the state of a chat that wait for WhatsApp. They count here at once ([`state`]). A newer one
//! takes the place of one of its aspect that waits, and keeps the value before both.

use model::{ChatAspect, ChatId, ConnectionId, MessageId, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    Select, sea_query::Expr,
};

use super::state;
use crate::{
    Error, codec,
    entity::{chat, chat_action},
    live::{Change, Work},
    write::Writing,
};

/// A change that a user made.
#[derive(Debug)]
pub(crate) struct NewAction {
    pub(crate) aspect: ChatAspect,
    /// The message of a star.
    pub(crate) message: Option<MessageId>,
    /// See [`state`].
    pub(crate) value: i64,
    pub(crate) author: Option<UserId>,
}

/// Gives an aspect of a chat its new value, and queues it for WhatsApp. The words about an earlier change that
/// was refused go.
pub(crate) async fn apply(
    writing: &mut Writing,
    chat: &chat::Model,
    new: NewAction,
) -> Result<(), Error> {
    let tx = &writing.tx;
    let NewAction { aspect, message, value, author } = new;
    let waiting = of(ChatId(chat.id), aspect, message).one(tx).await?;
    let before = match &waiting {
        Some(waiting) => waiting.before,
        None => state::value(tx, chat, aspect, message).await?,
    };
    if let Some(waiting) = waiting {
        delete(tx, waiting.id).await?;
    }
    state::set(tx, chat, aspect, message, value).await?;
    set_refused(tx, chat.id, None).await?;
    let row = chat_action::ActiveModel {
        connection_id: Set(chat.connection_id),
        chat_id: Set(chat.id),
        aspect: Set(aspect.as_str().to_owned()),
        message_id: Set(message.map(|message| message.0)),
        value: Set(value),
        before: Set(before),
        author_id: Set(author.map(|author| author.0)),
        attempts: Set(0),
        queued_at: Set(codec::now()),
        ..Default::default()
    };
    chat_action::Entity::insert(row).exec_without_returning(tx).await?;
    let connection = ConnectionId(chat.connection_id);
    writing.announce(connection, Change::Chat(ChatId(chat.id)));
    writing.wake(connection, Work::ChatActions);
    Ok(())
}

/// Selects the change of an aspect that waits; there is one at most.
pub(crate) fn of(
    chat: ChatId,
    aspect: ChatAspect,
    message: Option<MessageId>,
) -> Select<chat_action::Entity> {
    let select = chat_action::Entity::find()
        .filter(chat_action::Column::ChatId.eq(chat.0))
        .filter(chat_action::Column::Aspect.eq(aspect.as_str()));
    match message {
        Some(message) => select.filter(chat_action::Column::MessageId.eq(message.0)),
        None => select,
    }
}

/// The time of queueing of a change that was handed to WhatsApp, also if no answer came.
pub(crate) const UNDER_WAY: i64 = 0;

/// Stores the value that a change is undone to if WhatsApp refuses it.
pub(crate) async fn undo_to(
    tx: &DatabaseTransaction,
    action: i64,
    value: i64,
) -> Result<(), Error> {
    chat_action::Entity::update_many()
        .col_expr(chat_action::Column::Before, Expr::val(value))
        .filter(chat_action::Column::Id.eq(action))
        .exec(tx)
        .await?;
    Ok(())
}

pub(crate) async fn delete(tx: &DatabaseTransaction, action: i64) -> Result<(), Error> {
    chat_action::Entity::delete_by_id(action).exec(tx).await?;
    Ok(())
}

/// Completes the removals of a number whose phone was unlinked: nothing is left to wait for, and what somebody
/// removed must not stay.
pub(crate) async fn complete_removals(
    tx: &DatabaseTransaction,
    connection: ConnectionId,
) -> Result<(), Error> {
    let removals = [ChatAspect::Clear, ChatAspect::Delete].map(ChatAspect::as_str);
    let waiting = chat_action::Entity::find()
        .filter(chat_action::Column::ConnectionId.eq(connection.0))
        .filter(chat_action::Column::Aspect.is_in(removals))
        .all(tx)
        .await?;
    for removal in waiting {
        state::remove_cleared(tx, ChatId(removal.chat_id), removal.value).await?;
        delete(tx, removal.id).await?;
    }
    Ok(())
}

/// Stores what WhatsApp refused last; `None` once somebody has read that.
pub(crate) async fn set_refused(
    tx: &DatabaseTransaction,
    chat: i64,
    aspect: Option<ChatAspect>,
) -> Result<(), Error> {
    let refused = aspect.map(|aspect| aspect.as_str().to_owned());
    chat::Entity::update_many()
        .col_expr(chat::Column::Refused, Expr::val(refused))
        .filter(chat::Column::Id.eq(chat))
        .exec(tx)
        .await?;
    Ok(())
}

/// Moves the changes of a chat into the chat that it is merged into. Of two that are about the same, the
/// later one stays.
pub(crate) async fn reassign(
    tx: &DatabaseTransaction,
    from: ChatId,
    into: ChatId,
) -> Result<(), Error> {
    let moving =
        chat_action::Entity::find().filter(chat_action::Column::ChatId.eq(from.0)).all(tx).await?;
    for action in moving {
        let aspect = codec::read_enum("the aspect of a chat", &action.aspect)?;
        let there = of(into, aspect, action.message_id.map(MessageId)).one(tx).await?;
        match there {
            Some(there) if there.id > action.id => {
                delete(tx, action.id).await?;
                continue;
            }
            Some(there) => delete(tx, there.id).await?,
            None => {}
        }
        chat_action::Entity::update_many()
            .col_expr(chat_action::Column::ChatId, Expr::val(into.0))
            .filter(chat_action::Column::Id.eq(action.id))
            .exec(tx)
            .await?;
    }
    Ok(())
}
