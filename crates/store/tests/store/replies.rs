//! Answers, which carry the beginning of the message that they answer.

use model::{Author, Change, MessageKind, Quote, bounds};
use store::{Error, Inbound, Operation, OutgoingQuote, Peer, QuotedBy};

use crate::support::{Desk, incoming, on_both, picture, receive, wa};

#[tokio::test]
async fn an_answer_quotes_its_question_and_keeps_the_quote_when_it_is_edited() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let chat =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "q", 0)).await;
        let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
        let question = desk.owner.messages(chat.id, None, 1).await.unwrap().remove(0);
        let reply_to = Some(question.id);
        let answer =
            store.enqueue_text(&grant, chat.id, wa("a"), "answer", reply_to).await.unwrap();
        let quote = Quote {
            message: Some(question.id),
            author: Author::Contact { name: None },
            sender: None,
            kind: MessageKind::Text,
            excerpt: "q".into(),
        };
        assert_eq!(answer.reply_to, Some(quote));
        let outbox = store.outbox(desk.number);
        let quoted = OutgoingQuote {
            wa_id: wa("q"),
            author: QuotedBy::Contact,
            kind: MessageKind::Text,
            text: "q".into(),
        };
        let expected = Operation::Send {
            text: "answer".into(),
            content: None,
            reply_to: Some(quoted.clone()),
            forwarded: 0,
            file: None,
            timer: None,
            mentions: Vec::new(),
        };
        assert_eq!(outbox.next(1, &[]).await.unwrap().remove(0).operation, expected);
        outbox.confirmed(&wa("a"), None).await.unwrap();

        let edit = Change::Edit { text: "Answer".into() };
        store.enqueue_change(&grant, answer.id, wa("e"), edit).await.unwrap();
        let next = outbox.next(1, &[]).await.unwrap().remove(0).operation;
        let Operation::Edit { text, reply_to, .. } = &next else { panic!("{next:?}") };
        assert_eq!((&**text, reply_to), ("Answer", &Some(quoted)));
        outbox.confirmed(&wa("e"), None).await.unwrap();

        let reply_to = Some(answer.id);
        store.enqueue_text(&grant, chat.id, wa("b"), "and", reply_to).await.unwrap();
        let next = outbox.next(1, &[]).await.unwrap().remove(0).operation;
        let Operation::Send { reply_to: Some(own), .. } = &next else { panic!("{next:?}") };
        assert_eq!((&own.author, &*own.text), (&QuotedBy::Ourselves, "Answer"));
    })
    .await;
}

#[tokio::test]
async fn every_message_of_the_chat_can_be_quoted_and_none_of_another() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("1");
        let long = Inbound { text: "é".repeat(3 * bounds::EXCERPT), ..picture(&peer, "q", 0) };
        let chat = receive(&store, &desk.owner, desk.number, long).await;
        let other =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("2"), "r", 9)).await;
        let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
        let photo = desk.owner.messages(chat.id, None, 1).await.unwrap().remove(0).id;
        let elsewhere = desk.owner.messages(other.id, None, 1).await.unwrap().remove(0).id;
        for missing in [elsewhere, model::MessageId(999_999)] {
            let sent = store.enqueue_text(&grant, chat.id, wa("a"), "a", Some(missing)).await;
            assert!(matches!(sent, Err(Error::NotFound)), "{missing}");
        }
        let sent = store.enqueue_text(&grant, chat.id, wa("a"), "a", Some(photo)).await.unwrap();
        let quote = sent.reply_to.unwrap();
        assert_eq!(quote.kind, MessageKind::Image);
        assert_eq!(quote.excerpt.chars().count(), bounds::EXCERPT);
    })
    .await;
}
