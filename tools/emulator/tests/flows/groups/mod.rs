//! Groups of clients and phones.

mod chat;
mod chat_changes;
mod keys;
mod large;
mod members;
mod offline;
mod over_http;
mod pictures;
mod receipts;
mod settings;

use emulator::{Addressing, Config, Emulator, NewGroup, NewPhone, PhoneMessage, Scanned};
use whatsapp_rust::prelude::*;
use whatsapp_rust::wacore::stanza::groups::GroupNotificationAction;

use crate::client::{TIMEOUT, TestClient};

/// A member with a client.
pub(crate) struct Member {
    pub(crate) client: TestClient,
    pub(crate) me: Scanned,
}

/// A group of Ana, who made it, and Bia, who have clients, and Caio, who has only a phone.
pub(crate) struct Trio {
    pub(crate) emulator: Emulator,
    pub(crate) ana: Member,
    pub(crate) bia: Member,
    /// The number of Caio's phone.
    pub(crate) caio: String,
    /// The JID of the group.
    pub(crate) group: String,
}

impl Trio {
    pub(crate) async fn new() -> Self {
        Self::of(crate::client::emulator().await, Addressing::Lid).await
    }

    pub(crate) async fn addressed(addressing: Addressing) -> Self {
        Self::of(crate::client::emulator().await, addressing).await
    }

    /// A group in an emulator whose state is kept.
    pub(crate) async fn stored(config: Config) -> Self {
        Self::of(Emulator::start(config).await.unwrap(), Addressing::Lid).await
    }

    async fn of(emulator: Emulator, addressing: Addressing) -> Self {
        let phone = async || {
            let new = NewPhone { addressing, ..NewPhone::default() };
            emulator.make_phone(new).await.unwrap().number
        };
        let member = async || {
            let (client, me) = TestClient::linked_to(&emulator, &phone().await).await;
            Member { client, me }
        };
        let (ana, bia, caio) = (member().await, member().await, phone().await);
        let others = [bia.me.phone.as_str(), caio.as_str()];
        let group = emulator.make_group(NewGroup::new(&ana.me.phone, "Trio", others)).await;
        let group = group.unwrap().jid;
        Self { emulator, ana, bia, caio, group }
    }

    pub(crate) fn jid(&self) -> Jid {
        self.group.parse().unwrap()
    }

    /// Waits until a phone has this many messages of the group, all of which it could decrypt.
    pub(crate) async fn chat(&self, phone: &str, count: usize) -> Vec<PhoneMessage> {
        let is_there = |chat: &[PhoneMessage]| {
            let undecryptable = emulator::MessageKind::Undecryptable;
            chat.len() >= count && chat.iter().all(|row| row.kind != undecryptable)
        };
        self.emulator.until(phone, &self.group, TIMEOUT, is_there).await.unwrap()
    }

    /// The texts of the group on a phone, once there are so many.
    pub(crate) async fn texts(&self, phone: &str, count: usize) -> Vec<String> {
        let chat = self.chat(phone, count).await;
        chat.into_iter().filter_map(|row| row.text).collect()
    }
}

impl Member {
    /// The next change of a group that the client learns of and that `find` accepts.
    pub(crate) async fn change<T>(
        &self,
        find: impl Fn(&GroupNotificationAction) -> Option<T>,
    ) -> T {
        self.client
            .event(|event| match event {
                Event::GroupUpdate(update) => find(&update.action),
                _ => None,
            })
            .await
    }

    /// The error of the next message that the server refuses.
    pub(crate) async fn refused(&self) -> String {
        self.client
            .event(|event| match event {
                Event::ServerAck(ack) if ack.class.as_deref() == Some("message") => {
                    ack.error.clone()
                }
                _ => None,
            })
            .await
    }

    /// Asserts that the client gets nothing of a group: a message of its phone's friend, sent after
    /// all the rest, is the next one.
    pub(crate) async fn gets_nothing_more(&self, emulator: &Emulator, friend: &str) {
        emulator.send_text(friend, &self.me.phone, "só nós dois").await.unwrap();
        let next = self.client.message().await;
        assert!(!next.info.source.is_group, "{}", crate::client::text(&next));
    }
}
