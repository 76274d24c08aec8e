//! Forwarding texts and files to other chats, also of other numbers.

use model::{
    Access, Chat, ChatId, ConnectionId, Delivery, Forwarded, MessageId, MessageKind, Role,
    WaMessageId,
};
use store::{Error, Field, Inbound, MessageUpdate, Operation, Peer, Store, UpdateOf, Viewer};

use crate::support::{Desk, incoming, number, on_both, picture, receive, user, wa};

/// Two numbers of one owner, each with a chat.
struct Scene {
    desk: Desk,
    peer: Peer,
    from: Chat,
    to: Chat,
}

impl Scene {
    async fn set(store: &Store) -> Self {
        let desk = Desk::open(store).await;
        let peer = Peer::pn("1");
        let from = receive(store, &desk.owner, desk.number, incoming(&peer, "price", 0)).await;
        let second = desk.owner.add_connection(number("Suporte")).await.unwrap();
        let to = receive(store, &desk.owner, second, incoming(&Peer::pn("2"), "r", 1)).await;
        Self { desk, peer, from, to }
    }

    fn second(&self) -> ConnectionId {
        self.to.connection
    }

    async fn source(&self) -> MessageId {
        id_of(&self.desk.owner, self.from.id, &wa("price")).await
    }
}

async fn id_of(viewer: &Viewer, chat: ChatId, wa_id: &WaMessageId) -> MessageId {
    let messages = viewer.messages(chat, None, 100).await.unwrap();
    messages.into_iter().find(|message| message.wa_id == *wa_id).unwrap().id
}

#[tokio::test]
async fn a_text_goes_to_a_chat_of_another_number_and_its_score_grows() {
    on_both(|store| async move {
        let scene = Scene::set(&store).await;
        let owner = &scene.desk.owner;
        let (grant, _) = owner.write_chat(scene.to.id).await.unwrap();
        store.save_draft(&grant, scene.to.id, "price", 1).await.unwrap();
        let mut source = scene.source().await;
        let mut shown = Vec::new();
        for n in 0..6 {
            let id = wa(&format!("f{n}"));
            let forward = || store.forward(owner, &grant, scene.to.id, id.clone(), source);
            let sent = forward().await.unwrap();
            assert_eq!(forward().await.unwrap(), sent, "a repeated request");
            assert_eq!((&*sent.text, sent.kind), ("price", MessageKind::Text));
            assert_eq!((sent.delivery, sent.reply_to), (Some(Delivery::Queued), None));
            shown.push(sent.forwarded);
            source = sent.id;
        }
        let (once, many) = (Forwarded::Forwarded, Forwarded::ManyTimes);
        assert_eq!(shown, [once, once, once, once, many, many]);
        let next = store.outbox(scene.second()).next(10, &[]).await.unwrap();
        let score = |operation: &Operation| match operation {
            Operation::Send { forwarded, .. } => *forwarded,
            other => panic!("{other:?}"),
        };
        let scores: Vec<_> = next.iter().map(|outgoing| score(&outgoing.operation)).collect();
        assert_eq!(scores, [1, 2, 3, 4, 127, 127]);
        assert_eq!(store.outbox(scene.desk.number).next(10, &[]).await.unwrap(), []);
        assert_eq!(owner.drafts().await.unwrap().len(), 1, "a draft with the same text stays");
    })
    .await;
}

#[tokio::test]
async fn it_takes_the_right_to_read_the_source_and_to_write_in_the_target() {
    on_both(|store| async move {
        let scene = Scene::set(&store).await;
        let (admin, owner) = (scene.desk.proof().await, &scene.desk.owner);
        let source = scene.source().await;
        let agent = user(&store, "agent", Role::Atendente).await;
        let on_second = Access::Write;
        store.grant_access(&admin, agent.user().id, scene.second(), on_second).await.unwrap();
        let (grant, _) = agent.write_chat(scene.to.id).await.unwrap();
        let forward = |id: &'static str, chat| store.forward(&agent, &grant, chat, wa(id), source);
        let unread = forward("a", scene.to.id).await;
        assert!(matches!(unread, Err(Error::NotFound)), "the source is not theirs to read");

        let id = agent.user().id;
        store.grant_access(&admin, id, scene.desk.number, Access::Read).await.unwrap();
        assert!(matches!(agent.write_chat(scene.from.id).await, Err(Error::NotFound)));
        let foreign = forward("b", scene.from.id).await;
        assert!(matches!(foreign, Err(Error::NotFound)), "the grant is of another number");
        forward("c", scene.to.id).await.unwrap();

        owner.set_chat_private(scene.from.id, true).await.unwrap();
        let private = forward("d", scene.to.id).await;
        assert!(matches!(private, Err(Error::NotFound)));
        owner.set_chat_private(scene.from.id, false).await.unwrap();
        owner.set_chat_private(scene.to.id, true).await.unwrap();
        let private = forward("e", scene.to.id).await;
        assert!(matches!(private, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn only_what_is_there_is_forwarded() {
    on_both(|store| async move {
        let scene = Scene::set(&store).await;
        let owner = &scene.desk.owner;
        let ingest = store.ingest(scene.desk.number);
        let revoke = Inbound {
            amends: Some(UpdateOf { target: wa("price").into(), what: MessageUpdate::Revoked }),
            ..incoming(&scene.peer, "x", 5)
        };
        let blank =
            Inbound { text: "\u{200b}\u{2060}".to_owned(), ..incoming(&scene.peer, "blank", 4) };
        let batch = [picture(&scene.peer, "photo", 3), blank, revoke];
        ingest.messages(&batch).await.unwrap();
        let (grant, _) = owner.write_chat(scene.to.id).await.unwrap();
        let photo = id_of(owner, scene.from.id, &wa("photo")).await;
        let blank = id_of(owner, scene.from.id, &wa("blank")).await;
        for refused in [scene.source().await, photo, blank] {
            let sent = store.forward(owner, &grant, scene.to.id, wa("f"), refused).await;
            assert!(matches!(sent, Err(Error::NotForwardable)), "{sent:?}");
        }
        let missing = MessageId(999_999);
        let sent = store.forward(owner, &grant, scene.to.id, wa("f"), missing).await;
        assert!(matches!(sent, Err(Error::NotFound)));

        // An edited text is forwarded as it is now.
        let edit = Inbound {
            amends: Some(UpdateOf {
                target: wa("r").into(),
                what: MessageUpdate::Edited("R".into()),
            }),
            ..incoming(&Peer::pn("2"), "y", 6)
        };
        store.ingest(scene.second()).messages(&[edit]).await.unwrap();
        let other =
            receive(&store, owner, scene.desk.number, incoming(&Peer::pn("3"), "o", 9)).await;
        let (back, _) = owner.write_chat(scene.from.id).await.unwrap();
        let edited = id_of(owner, scene.to.id, &wa("r")).await;
        let sent = store.forward(owner, &back, scene.from.id, wa("f"), edited).await.unwrap();
        assert_eq!(sent.text, "R");
        let taken = store.forward(owner, &back, other.id, wa("f"), edited).await;
        assert!(matches!(taken, Err(Error::Invalid(Field::MessageId))));
    })
    .await;
}
