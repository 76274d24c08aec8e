//! Texts, forwards and changes of messages that users send. Each is an operation in the outbox,
//! which the session sends as soon as the number is connected.

use model::{Change, ChatId, Message, MessageId, OperationId, WaMessageId};
use store::{Grant, Viewer, Write};

use super::Pool;
use crate::session::Command;

impl Pool {
    /// Stores a message and sends it. `reply_to` is the message of the same chat that it answers. A
    /// repeated `wa_id` returns the stored message, so one click makes one message.
    ///
    /// # Errors
    /// Those of `Store::enqueue_text`.
    pub async fn send_text(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: WaMessageId,
        text: &str,
        reply_to: Option<MessageId>,
    ) -> Result<Message, store::Error> {
        let store = &self.0.shared.store;
        let message = store.enqueue_text(grant, chat, wa_id, text, reply_to).await?;
        self.deliver(grant).await;
        Ok(message)
    }

    /// Sends the text of a message that the viewer may read as a new message in another chat. A
    /// repeated `wa_id` returns the stored message.
    ///
    /// # Errors
    /// Those of `Store::forward`.
    pub async fn forward(
        &self,
        viewer: &Viewer,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: WaMessageId,
        source: MessageId,
    ) -> Result<Message, store::Error> {
        let store = &self.0.shared.store;
        let message = store.forward(viewer, grant, chat, wa_id, source).await?;
        self.deliver(grant).await;
        Ok(message)
    }

    /// Edits a message, deletes it for everybody or reacts to it, and returns it with the pending
    /// change. A repeated `wa_id` changes nothing.
    ///
    /// # Errors
    /// Those of `Store::enqueue_change`.
    pub async fn change(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
        wa_id: WaMessageId,
        change: Change,
    ) -> Result<Message, store::Error> {
        let message = self.0.shared.store.enqueue_change(grant, message, wa_id, change).await?;
        self.deliver(grant).await;
        Ok(message)
    }

    /// Edits a message of which the user has seen the edit `seen`.
    ///
    /// # Errors
    /// Those of `Store::enqueue_edit`.
    pub async fn edit(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
        wa_id: WaMessageId,
        text: String,
        seen: Option<i64>,
    ) -> Result<Message, store::Error> {
        let store = &self.0.shared.store;
        let message = store.enqueue_edit(grant, message, wa_id, text, seen).await?;
        self.deliver(grant).await;
        Ok(message)
    }

    /// Tries again to send a message that failed, or to download its file.
    ///
    /// # Errors
    /// Those of `Store::retry`.
    pub async fn retry(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
    ) -> Result<Message, store::Error> {
        let message = self.0.shared.store.retry(grant, message).await?;
        self.deliver(grant).await;
        Ok(message)
    }

    /// Tries again to send a change that failed.
    ///
    /// # Errors
    /// Those of `Store::retry_change`.
    pub async fn retry_change(
        &self,
        grant: &Grant<Write>,
        operation: OperationId,
    ) -> Result<Message, store::Error> {
        let message = self.0.shared.store.retry_change(grant, operation).await?;
        self.deliver(grant).await;
        Ok(message)
    }

    /// Discards a change that failed.
    ///
    /// # Errors
    /// Those of `Store::discard_change`.
    pub async fn discard_change(
        &self,
        grant: &Grant<Write>,
        operation: OperationId,
    ) -> Result<Message, store::Error> {
        let message = self.0.shared.store.discard_change(grant, operation).await?;
        self.deliver(grant).await;
        Ok(message)
    }

    /// Wakes the session of a number, if it runs.
    async fn deliver(&self, grant: &Grant<Write>) {
        self.send_if_running(grant.connection(), Command::Deliver).await;
    }
}
