//! Polls in both directions, and votes of everybody in them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use emulator::{Addressing, Card, NewPhone, PhoneMessage};
use model::content::Poll;
use model::{ConnectionState, Message, MessageContent, MessageId, MessageKind, PollPage};
use support::{Agent, PATIENCE, World, new_id};

/// A number, and a customer who has written.
struct Talk {
    world: World,
    ana: Agent,
    shop: String,
    customer: String,
}

impl Talk {
    async fn new(addressing: Addressing) -> Self {
        let world = World::new().await;
        let phone = async |name: &str| {
            let new = NewPhone { number: None, name: Some(name.into()), addressing };
            world.emulator.make_phone(new).await.unwrap().number
        };
        let (shop, customer) = (phone("Loja").await, phone("Cláudia").await);
        let ana = world.agent("ana").await;
        world.pool.connect(&ana.manage().await).await.unwrap();
        let qr = world.qr(ana.connection).await;
        world.emulator.scan_with(&shop, &qr).await.unwrap();
        world.until(ana.connection, |state| *state == ConnectionState::Connected).await;
        world.emulator.send_text(&customer, &shop, "Oi").await.unwrap();
        let talk = Self { world, ana, shop, customer };
        talk.world.messages_until(&talk.ana, |messages| messages.len() == 1).await;
        talk
    }

    /// The customer asks, with one answer or several. Returns the poll.
    async fn asked(&self, card: Card) -> Message {
        self.world.emulator.send_card(&self.customer, &self.shop, &card).await.unwrap();
        let is_poll = |message: &Message| message.kind == MessageKind::Poll;
        let messages =
            self.world.messages_until(&self.ana, |messages| messages.iter().any(is_poll)).await;
        messages.into_iter().find(is_poll).unwrap()
    }

    /// The number asks. Returns the poll once the customer has it.
    async fn asks(&self, choices: Option<u32>) -> Message {
        let (grant, chat) = self.ana.viewer.write_chat(self.ana.only_chat().await).await.unwrap();
        let content = MessageContent::Poll(Poll {
            question: "Que dia?".to_owned(),
            options: options(),
            choices,
            secret: None,
        });
        let store = &self.world.store;
        let poll = store.enqueue_content(&grant, chat.id, new_id(), content, None).await.unwrap();
        let there = |phone: &PhoneMessage| phone.id == poll.wa_id.as_str();
        for (phone, with) in [(&self.customer, &self.shop), (&self.shop, &self.customer)] {
            let emulator = &self.world.emulator;
            let chat = emulator.until(phone, with, PATIENCE, |chat| chat.iter().any(there)).await;
            let shown = chat.unwrap().into_iter().find(there).unwrap();
            assert_eq!((shown.kind, shown.options), (emulator::MessageKind::Poll, options()));
        }
        poll
    }

    /// The number votes.
    async fn votes(&self, poll: &Message, choices: &[u32]) {
        let (grant, _) = self.ana.viewer.write_chat(poll.chat).await.unwrap();
        let voted = self.world.store.enqueue_vote(&grant, poll.id, new_id(), choices).await;
        voted.unwrap();
    }

    /// Waits until the options of a poll have these votes here.
    async fn counted(&self, poll: MessageId, wanted: &[u32]) -> PollPage {
        let pages = self
            .world
            .rows_until(
                async || vec![self.ana.viewer.poll(poll).await.unwrap()],
                |pages| {
                    pages[0].options.iter().map(|option| option.votes).eq(wanted.iter().copied())
                },
            )
            .await;
        pages.into_iter().next().unwrap()
    }

    /// Waits until a phone knows this vote of another in a poll.
    async fn knows(&self, phone: &str, with: &str, poll: &Message, from: &str, chosen: &[&str]) {
        let voted = |message: &PhoneMessage| {
            message.id == poll.wa_id.as_str()
                && message.votes.iter().any(|vote| vote.from == from && vote.options == chosen)
        };
        let emulator = &self.world.emulator;
        emulator.until(phone, with, PATIENCE, |chat| chat.iter().any(voted)).await.unwrap();
    }

    async fn phone_votes(&self, phone: &str, with: &str, poll: &Message, chosen: &[&str]) {
        let chosen: Vec<String> = chosen.iter().map(|option| (*option).to_owned()).collect();
        let id = poll.wa_id.as_str();
        self.world.emulator.vote(phone, with, id, &chosen).await.unwrap();
    }
}

fn options() -> Vec<String> {
    ["Segunda", "Terça", "Quarta"].map(str::to_owned).to_vec()
}

#[tokio::test]
async fn votes_in_a_poll_of_the_number_are_read() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let talk = Talk::new(addressing).await;
        let poll = talk.asks(None).await;
        let (shop, customer) = (&talk.shop, &talk.customer);
        talk.phone_votes(customer, shop, &poll, &["Segunda", "Quarta"]).await;
        let page = talk.counted(poll.id, &[1, 0, 1]).await;
        assert_eq!((page.voters, page.options[0].chosen), (1, false));
        talk.phone_votes(shop, customer, &poll, &["Quarta"]).await;
        assert!(talk.counted(poll.id, &[1, 0, 2]).await.options[2].chosen, "by the own phone");
        talk.phone_votes(customer, shop, &poll, &[]).await;
        talk.counted(poll.id, &[0, 0, 1]).await;
    }
}

#[tokio::test]
async fn a_vote_of_the_number_is_decrypted_by_both_phones() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let talk = Talk::new(addressing).await;
        let (shop, customer) = (talk.shop.as_str(), talk.customer.as_str());
        let card = Card::Poll { question: "Que dia?".into(), options: options() };
        let poll = talk.asked(card).await;
        // The own phone has to know the poll before it can read votes in it.
        let has_poll = |chat: &[PhoneMessage]| chat.iter().any(|one| one.id == poll.wa_id.as_str());
        talk.world.emulator.until(shop, customer, PATIENCE, has_poll).await.unwrap();
        talk.votes(&poll, &[1]).await;
        talk.knows(customer, shop, &poll, shop, &["Terça"]).await;
        talk.knows(shop, customer, &poll, shop, &["Terça"]).await;
        talk.counted(poll.id, &[0, 1, 0]).await;
        talk.votes(&poll, &[]).await;
        talk.knows(customer, shop, &poll, shop, &[]).await;
        talk.counted(poll.id, &[0, 0, 0]).await;
    }
}

#[tokio::test]
async fn a_vote_in_an_own_poll_is_read_after_a_restart() {
    let mut talk = Talk::new(Addressing::Lid).await;
    let poll = talk.asks(Some(1)).await;
    talk.votes(&poll, &[0]).await;
    talk.knows(&talk.customer, &talk.shop, &poll, &talk.shop, &["Segunda"]).await;
    talk.counted(poll.id, &[1, 0, 0]).await;
    talk.world.stop().await;
    talk.phone_votes(&talk.customer, &talk.shop, &poll, &["Segunda"]).await;
    talk.world.start_again().await;
    assert_eq!(talk.counted(poll.id, &[2, 0, 0]).await.voters, 2);
}
