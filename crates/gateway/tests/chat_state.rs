//! What the number and its phone keep of a chat, both ways.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use chrono::Utc;
use emulator::{Addressing, ChatChange as OnPhone, ChatInfo, Mute, NewPhone, PhoneInfo};
use model::{Chat, ChatChange, ChatFilter, ChatMark, Visibility};
use support::{Agent, PATIENCE, World, texts};

/// A number with a customer who has written.
struct Talk {
    world: World,
    ana: Agent,
    shop: String,
    customer: String,
}

impl Talk {
    async fn open(addressing: Addressing) -> Self {
        let world = World::new().await;
        let (ana, shop) = world.connected("ana").await;
        let new = NewPhone { number: None, name: Some("Cláudia".into()), addressing };
        let customer = world.emulator.make_phone(new).await.unwrap().number;
        world.emulator.send_text(&customer, &shop, "oi").await.unwrap();
        world.messages_until(&ana, |messages| messages.len() == 1).await;
        world.emulator.until(&shop, &customer, PATIENCE, |chat| chat.len() == 1).await.unwrap();
        Self { world, ana, shop, customer }
    }

    /// The phone of the number changes its chat with the customer.
    async fn phone(&self, change: OnPhone) {
        self.world.emulator.change_chat(&self.shop, &self.customer, &change).await.unwrap();
    }

    /// A user changes the chat here.
    async fn here(&self, change: ChatChange) {
        let (grant, chat) = self.ana.viewer.write_chat(self.chat().await.id).await.unwrap();
        self.world.store.change_chat(&grant, chat.id, change).await.unwrap();
    }

    async fn chat(&self) -> Chat {
        self.rows().await.remove(0)
    }

    /// Returns all chats, also those that are archived.
    async fn rows(&self) -> Vec<Chat> {
        let page = store::ChatsPage { connection: None, before: None, limit: 10 };
        let mut rows = self.ana.viewer.chats(page).await.unwrap();
        rows.extend(self.ana.viewer.filtered_chats(page, ChatFilter::Archived).await.unwrap());
        rows
    }

    async fn until_here(&self, wanted: impl Fn(&Chat) -> bool) {
        self.world.rows_until(async || self.rows().await, |rows| rows.iter().any(&wanted)).await;
    }

    async fn until_phone(&self, wanted: impl Fn(&ChatInfo) -> bool) {
        let is = |phone: &PhoneInfo| {
            phone.chats.iter().any(|chat| chat.with == self.customer && wanted(chat))
        };
        self.world.emulator.until_phone(&self.shop, PATIENCE, is).await.unwrap();
    }
}

#[tokio::test]
async fn what_the_phone_changes_is_here() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let talk = Talk::open(addressing).await;
        talk.phone(OnPhone::Pin(true)).await;
        talk.until_here(|chat| chat.pinned.is_some()).await;
        talk.phone(OnPhone::Mute(Mute::Until(Utc::now().timestamp() + 3600))).await;
        talk.until_here(|chat| chat.marks.has(ChatMark::Muted)).await;
        talk.phone(OnPhone::MarkUnread(true)).await;
        talk.until_here(|chat| chat.marks.has(ChatMark::Unread)).await;
        talk.phone(OnPhone::MarkUnread(false)).await;
        talk.until_here(|chat| !chat.marks.has(ChatMark::Unread) && chat.unread == 0).await;
        talk.phone(OnPhone::Mute(Mute::Off)).await;
        talk.until_here(|chat| !chat.marks.has(ChatMark::Muted)).await;
        talk.phone(OnPhone::Archive(true)).await;
        talk.until_here(|chat| chat.marks.has(ChatMark::Archived)).await;
        talk.phone(OnPhone::Archive(false)).await;
        talk.until_here(|chat| !chat.marks.has(ChatMark::Archived)).await;
    }
}

#[tokio::test]
async fn what_is_changed_here_is_on_the_phone() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let talk = Talk::open(addressing).await;
        talk.here(ChatChange::Pin).await;
        talk.until_phone(|chat| chat.pinned).await;
        talk.here(ChatChange::MuteAlways).await;
        talk.until_phone(|chat| chat.muted_until == Some(-1)).await;
        talk.here(ChatChange::Unmute).await;
        talk.until_phone(|chat| chat.muted_until.is_none()).await;
        talk.here(ChatChange::MarkUnread).await;
        talk.until_phone(|chat| chat.marked_unread).await;
        // Opening it ends the mark.
        talk.ana.mark_read(&talk.world.store, talk.chat().await.id).await;
        talk.until_phone(|chat| !chat.marked_unread && chat.unread == 0).await;
        talk.here(ChatChange::Archive).await;
        talk.until_phone(|chat| chat.archived && !chat.pinned).await;
        talk.here(ChatChange::Unarchive).await;
        talk.until_phone(|chat| !chat.archived).await;
    }
}

#[tokio::test]
async fn a_change_waits_while_the_number_is_away_and_the_newest_counts() {
    let mut talk = Talk::open(Addressing::Lid).await;
    talk.world.stop().await;
    talk.here(ChatChange::Archive).await;
    talk.here(ChatChange::Unarchive).await;
    talk.here(ChatChange::Pin).await;
    talk.world.start_again().await;
    talk.until_phone(|chat| chat.pinned && !chat.archived).await;
    assert!(talk.chat().await.pinned.is_some());
}

#[tokio::test]
async fn a_star_is_on_both_sides() {
    let talk = Talk::open(Addressing::Lid).await;
    let message = talk.ana.messages().await.remove(0);
    let (grant, _) = talk.ana.viewer.write_chat(message.chat).await.unwrap();
    talk.world.store.star_message(&grant, message.id, true).await.unwrap();
    let id = message.wa_id.to_string();
    talk.until_phone(|chat| chat.starred == [id.clone()]).await;
    talk.phone(OnPhone::Star { id: message.wa_id.to_string(), on: false }).await;
    talk.world.messages_until(&talk.ana, |messages| !messages[0].starred).await;
}

#[tokio::test]
async fn what_the_phone_clears_is_hidden_and_what_is_cleared_here_goes_from_the_phone() {
    let talk = Talk::open(Addressing::Lid).await;
    talk.phone(OnPhone::Clear { starred: false }).await;
    talk.world.messages_until(&talk.ana, |messages| messages.is_empty()).await;
    let chat = talk.chat().await.id;
    let (grant, _) = talk.ana.viewer.remove_in_chat(chat).await.unwrap();
    talk.world.store.show_cleared(&grant, chat).await.unwrap();
    assert_eq!(texts(&talk.ana.messages().await), ["oi"]);

    talk.world.emulator.send_text(&talk.customer, &talk.shop, "mais").await.unwrap();
    talk.world.messages_until(&talk.ana, |messages| messages.len() == 2).await;
    let there = |chat: &[emulator::PhoneMessage]| chat.len() == 1;
    talk.world.emulator.until(&talk.shop, &talk.customer, PATIENCE, there).await.unwrap();
    talk.world.store.clear_chat(&grant, chat, false).await.unwrap();
    let gone = |chat: &[emulator::PhoneMessage]| chat.is_empty();
    talk.world.emulator.until(&talk.shop, &talk.customer, PATIENCE, gone).await.unwrap();
    talk.world.messages_until(&talk.ana, |messages| messages.is_empty()).await;
}

#[tokio::test]
async fn a_contact_is_blocked_from_both_sides() {
    let talk = Talk::open(Addressing::Lid).await;
    let emulator = &talk.world.emulator;
    emulator.block(&talk.shop, &talk.customer, true).await.unwrap();
    talk.until_here(|chat| chat.marks.has(ChatMark::Blocked)).await;
    let (grant, chat) = talk.ana.viewer.write_chat(talk.chat().await.id).await.unwrap();
    talk.world.store.block_contact(&grant, chat.id, false).await.unwrap();
    let is_free = |phone: &PhoneInfo| phone.blocked.is_empty();
    emulator.until_phone(&talk.shop, PATIENCE, is_free).await.unwrap();
    talk.world.store.block_contact(&grant, chat.id, true).await.unwrap();
    let is_blocked = |phone: &PhoneInfo| phone.blocked.len() == 1;
    emulator.until_phone(&talk.shop, PATIENCE, is_blocked).await.unwrap();
    talk.until_here(|chat| chat.marks.has(ChatMark::Blocked)).await;
}

#[tokio::test]
async fn a_number_that_hides_what_is_read_tells_its_own_phone_alone() {
    let talk = Talk::open(Addressing::Lid).await;
    let hides = Visibility { hides_reading: true, hides_online: true };
    talk.ana.viewer.set_visibility(talk.ana.connection, hides).await.unwrap();
    talk.ana.mark_read(&talk.world.store, talk.chat().await.id).await;
    talk.until_phone(|chat| chat.unread == 0).await;
    let at_the_customers = async || {
        talk.world.emulator.messages(&talk.customer, &talk.shop).await.unwrap().remove(0).status
    };
    assert_ne!(at_the_customers().await, emulator::MessageStatus::Read);

    // From now on, the customer sees it.
    talk.ana.viewer.set_visibility(talk.ana.connection, Visibility::default()).await.unwrap();
    talk.world.emulator.send_text(&talk.customer, &talk.shop, "mais").await.unwrap();
    talk.world.messages_until(&talk.ana, |messages| messages.len() == 2).await;
    talk.ana.mark_read(&talk.world.store, talk.chat().await.id).await;
    let is_read = |chat: &[emulator::PhoneMessage]| {
        chat.last().is_some_and(|message| message.status == emulator::MessageStatus::Read)
    };
    talk.world.emulator.until(&talk.customer, &talk.shop, PATIENCE, is_read).await.unwrap();
}
