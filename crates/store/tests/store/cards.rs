//! Places, contacts and polls that are sent from here.

use fixtures::{contacts, place, poll, with_content};
use migrations::Migrator;
use model::content::{Place, Poll};
use model::{ChatId, Delivery, FailReason, Message, MessageContent, MessageKind, Style};
use sea_orm_migration::MigratorTrait as _;
use store::{Error, Field, Operation, Peer};

use crate::support::{
    Talk, column, edit, incoming, migrations_before, on_both, on_both_raw, receive, undo_after, wa,
};

/// Gives a poll the secret of [`poll`] in place of its own.
fn without_own_secret(content: MessageContent) -> MessageContent {
    let MessageContent::Poll(Poll { secret, .. }) = poll() else { panic!() };
    match content {
        MessageContent::Poll(sent) => {
            let is_own = sent.secret.is_some() && sent.secret != secret;
            assert!(is_own, "each poll that is sent has its own");
            MessageContent::Poll(Poll { secret, ..sent })
        }
        other => other,
    }
}

impl Talk {
    async fn say(&self, id: &str, content: MessageContent) -> Result<Message, Error> {
        self.store.enqueue_content(&self.grant, self.chat, wa(id), content, None).await
    }

    /// Returns the contents that the session of the number would send.
    async fn contents(&self) -> Vec<Option<MessageContent>> {
        let next = self.outbox.next(10, &[]).await.unwrap();
        let content = next.into_iter().map(|outgoing| match outgoing.operation {
            Operation::Send { content, file: None, .. } => content.map(without_own_secret),
            other => panic!("{other:?}"),
        });
        content.collect()
    }
}

#[tokio::test]
async fn each_is_shown_as_its_card_and_goes_out_whole() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let question = talk.question().await;
        for (id, content, words, style) in [
            ("place", place(), "Portão 2", Style::Place),
            ("contacts", contacts(), "Rui Sá", Style::Contacts),
            ("poll", poll(), "Que dia?", Style::Poll),
        ] {
            let sent = talk.say(id, content.clone()).await.unwrap();
            assert_eq!((sent.kind, &*sent.text), (content.kind(), words));
            assert_eq!((sent.delivery, sent.rich[0].style), (Some(Delivery::Queued), style));
            // A repeated request is the same message, whatever it has.
            assert_eq!(talk.say(id, place()).await.unwrap(), sent);
        }
        assert_eq!(talk.contents().await, [Some(place()), Some(contacts()), Some(poll())]);
        let next = talk.outbox.next(1, &[]).await.unwrap().remove(0).operation;
        let Operation::Send { text, reply_to: None, forwarded: 0, .. } = next else {
            panic!("{next:?}")
        };
        assert_eq!(text, "Portão 2");

        let reply = talk.store.enqueue_content(
            &talk.grant,
            talk.chat,
            wa("answer"),
            place(),
            Some(question),
        );
        assert_eq!(reply.await.unwrap().reply_to.unwrap().message, Some(question));
        let texts = talk.queue("text").await;
        assert_eq!(talk.message(texts).await.kind, MessageKind::Text);
        assert_eq!(talk.contents().await[4], None, "a text has no content beside it");
    })
    .await;
}

#[tokio::test]
async fn one_that_failed_goes_out_again_as_it_was() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let sent = talk.say("place", place()).await.unwrap().id;
        talk.fail("place", FailReason::Refused).await;
        assert!(talk.contents().await.is_empty());
        let again = talk.store.retry(&talk.grant, sent).await.unwrap();
        assert_eq!(again.delivery, Some(Delivery::Queued));
        assert_eq!(talk.contents().await, [Some(place())]);
    })
    .await;
}

#[tokio::test]
async fn what_is_incomplete_or_in_a_foreign_chat_is_refused() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        for content in [
            MessageContent::Text,
            MessageContent::Location(Place::default()),
            MessageContent::Contacts(Vec::new()),
        ] {
            let refused = talk.say("a", content).await;
            assert!(matches!(refused, Err(Error::Invalid(Field::Content))), "{refused:?}");
        }
        let other = talk.store.enqueue_content(&talk.grant, ChatId(999), wa("a"), place(), None);
        assert!(matches!(other.await, Err(Error::NotFound)));
        assert!(talk.contents().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn each_is_forwarded_with_its_content() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let (owner, number) = (&talk.desk.owner, talk.desk.number);
        let other = receive(&store, owner, number, incoming(&Peer::pn("2"), "o", 1)).await;
        let live = match place() {
            MessageContent::Location(place) => MessageContent::LiveLocation(place),
            other => panic!("{other:?}"),
        };
        let empty = MessageContent::Location(Place::default());
        let contents = [place(), contacts(), poll(), live, empty];
        let names = ["a", "b", "c", "d", "e"];
        let received = names.into_iter().zip(contents);
        let received: Vec<_> = received
            .map(|(name, content)| with_content(incoming(&talk.peer, name, 5), content))
            .collect();
        store.ingest(number).messages(&received).await.unwrap();
        let page = owner.messages(talk.chat, None, 10).await.unwrap();
        let source = |name: &str| page.iter().find(|one| one.wa_id == wa(name)).unwrap().id;
        for (name, kind) in [
            ("a", MessageKind::Location),
            ("b", MessageKind::Contact),
            ("c", MessageKind::Poll),
            ("d", MessageKind::Location),
        ] {
            let id = wa(&format!("f{name}"));
            let sent = store.forward(owner, &talk.grant, other.id, id, source(name));
            let sent = sent.await.unwrap();
            assert_eq!((sent.kind, sent.rich.is_empty()), (kind, false), "{name}");
        }
        let expected = [Some(place()), Some(contacts()), Some(poll()), Some(place())];
        assert_eq!(talk.contents().await, expected);
        let refused = store.forward(owner, &talk.grant, other.id, wa("fe"), source("e"));
        assert!(matches!(refused.await, Err(Error::NotForwardable)));
    })
    .await;
}

#[tokio::test]
async fn an_older_version_sends_none_as_its_words() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let sent = talk.say("place", place()).await.unwrap().id;
        talk.say("poll", poll()).await.unwrap();
        let usual = talk.queue("text").await;
        talk.change(usual, "edit", edit("texto")).await.unwrap();
        undo_after(&raw, migrations_before("m0022_poll_votes")).await;
        let waiting = "SELECT kind || '|' || CAST(message_id AS TEXT) FROM outbox ORDER BY id";
        assert_eq!(column(&raw, waiting).await, [format!("send|{usual}"), format!("edit|{usual}")]);
        let delivery = format!("SELECT delivery FROM message WHERE id = {sent}");
        assert_eq!(column(&raw, &delivery).await, ["failed:cancelled"]);
        Migrator::up(&raw, None).await.unwrap();
    })
    .await;
}
