//! The stickers of a number: recent ones, favourites, and sending one of them.

use model::{Access, ChatId, Forwarded, MediaState, MessageId, MessageKind, Role, Stickers};
use store::{
    Error, Inbound, InboundMedia, MediaQuotas, MessageUpdate, Operation, Peer, StickerToSend,
    Store, UpdateOf, Viewer,
};

use crate::support::{Talk, incoming, on_both, picture, receive, source, sticker, user, wa};

/// Receives a sticker whose file is `content`, and stores the file.
async fn comes(talk: &Talk, peer: &Peer, name: &str, content: u8) -> MessageId {
    let inbound = sticker(peer, name, i64::from(content), content);
    stored(talk, inbound).await
}

async fn stored(talk: &Talk, inbound: Inbound) -> MessageId {
    let queue = talk.store.media(talk.desk.number);
    talk.store.ingest(talk.desk.number).messages(&[inbound]).await.unwrap();
    let message = queue.due(1).await.unwrap()[0].message;
    queue.stored_within(message, 9, MediaQuotas::default()).await.unwrap();
    message
}

async fn listed(viewer: &Viewer, chat: ChatId) -> Stickers {
    viewer.stickers(chat).await.unwrap()
}

async fn recent(viewer: &Viewer, chat: ChatId) -> Vec<MessageId> {
    listed(viewer, chat).await.recent.iter().map(|sticker| sticker.message).collect()
}

async fn favourites(viewer: &Viewer, chat: ChatId) -> Vec<MessageId> {
    listed(viewer, chat).await.favourites.iter().map(|sticker| sticker.message).collect()
}

async fn keep(store: &Store, viewer: &Viewer, talk: &Talk, message: MessageId, keep: bool) -> bool {
    let grant = viewer.grant_write(talk.desk.number).await.unwrap();
    store.keep_sticker(&grant, message, keep).await.unwrap()
}

#[tokio::test]
async fn each_sticker_of_the_number_is_recent_once_and_the_newest_first() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let owner = &talk.desk.owner;
        let other = Peer::pn("5561998124472");
        comes(&talk, &talk.peer, "a", 1).await;
        let b = comes(&talk, &other, "b", 2).await;
        let again = stored(&talk, sticker(&other, "again", 3, 1)).await;
        // Neither of these is a sticker that a browser shows.
        stored(&talk, picture(&talk.peer, "photo", 4)).await;
        let lottie = fixtures::file("application/was");
        let odd = Inbound { media: Some(lottie), ..sticker(&talk.peer, "odd", 5, 5) };
        stored(&talk, odd).await;
        // Its file is not here yet.
        let awaited = sticker(&talk.peer, "awaited", 6, 6);
        store.ingest(talk.desk.number).messages(&[awaited]).await.unwrap();
        assert_eq!(recent(owner, talk.chat).await, [again, b]);
        let shape = listed(owner, talk.chat).await.recent[0].shape;
        assert_eq!(shape, Some((4, 3)));

        let revoked = Inbound {
            amends: Some(UpdateOf { target: wa("again").into(), what: MessageUpdate::Revoked }),
            ..incoming(&other, "x", 7)
        };
        store.ingest(talk.desk.number).messages(&[revoked]).await.unwrap();
        assert_eq!(recent(owner, talk.chat).await.len(), 2);
        assert_eq!(recent(owner, talk.chat).await[0], b);
    })
    .await;
}

#[tokio::test]
async fn what_is_private_is_in_nobody_elses_list() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let owner = &talk.desk.owner;
        let agent = user(&store, "agent", Role::Atendente).await;
        let (admin, id) = (talk.desk.proof().await, agent.user().id);
        store.grant_access(&admin, id, talk.desk.number, Access::Write).await.unwrap();
        let other = Peer::pn("5561998124472");
        let hidden = receive(&store, owner, talk.desk.number, incoming(&other, "q2", 1)).await.id;
        let a = comes(&talk, &talk.peer, "a", 1).await;
        let b = comes(&talk, &other, "b", 2).await;
        assert!(keep(&store, &agent, &talk, b, true).await);
        assert_eq!(favourites(&agent, talk.chat).await, [b]);

        owner.set_chat_private(hidden, true).await.unwrap();
        assert_eq!(recent(&agent, talk.chat).await, [a]);
        assert_eq!(favourites(&agent, talk.chat).await, []);
        assert_eq!(recent(owner, talk.chat).await, [b, a]);
        let grant = agent.grant_write(talk.desk.number).await.unwrap();
        let sticker = StickerToSend { source: b, reply_to: None };
        let sent = store.send_sticker(&agent, &grant, talk.chat, wa("s"), sticker).await;
        assert!(matches!(sent, Err(Error::NotFound)), "{sent:?}");
        let kept = store.keep_sticker(&grant, b, true).await;
        assert!(matches!(kept, Err(Error::NotFound)), "{kept:?}");

        store.revoke_access(&admin, id, talk.desk.number).await.unwrap();
        assert!(matches!(agent.stickers(talk.chat).await, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_favourite_is_its_users_own_and_is_not_evicted() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let owner = &talk.desk.owner;
        let a = comes(&talk, &talk.peer, "a", 1).await;
        let b = comes(&talk, &talk.peer, "b", 2).await;
        assert!(keep(&store, owner, &talk, a, true).await);
        assert!(keep(&store, owner, &talk, a, true).await, "a repeated request");
        assert_eq!(favourites(owner, talk.chat).await, [a]);
        assert!(owner.keeps_sticker(a).await.unwrap());
        assert!(!owner.keeps_sticker(b).await.unwrap());
        assert!(!talk.desk.admin.keeps_sticker(a).await.unwrap());
        assert_eq!(favourites(&talk.desk.admin, talk.chat).await, []);
        let starred: Vec<_> =
            listed(owner, talk.chat).await.recent.iter().map(|one| one.favourite).collect();
        assert_eq!(starred, [false, true]);

        let gone = store.evict_media(1).await.unwrap();
        assert_eq!(gone.iter().map(|file| file.message).collect::<Vec<_>>(), [b]);
        assert_eq!(store.evict_media(1).await.unwrap(), [], "the other is kept");
        assert!(keep(&store, owner, &talk, a, false).await);
        assert_eq!(favourites(owner, talk.chat).await, []);
        assert_eq!(store.evict_media(1).await.unwrap().len(), 1);

        let question = talk.question().await;
        let text = store.keep_sticker(&talk.grant, question, true).await;
        assert!(matches!(text, Err(Error::NotFound)), "{text:?}");
    })
    .await;
}

#[tokio::test]
async fn favourites_have_a_limit() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let stickers: Vec<Inbound> = (0..=200_u8)
            .map(|nth| sticker(&talk.peer, &format!("{nth:03}"), i64::from(nth), nth))
            .collect();
        store.ingest(talk.desk.number).messages(&stickers).await.unwrap();
        let due = store.media(talk.desk.number).due(300).await.unwrap();
        assert_eq!(due.len(), 201);
        for (nth, file) in due.iter().enumerate() {
            let kept = store.keep_sticker(&talk.grant, file.message, true).await.unwrap();
            assert_eq!(kept, nth < 200, "{nth}");
        }
        assert!(store.keep_sticker(&talk.grant, due[0].message, false).await.unwrap());
        assert!(store.keep_sticker(&talk.grant, due[200].message, true).await.unwrap());

        // One that nobody sees any more takes no room.
        let again = || store.keep_sticker(&talk.grant, due[0].message, true);
        assert!(!again().await.unwrap());
        let target = wa("001").into();
        let revoked = UpdateOf { target, what: MessageUpdate::Revoked };
        let revoked = Inbound { amends: Some(revoked), ..incoming(&talk.peer, "x", 300) };
        store.ingest(talk.desk.number).messages(&[revoked]).await.unwrap();
        assert!(again().await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_sticker_is_sent_as_an_own_message_with_a_copy_of_the_file() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let owner = &talk.desk.owner;
        let moves = InboundMedia { animated: true, ..fixtures::file("image/webp") };
        let received =
            Inbound { media: Some(moves), forwarded: 3, ..sticker(&talk.peer, "a", 1, 2) };
        let received = stored(&talk, received).await;
        let question = talk.question().await;
        let to_send = StickerToSend { source: received, reply_to: Some(question) };
        let sent = store.send_sticker(owner, &talk.grant, talk.chat, wa("s"), to_send).await;
        let sent = sent.unwrap();
        let number = talk.desk.number;
        let copy = store.pending_copies().await.unwrap().remove(0);
        assert_eq!((copy.from, copy.to), ((number, received), (number, sent.id)));
        assert!(store.copy_made(sent.id).await.unwrap());
        assert_eq!((sent.kind, &*sent.text), (MessageKind::Sticker, ""));
        assert_eq!(sent.forwarded, Forwarded::Original);
        assert_eq!(sent.reply_to.as_ref().unwrap().message, Some(question));
        assert_eq!(sent.media.as_ref().unwrap().state, MediaState::Stored);
        let again = store.send_sticker(owner, &talk.grant, talk.chat, wa("s"), to_send);
        assert_eq!(again.await.unwrap(), sent, "a repeated request");
        // It is the same sticker, at its newest place.
        assert_eq!(recent(owner, talk.chat).await, [sent.id]);

        let waiting = talk.outbox.next_uploads(10).await.unwrap();
        assert_eq!(waiting.iter().map(|file| file.message).collect::<Vec<_>>(), [sent.id]);
        talk.outbox.uploaded(sent.id, source(2), None).await.unwrap();
        let next = talk.outbox.next(1, &[]).await.unwrap().remove(0).operation;
        let Operation::Send { file: Some(file), forwarded, .. } = next else { panic!("{next:?}") };
        assert_eq!((file.kind, file.animated, forwarded), (MessageKind::Sticker, true, 0));

        let photo = stored(&talk, picture(&talk.peer, "photo", 5)).await;
        for refused in [photo, question] {
            let to_send = StickerToSend { source: refused, reply_to: None };
            let id = wa(&format!("no-{refused}"));
            let sent = store.send_sticker(owner, &talk.grant, talk.chat, id, to_send).await;
            assert!(matches!(sent, Err(Error::NotForwardable)), "{sent:?}");
        }
    })
    .await;
}
