//! A conversation whose messages are changed.

use model::{Change, ChatId, FailReason, Message, MessageId, WaMessageId};
use store::{Error, Grant, Operation, Outbox, Peer, Store, Write};

use super::{Desk, incoming, receive, wa};

pub(crate) fn edit(text: &str) -> Change {
    Change::Edit { text: text.to_owned() }
}

pub(crate) fn react(emoji: &str) -> Change {
    Change::React { emoji: emoji.to_owned() }
}

/// A chat with a question, whose id and text are `q`.
pub(crate) struct Talk {
    pub(crate) store: Store,
    pub(crate) desk: Desk,
    pub(crate) peer: Peer,
    pub(crate) chat: ChatId,
    pub(crate) grant: Grant<Write>,
    pub(crate) outbox: Outbox,
}

impl Talk {
    pub(crate) async fn open(store: &Store) -> Self {
        let desk = Desk::open(store).await;
        Self::with(store, desk, Peer::pn("5561998124471")).await
    }

    pub(crate) async fn with(store: &Store, desk: Desk, peer: Peer) -> Self {
        let chat = receive(store, &desk.owner, desk.number, incoming(&peer, "q", 0)).await.id;
        let grant = desk.owner.grant_write(desk.number).await.unwrap();
        let outbox = store.outbox(desk.number);
        Self { store: store.clone(), desk, peer, chat, grant, outbox }
    }

    /// Queues a text; its id is the same.
    pub(crate) async fn queue(&self, name: &str) -> MessageId {
        self.store.enqueue_text(&self.grant, self.chat, wa(name), name, None).await.unwrap().id
    }

    /// Sends a text; its id is the same.
    pub(crate) async fn send(&self, name: &str) -> MessageId {
        let message = self.queue(name).await;
        self.confirm(name).await;
        message
    }

    pub(crate) async fn change(
        &self,
        message: MessageId,
        id: &str,
        change: Change,
    ) -> Result<Message, Error> {
        self.store.enqueue_change(&self.grant, message, wa(id), change).await
    }

    pub(crate) async fn confirm(&self, id: &str) {
        self.outbox.confirmed(&wa(id), None).await.unwrap();
    }

    pub(crate) async fn fail(&self, id: &str, reason: FailReason) {
        self.outbox.failed(&wa(id), reason).await.unwrap();
    }

    pub(crate) async fn message(&self, id: MessageId) -> Message {
        let messages = self.desk.owner.messages(self.chat, None, 100).await.unwrap();
        messages.into_iter().find(|message| message.id == id).unwrap()
    }

    /// The received question.
    pub(crate) async fn question(&self) -> MessageId {
        self.desk.owner.messages(self.chat, None, 100).await.unwrap()[0].id
    }

    /// Returns the reasons for which changes of a message failed; `None` for one that waits.
    pub(crate) async fn failed(&self, id: MessageId) -> Vec<Option<FailReason>> {
        self.message(id).await.pending.iter().map(|change| change.failed).collect()
    }

    /// Returns the operations that may go now.
    pub(crate) async fn next(&self) -> Vec<String> {
        let next = self.outbox.next(100, &[]).await.unwrap();
        next.iter().map(|outgoing| described(&outgoing.operation)).collect()
    }
}

fn described(operation: &Operation) -> String {
    let name = |id: &WaMessageId| id.as_str().replace("3EB00000-", "");
    match operation {
        Operation::Send { text, .. } => format!("send {text}"),
        Operation::Timer { seconds } => format!("timer {seconds}"),
        Operation::Edit { target, text, .. } => format!("edit {}: {text}", name(target)),
        Operation::Revoke { target, .. } => format!("revoke {}", name(target)),
        Operation::Leave => "leave".to_owned(),
        Operation::React { target, from_me, emoji, .. } => {
            let whose = if *from_me { "own" } else { "their" };
            format!("react {whose} {}: {emoji}", name(target))
        }
        Operation::Vote { target, from_me, options, .. } => {
            let whose = if *from_me { "own" } else { "their" };
            format!("vote {whose} {}: {}", name(target), options.join(", "))
        }
    }
}
