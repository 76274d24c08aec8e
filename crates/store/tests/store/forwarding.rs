//! Forwarding texts and files to other chats, also of other numbers.

use std::{
    future::{Ready, ready},
    io,
};

use model::{
    Access, Chat, ChatId, ConnectionId, Delivery, Forwarded, MediaState, MessageId, MessageKind,
    Role, WaMessageId,
};
use store::{
    Error, Field, FileCopy, Inbound, MediaQuotas, MessageUpdate, Operation, Peer, Store, UpdateOf,
    Viewer,
};

use crate::support::{
    Desk, incoming, number, on_both, picture, receive, source as place, user, wa,
};

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

/// Copies the file of a message that has none.
fn no_file(copy: FileCopy) -> Ready<io::Result<()>> {
    panic!("{copy:?}")
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
            let forward = || store.forward(owner, &grant, scene.to.id, id.clone(), source, no_file);
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
        let forward =
            |id: &'static str, chat| store.forward(&agent, &grant, chat, wa(id), source, no_file);
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
            let sent = store.forward(owner, &grant, scene.to.id, wa("f"), refused, no_file).await;
            assert!(matches!(sent, Err(Error::NotForwardable)), "{sent:?}");
        }
        let missing = MessageId(999_999);
        let sent = store.forward(owner, &grant, scene.to.id, wa("f"), missing, no_file).await;
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
        let sent =
            store.forward(owner, &back, scene.from.id, wa("f"), edited, no_file).await.unwrap();
        assert_eq!(sent.text, "R");
        let taken = store.forward(owner, &back, other.id, wa("f"), edited, no_file).await;
        assert!(matches!(taken, Err(Error::Invalid(Field::MessageId))));
    })
    .await;
}

#[tokio::test]
async fn a_stored_file_goes_with_its_caption_and_a_name_of_its_own() {
    on_both(|store| async move {
        let scene = Scene::set(&store).await;
        let (owner, number) = (&scene.desk.owner, scene.desk.number);
        let photo = Inbound { forwarded: 1, ..picture(&scene.peer, "photo", 3) };
        store.ingest(number).messages(&[photo]).await.unwrap();
        let photo = id_of(owner, scene.from.id, &wa("photo")).await;
        let queue = store.media(number);
        queue.stored_within(photo, 8, MediaQuotas::default()).await.unwrap();
        let (grant, _) = owner.write_chat(scene.to.id).await.unwrap();

        let fails = |_| ready(Err(io::Error::other("it is gone")));
        let failed = store.forward(owner, &grant, scene.to.id, wa("a"), photo, fails).await;
        assert!(matches!(failed, Err(Error::NotForwardable)));
        assert_eq!(owner.messages(scene.to.id, None, 10).await.unwrap().len(), 1);

        let mut copies = Vec::new();
        let copies_file = |copy| {
            copies.push(copy);
            ready(Ok(()))
        };
        let sent = store.forward(owner, &grant, scene.to.id, wa("a"), photo, copies_file).await;
        let sent = sent.unwrap();
        assert_eq!(copies, [FileCopy { from: (number, photo), to: (scene.second(), sent.id) }]);
        assert_eq!((sent.kind, &*sent.text), (MessageKind::Image, "photo"));
        assert_eq!((sent.delivery, sent.forwarded), (Some(Delivery::Queued), Forwarded::Forwarded));
        let media = sent.media.clone().unwrap();
        assert_eq!((media.state, media.size, media.preview), (MediaState::Stored, 8, true));
        let again = store.forward(owner, &grant, scene.to.id, wa("a"), photo, no_file).await;
        assert_eq!(again.unwrap(), sent, "a repeated request");
        store.evict_media(8).await.unwrap();
        assert_eq!(owner.media(photo).await.unwrap().state, MediaState::Evicted);
        assert_eq!(owner.media(sent.id).await.unwrap().state, MediaState::Stored);
        let refused = store.forward(owner, &grant, scene.to.id, wa("b"), photo, no_file).await;
        assert!(matches!(refused, Err(Error::NotForwardable)), "it is not here any more");

        // The source of a person is not used, and that of the number is.
        let outbox = store.outbox(scene.second());
        let uploads = outbox.next_uploads(10).await.unwrap();
        assert_eq!(uploads.iter().map(|file| file.message).collect::<Vec<_>>(), [sent.id]);
        outbox.uploaded(sent.id, place(2), None).await.unwrap();
        let same = |_| ready(Ok(()));
        let twice = store.forward(owner, &grant, scene.to.id, wa("c"), sent.id, same).await;
        assert_eq!(twice.unwrap().forwarded, Forwarded::Forwarded);
        assert_eq!(outbox.next_uploads(10).await.unwrap(), []);
        let next = outbox.next(10, &[]).await.unwrap();
        let Operation::Send { file: Some(file), forwarded: 3, .. } = &next[1].operation else {
            panic!("{next:?}")
        };
        assert_eq!(file.source, place(2));
    })
    .await;
}
