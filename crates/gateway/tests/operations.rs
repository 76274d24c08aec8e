//! Answers, reactions, edits, deletions for everybody and forwards, in both directions.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use emulator::{Addressing, FaultKind, FaultRequest, NewPhone, PhoneMessage, Presentation};
use model::content::LinkPreview;
use model::{
    Author, Change, ConnectionState, Delivery, FailReason, Forwarded, Message, MessageId,
    MessageKind,
};
use sea_orm::{ConnectionTrait as _, Database};
use store::{Inbound, NewLinkPreview};
use support::{Agent, PATIENCE, World, new_id, texts};
use whatsapp_rust::buffa::Message as _;
use whatsapp_rust::prelude::{MessageBuilderExt as _, wa};

/// A conversation of a number and a customer, who has asked something.
struct Talk {
    world: World,
    ana: Agent,
    shop: String,
    customer: String,
}

impl Talk {
    async fn new() -> Self {
        Self::addressed(Addressing::Lid).await
    }

    /// Creates a conversation whose phones have this addressing.
    async fn addressed(addressing: Addressing) -> Self {
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
        world.emulator.send_text(&customer, &shop, "Tem no tamanho M?").await.unwrap();
        let talk = Self { world, ana, shop, customer };
        talk.here(|messages| messages.len() == 1).await;
        talk
    }

    /// Waits until the messages here match.
    async fn here(&self, wanted: impl Fn(&[Message]) -> bool) -> Vec<Message> {
        self.world.messages_until(&self.ana, wanted).await
    }

    /// Waits until a message here matches.
    async fn message(&self, id: MessageId, wanted: impl Fn(&Message) -> bool) -> Message {
        let is = |message: &&Message| message.id == id && wanted(message);
        let messages = self.here(|messages| messages.iter().any(|message| is(&message))).await;
        messages.iter().find(is).unwrap().clone()
    }

    /// Waits until the messages on the customer's phone match.
    async fn there(&self, wanted: impl Fn(&[PhoneMessage]) -> bool) -> Vec<PhoneMessage> {
        let emulator = &self.world.emulator;
        emulator.until(&self.customer, &self.shop, PATIENCE, wanted).await.unwrap()
    }

    /// Waits until a message on the customer's phone matches.
    async fn phone_message(
        &self,
        sent: &Message,
        wanted: impl Fn(&PhoneMessage) -> bool,
    ) -> PhoneMessage {
        let is = |message: &&PhoneMessage| message.id == sent.wa_id.as_str() && wanted(message);
        let messages = self.there(|messages| messages.iter().any(|message| is(&message))).await;
        messages.iter().find(is).unwrap().clone()
    }

    /// Sends a text, which may answer a message.
    async fn send(&self, text: &str, reply_to: Option<MessageId>) -> Message {
        let chat = self.ana.only_chat().await;
        let (grant, chat) = self.ana.viewer.write_chat(chat).await.unwrap();
        self.world.store.enqueue_text(&grant, chat.id, new_id(), text, reply_to).await.unwrap()
    }

    /// Sends a text and waits until the customer has it.
    async fn sent(&self, text: &str) -> Message {
        let message = self.send(text, None).await;
        self.message(message.id, |message| message.delivery == Some(Delivery::Delivered)).await
    }

    /// Changes a message and returns it with its pending change.
    async fn change(&self, message: MessageId, change: Change) -> Message {
        let (grant, _) = self.ana.viewer.write_chat(self.ana.only_chat().await).await.unwrap();
        self.world.store.enqueue_change(&grant, message, new_id(), change).await.unwrap()
    }

    /// Waits until the reaction of the number to a message, as the customer's phone has it, is this
    /// one.
    async fn reaction_there(&self, id: &str, emoji: &str) {
        self.there(|messages| {
            let last = messages.iter().rev().find(|message| {
                message.kind == emulator::MessageKind::Reaction
                    && !message.from_me
                    && message.quoted.as_deref() == Some(id)
            });
            last.is_some_and(|last| last.text.as_deref() == Some(emoji))
        })
        .await;
    }

    async fn fault(&self, kind: FaultKind) {
        self.world.emulator.fault(FaultRequest::new(kind).on(&self.shop)).await.unwrap();
    }
}

fn edit(text: &str) -> Change {
    Change::Edit { text: text.into() }
}

fn react(emoji: &str) -> Change {
    Change::React { emoji: emoji.into() }
}

#[tokio::test]
async fn an_answer_quotes_its_message_on_the_phone() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let talk = Talk::addressed(addressing).await;
        let question = talk.here(|_| true).await.remove(0);
        let answer = talk.send("Tem sim!", Some(question.id)).await;
        assert_eq!(answer.reply_to.as_ref().and_then(|quote| quote.message), Some(question.id));
        let there = talk.phone_message(&answer, |_| true).await;
        assert_eq!(there.quoted.as_deref(), Some(question.wa_id.as_str()));
        assert_eq!(there.text.as_deref(), Some("Tem sim!"));

        let more = talk.send("Em azul e em verde", Some(answer.id)).await;
        let there = talk.phone_message(&more, |_| true).await;
        assert_eq!(there.quoted.as_deref(), Some(answer.wa_id.as_str()));
    }
}

#[tokio::test]
async fn an_edit_counts_once_whatsapp_has_it() {
    let talk = Talk::new().await;
    let price = talk.sent("Custa R$ 10").await;
    let changed = talk.change(price.id, edit("Custa R$ 12")).await;
    assert_eq!(changed.pending.len(), 1);
    assert_eq!(changed.text, "Custa R$ 10");
    talk.phone_message(&price, |there| there.text.as_deref() == Some("Custa R$ 12")).await;
    let here = talk.message(price.id, |message| message.edited.is_some()).await;
    assert_eq!((here.text.as_str(), here.pending.len()), ("Custa R$ 12", 0));
}

#[tokio::test]
async fn an_edited_answer_keeps_its_quote() {
    let talk = Talk::new().await;
    let question = talk.here(|_| true).await.remove(0);
    let answer = talk.send("Tem sin", Some(question.id)).await;
    talk.message(answer.id, |message| message.delivery == Some(Delivery::Delivered)).await;
    talk.change(answer.id, edit("Tem sim")).await;
    let there = talk.phone_message(&answer, |there| there.text.as_deref() == Some("Tem sim")).await;
    assert_eq!(there.quoted.as_deref(), Some(question.wa_id.as_str()));
    let here = talk.message(answer.id, |message| message.text == "Tem sim").await;
    assert_eq!(here.reply_to.and_then(|quote| quote.message), Some(question.id));
}

#[tokio::test]
async fn a_deletion_for_everybody_deletes_it_on_the_phone() {
    let talk = Talk::new().await;
    let mistake = talk.sent("Conversa errada").await;
    talk.change(mistake.id, Change::Revoke).await;
    talk.phone_message(&mistake, |there| there.kind == emulator::MessageKind::Revoked).await;
    let here = talk.message(mistake.id, |message| message.kind == MessageKind::Revoked).await;
    assert!(here.pending.is_empty());
}

#[tokio::test]
async fn what_the_own_phone_wrote_is_edited_and_deleted_here() {
    let talk = Talk::new().await;
    let emulator = &talk.world.emulator;
    for text in ["Fechamos às 5", "engano"] {
        emulator.send_text(&talk.shop, &talk.customer, text).await.unwrap();
    }
    let messages = talk.here(|messages| messages.len() == 3).await;
    talk.change(messages[1].id, edit("Fechamos às 6")).await;
    talk.change(messages[2].id, Change::Revoke).await;
    let is_edited = |there: &PhoneMessage| there.text.as_deref() == Some("Fechamos às 6");
    talk.phone_message(&messages[1], is_edited).await;
    let is_revoked = |there: &PhoneMessage| there.kind == emulator::MessageKind::Revoked;
    talk.phone_message(&messages[2], is_revoked).await;
    let here = talk.message(messages[1].id, |message| message.pending.is_empty()).await;
    assert_eq!((here.text.as_str(), here.author), ("Fechamos às 6", Author::Phone));
}

#[tokio::test]
async fn a_reaction_is_set_changed_and_taken_back() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let talk = Talk::addressed(addressing).await;
        let theirs = talk.here(|_| true).await.remove(0);
        let ours = talk.sent("Tem sim!").await;
        for message in [theirs, ours] {
            for emoji in ["👍", "❤️", ""] {
                talk.change(message.id, react(emoji)).await;
                talk.reaction_there(message.wa_id.as_str(), emoji).await;
                let here = talk.message(message.id, |message| message.pending.is_empty()).await;
                let shown: Vec<_> = here.reactions.iter().map(|one| one.emoji.as_str()).collect();
                let expected = if emoji.is_empty() { vec![] } else { vec![emoji] };
                assert_eq!(shown, expected);
                assert!(here.reactions.iter().all(model::Reaction::is_ours));
            }
        }
    }
}

#[tokio::test]
async fn a_forward_has_the_next_score() {
    let talk = Talk::new().await;
    let original = talk.here(|_| true).await.remove(0);
    let emulator = &talk.world.emulator;
    let other = emulator.new_phone(None, Some("Rui")).await.unwrap().number;
    emulator.send_text(&other, &talk.shop, "oi").await.unwrap();
    let viewer = &talk.ana.viewer;
    let chats = talk.world.rows_until(async || talk.ana.chats().await, |chats| chats.len() == 2);
    let target = chats.await.into_iter().find(|chat| chat.id != original.chat).unwrap();
    let (grant, target) = viewer.write_chat(target.id).await.unwrap();
    let mut source = original.id;
    for score in [1, 2, 3, 4, 127, 127] {
        let copy = talk.world.store.forward(viewer, &grant, target.id, new_id(), source);
        let copy = copy.await.unwrap();
        assert_eq!(copy.text, original.text);
        assert_eq!(copy.forwarded, Forwarded::of_score(score));
        let arrived = |messages: &[PhoneMessage]| {
            messages.iter().any(|message| message.id == copy.wa_id.as_str())
        };
        let there = emulator.until(&other, &talk.shop, PATIENCE, arrived).await.unwrap();
        let there = there.last().unwrap();
        assert_eq!((there.text.as_deref(), there.forwarded), (Some(&*original.text), score));
        source = copy.id;
    }
}

#[tokio::test]
async fn a_change_that_is_made_while_disconnected_goes_once_after_reconnection() {
    let mut talk = Talk::new().await;
    let price = talk.sent("Custa R$ 10").await;
    talk.world.stop().await;
    let changed = talk.change(price.id, edit("Custa R$ 12")).await;
    assert_eq!((changed.pending.len(), changed.text.as_str()), (1, "Custa R$ 10"));
    talk.world.start_again().await;
    talk.phone_message(&price, |there| there.text.as_deref() == Some("Custa R$ 12")).await;
    talk.message(price.id, |message| message.pending.is_empty()).await;
    let versions = talk.ana.viewer.versions(price.id).await.unwrap();
    let versions: Vec<_> = versions.iter().map(|version| version.text.as_str()).collect();
    assert_eq!(versions, ["Custa R$ 10", "Custa R$ 12"]);
}

#[tokio::test]
async fn the_change_of_a_text_that_waits_goes_after_it() {
    let mut talk = Talk::new().await;
    talk.world.stop().await;
    let price = talk.send("Custa R$ 10", None).await;
    let mistake = talk.send("Conversa errada", None).await;
    talk.change(price.id, edit("Custa R$ 12")).await;
    talk.change(mistake.id, Change::Revoke).await;
    talk.world.start_again().await;
    // The phone knows no message that a change which overtook it could apply to.
    talk.phone_message(&price, |there| there.text.as_deref() == Some("Custa R$ 12")).await;
    talk.phone_message(&mistake, |there| there.kind == emulator::MessageKind::Revoked).await;
    talk.here(|messages| messages.iter().all(|message| message.pending.is_empty())).await;
    let there = talk.there(|_| true).await;
    assert_eq!(there.len(), 3, "{there:#?}");
}

#[tokio::test]
async fn a_group_that_the_number_has_left_holds_up_no_other_chat() {
    let talk = Talk::new().await;
    // The emulator has no such group, and refuses the query for its members.
    let said = Inbound {
        group: Some("120363041234567890@g.us".into()),
        sender: Some(fixtures::person("5561998124472")),
        ..fixtures::text("3EB00000-group", "Bom dia, grupo")
    };
    talk.world.store.ingest(talk.ana.connection).messages(&[said]).await.unwrap();
    let chats = talk.ana.chats().await;
    let queue = async |is_group: bool, text: &str| {
        let chat = chats.iter().find(|chat| chat.group == is_group).unwrap().id;
        let (grant, chat) = talk.ana.viewer.write_chat(chat).await.unwrap();
        talk.world.store.enqueue_text(&grant, chat.id, new_id(), text, None).await.unwrap()
    };
    queue(true, "Bom dia!").await;
    let answer = queue(false, "Tem sim!").await;
    talk.phone_message(&answer, |there| there.text.as_deref() == Some("Tem sim!")).await;
}

#[tokio::test]
async fn a_restart_between_sending_and_acknowledgement_doubles_nothing() {
    let mut talk = Talk::new().await;
    let question = talk.here(|_| true).await.remove(0);
    let price = talk.sent("Custa R$ 10").await;

    talk.fault(FaultKind::LateAck).await;
    talk.change(price.id, edit("Custa R$ 12")).await;
    talk.phone_message(&price, |there| there.text.as_deref() == Some("Custa R$ 12")).await;
    assert_eq!(talk.message(price.id, |_| true).await.pending.len(), 1, "no acknowledgement came");
    talk.world.restart().await;
    let here = talk.message(price.id, |message| message.pending.is_empty()).await;
    assert_eq!(here.text, "Custa R$ 12");

    talk.fault(FaultKind::LateAck).await;
    talk.change(question.id, react("👍")).await;
    talk.reaction_there(question.wa_id.as_str(), "👍").await;
    talk.world.restart().await;
    talk.message(question.id, |message| message.pending.is_empty()).await;

    talk.fault(FaultKind::LateAck).await;
    let answer = talk.send("Tem sim!", Some(question.id)).await;
    talk.phone_message(&answer, |_| true).await;
    talk.world.restart().await;
    let later = talk.sent("Mais alguma coisa?").await;
    let there = talk.phone_message(&answer, |_| true).await;
    assert_eq!((there.copies, there.quoted.as_deref()), (1, Some(question.wa_id.as_str())));
    talk.phone_message(&later, |_| true).await;
    let there = talk.there(|_| true).await;
    let shown = there.iter().filter(|one| one.kind == emulator::MessageKind::Text);
    let shown: Vec<_> = shown.filter_map(|message| message.text.as_deref()).collect();
    assert_eq!(shown, ["Tem no tamanho M?", "Custa R$ 12", "Tem sim!", "Mais alguma coisa?"]);
    let answer = talk.message(answer.id, |_| true).await;
    assert_ne!(answer.delivery, Some(Delivery::Queued));
}

#[tokio::test]
async fn a_refused_change_stays_until_it_is_tried_again_or_discarded() {
    let talk = Talk::new().await;
    let price = talk.sent("Custa R$ 10").await;
    let failed = |message: &Message| {
        let reasons: Vec<_> = message.pending.iter().filter_map(|one| one.failed).collect();
        reasons == [FailReason::Restricted]
    };
    let (grant, _) = talk.ana.viewer.write_chat(price.chat).await.unwrap();
    talk.fault(FaultKind::Nack).await;
    talk.change(price.id, edit("Custa R$ 12")).await;
    let refused = talk.message(price.id, failed).await;
    assert_eq!(refused.text, "Custa R$ 10");
    // It holds nothing up.
    talk.sent("Mais alguma coisa?").await;
    talk.world.store.retry_change(&grant, refused.pending[0].id).await.unwrap();
    talk.phone_message(&price, |there| there.text.as_deref() == Some("Custa R$ 12")).await;
    talk.message(price.id, |message| message.pending.is_empty()).await;

    talk.fault(FaultKind::Nack).await;
    talk.change(price.id, Change::Revoke).await;
    let refused = talk.message(price.id, failed).await;
    let kept = talk.world.store.discard_change(&grant, refused.pending[0].id).await.unwrap();
    assert_eq!((kept.text.as_str(), kept.pending.len()), ("Custa R$ 12", 0));
}

/// Makes all messages older than they can be edited, while the session is stopped.
async fn age(world: &World) {
    let database = Database::connect(world.database()).await.unwrap();
    let older = "UPDATE message SET sent_at = sent_at - 1000000000, taken_at = NULL";
    database.execute_unprepared(older).await.unwrap();
}

#[tokio::test]
async fn a_change_that_may_have_arrived_is_sent_again_whatever_its_age() {
    let mut talk = Talk::new().await;
    let price = talk.sent("Custa R$ 10").await;
    talk.fault(FaultKind::LateAck).await;
    talk.change(price.id, edit("Custa R$ 12")).await;
    talk.phone_message(&price, |there| there.text.as_deref() == Some("Custa R$ 12")).await;
    talk.world.stop().await;
    age(&talk.world).await;
    talk.world.start_again().await;
    let here = talk.message(price.id, |message| message.pending.is_empty()).await;
    assert_eq!(here.text, "Custa R$ 12");

    let size = talk.sent("Tem no tamanho G").await;
    talk.world.stop().await;
    talk.change(size.id, edit("Tem no tamanho M")).await;
    age(&talk.world).await;
    talk.world.start_again().await;
    let is_too_late = |message: &Message| {
        message.pending.iter().any(|change| change.failed == Some(FailReason::TooLate))
    };
    talk.message(size.id, is_too_late).await;
    let there = talk.phone_message(&size, |_| true).await;
    assert_eq!(there.text.as_deref(), Some("Tem no tamanho G"), "it never left");
}

#[tokio::test]
async fn a_read_receipt_goes_while_a_message_of_its_chat_waits() {
    let mut talk = Talk::new().await;
    let chat = talk.ana.only_chat().await;
    talk.world.stop().await;
    let answer = talk.send("Tem sim!", None).await;
    let database = Database::connect(talk.world.database()).await.unwrap();
    // An operation that depends on itself never goes.
    database.execute_unprepared("UPDATE outbox SET depends_on = id").await.unwrap();
    talk.ana.mark_read(&talk.world.store, chat).await;
    talk.world.start_again().await;
    let is_read = |messages: &[PhoneMessage]| messages[0].status == emulator::MessageStatus::Read;
    assert_eq!(talk.there(is_read).await.len(), 1, "the answer waits");
    let answer = talk.message(answer.id, |_| true).await;
    assert_eq!(answer.delivery, Some(Delivery::Queued));
}

#[tokio::test]
async fn a_refused_edit_that_is_tried_again_comes_after_the_later_ones() {
    let mut talk = Talk::new().await;
    let price = talk.sent("Custa R$ 10").await;
    // Both wait: an edit that had failed already would be replaced by the later one.
    talk.world.stop().await;
    talk.fault(FaultKind::Nack).await;
    talk.change(price.id, edit("Custa R$ 11")).await;
    talk.change(price.id, edit("Custa R$ 12")).await;
    talk.world.start_again().await;
    talk.phone_message(&price, |there| there.text.as_deref() == Some("Custa R$ 12")).await;
    let is_refused = |message: &Message| {
        message.text == "Custa R$ 12" && message.pending.iter().all(|one| one.failed.is_some())
    };
    let refused = talk.message(price.id, is_refused).await;
    assert_eq!(refused.pending[0].change, edit("Custa R$ 11"));
    let (grant, _) = talk.ana.viewer.write_chat(price.chat).await.unwrap();
    talk.world.store.retry_change(&grant, refused.pending[0].id).await.unwrap();
    talk.phone_message(&price, |there| there.text.as_deref() == Some("Custa R$ 11")).await;
    let here = talk.message(price.id, |message| message.pending.is_empty()).await;
    assert_eq!(here.text, "Custa R$ 11");
}

#[tokio::test]
async fn answers_from_the_phones_have_their_quotes() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let talk = Talk::addressed(addressing).await;
        let question = talk.here(|_| true).await.remove(0);
        let answer = talk.sent("Em azul e em verde").await;
        let (emulator, shop, customer) = (&talk.world.emulator, &talk.shop, &talk.customer);
        let is_there = |messages: &[PhoneMessage]| messages.len() == 2;
        emulator.until(shop, customer, PATIENCE, is_there).await.unwrap();
        for (from, to, text, quoted) in [
            (customer, shop, "O azul", &answer),
            (customer, shop, "Esqueci de perguntar antes", &question),
            (shop, customer, "Tem sim", &question),
            (shop, customer, "Azul é o último", &answer),
        ] {
            let id = quoted.wa_id.as_str();
            emulator.send_reply(from, to, text, Some(id)).await.unwrap();
            let is_last = |messages: &[Message]| texts(messages).last() == Some(&text);
            let here = talk.here(is_last).await.pop().unwrap();
            let Some(quote) = &here.reply_to else { panic!("no quote in {here:#?}") };
            assert_eq!((quote.message, quote.kind), (Some(quoted.id), MessageKind::Text));
            assert_eq!(quote.excerpt, quoted.text);
            let is_theirs = matches!(quote.author, Author::Contact { .. });
            assert_eq!(is_theirs, !quoted.is_outgoing());
        }
    }
}

#[tokio::test]
async fn forwards_from_the_phones_have_their_score() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let talk = Talk::addressed(addressing).await;
        let (emulator, shop, customer) = (&talk.world.emulator, &talk.shop, &talk.customer);
        for (from, to) in [(customer, shop), (shop, customer)] {
            for (score, shown) in [(1, Forwarded::Forwarded), (127, Forwarded::ManyTimes)] {
                let text = format!("corrente {score} de {from}");
                let context = wa::ContextInfo {
                    is_forwarded: Some(true),
                    forwarding_score: Some(score),
                    ..Default::default()
                };
                let message = wa::Message::text_with_context(text.as_str(), context);
                let content = message.encode_to_vec();
                emulator.send_content(from, to, &content, &Presentation::Plain).await.unwrap();
                let is_last = |messages: &[Message]| texts(messages).last() == Some(&&*text);
                let here = talk.here(is_last).await.pop().unwrap();
                assert_eq!((here.forwarded, here.reply_to), (shown, None));
            }
        }
    }
}

#[tokio::test]
async fn a_text_goes_out_with_the_preview_of_its_link() {
    let talk = Talk::new().await;
    let (grant, chat) = talk.ana.viewer.write_chat(talk.ana.only_chat().await).await.unwrap();
    let link = "https://loja.example/azul";
    let preview = LinkPreview {
        link: link.to_owned(),
        title: "Camiseta azul".to_owned(),
        description: "100% algodão".to_owned(),
    };
    let jpeg = vec![0xff, 0xd8, 0xff, 7];
    let new = NewLinkPreview { preview, picture: Some(jpeg.clone()) };
    let (store, text) = (&talk.world.store, format!("Veja {link}"));
    let sent = store.enqueue_linked_text(&grant, chat.id, new_id(), &text, None, new);
    let sent = sent.await.unwrap();
    let there = talk.phone_message(&sent, |_| true).await;
    assert_eq!(there.text.as_deref(), Some(&*text));
    let expected = emulator::LinkPreview {
        url: link.to_owned(),
        title: Some("Camiseta azul".to_owned()),
        description: Some("100% algodão".to_owned()),
        thumbnail_base64: Some(BASE64_STANDARD.encode(jpeg)),
    };
    assert_eq!(there.link_preview, Some(expected));
    let shown = talk.message(sent.id, |one| one.delivery == Some(Delivery::Delivered)).await;
    assert_eq!((shown.rich, shown.media), (sent.rich, None));
}
