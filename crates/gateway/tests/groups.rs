//! Groups: their data and members, the notices about them, and messages in both directions.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use emulator::{GroupChange, MembersChange, NewGroup, NewPhone, PhoneMessage};
use model::content::GroupEvent;
use model::{
    Change, Chat, ChatId, Closed, ConnectionState, Delivery, Group, MemberRole, Membership,
    Mention, Message, NewText,
};
use store::Error;
use support::{Agent, PATIENCE, World, new_id, texts};

/// A number in a group that a customer made, with a second customer.
struct Talk {
    world: World,
    ana: Agent,
    shop: String,
    owner: String,
    other: String,
    jid: String,
}

impl Talk {
    async fn new() -> Self {
        let world = World::new().await;
        let phone = async |name: &str| {
            let new = NewPhone { name: Some(name.into()), ..NewPhone::default() };
            world.emulator.make_phone(new).await.unwrap().number
        };
        let (shop, owner) = (phone("Loja").await, phone("Marcos").await);
        let other = phone("Rute").await;
        let ana = world.agent("ana").await;
        world.pool.connect(&ana.manage().await).await.unwrap();
        let qr = world.qr(ana.connection).await;
        world.emulator.scan_with(&shop, &qr).await.unwrap();
        world.until(ana.connection, |state| *state == ConnectionState::Connected).await;
        let new = NewGroup::new(&owner, "Fornecedores Sul", [&*shop, &*other]);
        let jid = world.emulator.make_group(new).await.unwrap().jid;
        let talk = Self { world, ana, shop, owner, other, jid };
        talk.group(|group| group.known && group.members.len() == 3).await;
        talk
    }

    async fn chat(&self, wanted: impl Fn(&Chat) -> bool) -> Chat {
        let is = |chats: &[Chat]| chats.iter().any(|chat| chat.group && wanted(chat));
        let chats = self.world.rows_until(async || self.ana.chats().await, is).await;
        chats.into_iter().find(|chat| chat.group).unwrap()
    }

    async fn id(&self) -> ChatId {
        self.chat(|_| true).await.id
    }

    /// Waits until what is known of the group matches.
    async fn group(&self, wanted: impl Fn(&Group) -> bool) -> Group {
        let read = async || {
            let chats = self.ana.chats().await;
            match chats.iter().find(|chat| chat.group) {
                Some(chat) => vec![self.ana.viewer.group(chat.id).await.unwrap()],
                None => Vec::new(),
            }
        };
        self.world.rows_until(read, |groups| groups.iter().any(&wanted)).await.remove(0)
    }

    /// Waits until the messages of the group match.
    async fn here(&self, wanted: impl Fn(&[Message]) -> bool) -> Vec<Message> {
        let id = self.id().await;
        let read = async || self.ana.viewer.messages(id, None, 100).await.unwrap();
        self.world.rows_until(read, wanted).await
    }

    /// Waits until a notice is there.
    async fn notice(&self, is: impl Fn(&GroupEvent<model::content::GroupPerson>) -> bool) {
        let is_there = |message: &Message| message.change.iter().any(|change| is(&change.what));
        self.here(|messages| messages.iter().any(is_there)).await;
    }

    async fn send(&self, text: impl Into<NewText> + Send) -> Result<Message, Error> {
        let (grant, chat) = self.ana.viewer.write_chat(self.id().await).await.unwrap();
        self.world.store.enqueue_text(&grant, chat.id, new_id(), text, None).await
    }

    /// Waits until a phone has a message of the group that matches.
    async fn there(&self, phone: &str, wanted: impl Fn(&PhoneMessage) -> bool) -> PhoneMessage {
        let waiting = async {
            loop {
                let messages = self.world.emulator.messages(phone, &self.jid).await.unwrap();
                match messages.into_iter().find(|message| wanted(message)) {
                    Some(message) => return message,
                    None => tokio::task::yield_now().await,
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("the message arrives")
    }

    async fn members(&self, change: MembersChange) {
        self.world.emulator.change_members(&self.jid, &change).await.unwrap();
    }
}

#[tokio::test]
async fn a_new_group_has_a_chat_with_its_members_and_says_who_made_it() {
    let talk = Talk::new().await;
    let chat = talk.chat(|chat| chat.members == 3).await;
    assert_eq!((&*chat.name, chat.closed, chat.unread), ("Fornecedores Sul", None, 0));
    let group = talk.group(|group| group.known).await;
    let owner = group.members.iter().find(|member| member.role == MemberRole::Owner).unwrap();
    assert_eq!(owner.phone.as_ref().map(model::PhoneNumber::digits), Some(talk.owner.clone()));
    assert_eq!(group.membership, Membership::Member);
    talk.world.emulator.send_text(&talk.other, &talk.jid, "Bom dia!").await.unwrap();
    let said = talk.here(|messages| texts(messages).contains(&"Bom dia!")).await;
    assert!(said.iter().any(|message| message.sender.is_some()));
}

#[tokio::test]
async fn what_is_sent_reaches_every_member_and_their_receipts_are_counted() {
    let talk = Talk::new().await;
    let sent = talk.send("Mantenho o preço até quinta").await.unwrap();
    for phone in [&talk.owner, &talk.other] {
        talk.there(phone, |there| there.text.as_deref() == Some("Mantenho o preço até quinta"))
            .await;
    }
    let is_delivered =
        |message: &Message| message.id == sent.id && message.delivery == Some(Delivery::Delivered);
    talk.here(|messages| messages.iter().any(is_delivered)).await;
    let info = talk.ana.viewer.message_info(sent.id).await.unwrap();
    assert_eq!((info.delivered.len(), info.pending.len()), (2, 0));
}

#[tokio::test]
async fn who_is_mentioned_is_named_on_both_sides() {
    let talk = Talk::new().await;
    let id = talk.id().await;
    let members = talk.ana.viewer.group_members(id, "").await.unwrap();
    let other = |member: &&model::Member| {
        member.phone.as_ref().map(model::PhoneNumber::digits).as_deref() == Some(&*talk.other)
    };
    let rute = members.iter().find(other).unwrap();
    let name = rute.name.clone();
    let mentions = vec![Mention { contact: rute.contact.unwrap(), name: name.clone() }];
    let text = format!("@{name} confere?");
    let sent = talk.send(NewText { text: text.clone(), mentions }).await.unwrap();
    assert_eq!(sent.text, text);
    talk.there(&talk.other, |there| {
        there
            .text
            .as_deref()
            .is_some_and(|text| text.starts_with('@') && text.ends_with("confere?"))
    })
    .await;
}

#[tokio::test]
async fn members_come_and_go_and_the_chat_says_so() {
    let talk = Talk::new().await;
    let new = NewPhone { name: Some("Edu".into()), ..NewPhone::default() };
    let edu = talk.world.emulator.make_phone(new).await.unwrap().number;
    talk.members(MembersChange { add: vec![edu.clone()], ..MembersChange::default() }).await;
    talk.group(|group| group.members.len() == 4).await;
    talk.notice(|event| matches!(event, GroupEvent::Added(_))).await;
    // The new member gets the key of the sender with the next message.
    talk.send("Bem-vindo, Edu").await.unwrap();
    talk.there(&edu, |there| there.text.as_deref() == Some("Bem-vindo, Edu")).await;
    talk.world.emulator.leave_group(&talk.jid, &edu).await.unwrap();
    talk.group(|group| group.members.len() == 3).await;
    talk.notice(|event| matches!(event, GroupEvent::Left(_))).await;
    talk.send("Até mais").await.unwrap();
    talk.there(&talk.other, |there| there.text.as_deref() == Some("Até mais")).await;
}

#[tokio::test]
async fn where_only_administrators_write_the_number_does_once_it_is_one() {
    let talk = Talk::new().await;
    let announce = GroupChange { announce: Some(true), ..GroupChange::default() };
    talk.world.emulator.change_group(&talk.jid, announce).await.unwrap();
    talk.chat(|chat| chat.closed == Some(Closed::AdminsOnly)).await;
    assert!(matches!(talk.send("Oi").await, Err(Error::Closed(Closed::AdminsOnly))));
    let promote = vec![talk.shop.clone()];
    talk.members(MembersChange { promote, ..MembersChange::default() }).await;
    talk.chat(|chat| chat.closed.is_none() && chat.admin).await;
    talk.send("Agora sim").await.unwrap();
    let spam = talk.there(&talk.owner, |there| there.text.as_deref() == Some("Agora sim")).await;
    assert_eq!(spam.copies, 1);

    // What another administrator wrote is deleted for everybody.
    talk.world.emulator.send_text(&talk.owner, &talk.jid, "Engano").await.unwrap();
    let there = talk.here(|messages| texts(messages).contains(&"Engano")).await;
    let mistake = there.iter().find(|message| message.text == "Engano").unwrap().id;
    let (grant, _) = talk.ana.viewer.write_chat(talk.id().await).await.unwrap();
    let store = &talk.world.store;
    store.enqueue_change(&grant, mistake, new_id(), Change::Revoke).await.unwrap();
    talk.there(&talk.other, |there| there.kind == emulator::MessageKind::Revoked).await;
}

#[tokio::test]
async fn a_group_that_the_number_leaves_or_is_removed_from_is_closed() {
    let talk = Talk::new().await;
    let remove = vec![talk.shop.clone()];
    talk.members(MembersChange { remove, ..MembersChange::default() }).await;
    talk.chat(|chat| chat.closed == Some(Closed::Removed)).await;
    talk.notice(|event| matches!(event, GroupEvent::Removed(_))).await;
    let add = vec![talk.shop.clone()];
    talk.members(MembersChange { add, ..MembersChange::default() }).await;
    talk.chat(|chat| chat.closed.is_none()).await;
    let (grant, chat) = talk.ana.viewer.write_chat(talk.id().await).await.unwrap();
    talk.world.store.enqueue_leave(&grant, chat.id, new_id()).await.unwrap();
    talk.chat(|chat| chat.closed == Some(Closed::Left)).await;
    let group = talk.world.emulator.group(&talk.jid).await.unwrap();
    assert!(group.members.iter().all(|member| member.number != talk.shop));
}

#[tokio::test]
async fn a_group_and_its_keys_survive_a_restart() {
    let mut talk = Talk::new().await;
    talk.send("Antes").await.unwrap();
    talk.there(&talk.other, |there| there.text.as_deref() == Some("Antes")).await;
    talk.world.restart().await;
    talk.send("Depois").await.unwrap();
    talk.there(&talk.other, |there| there.text.as_deref() == Some("Depois")).await;
    talk.world.emulator.send_text(&talk.other, &talk.jid, "Recebido").await.unwrap();
    talk.here(|messages| texts(messages).contains(&"Recebido")).await;
}
