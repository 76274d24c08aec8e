//! The files of messages that are forwarded, until they are copied.

use std::time::Duration;

use model::{ChatId, Delivery, FailReason, Forwarded, MediaState, Message, MessageId, MessageKind};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use store::{
    Error, FileCopy, Grant, Inbound, MediaQuotas, Operation, Outbox, Peer, Store, Viewer, Write,
};

use crate::support::{
    Desk, incoming, number, on_both, on_both_raw, picture, receive, source as place, wa,
};

/// A received photo that is stored, and a chat of another number of the same owner.
struct Scene {
    store: Store,
    desk: Desk,
    photo: MessageId,
    chat: ChatId,
    grant: Grant<Write>,
    outbox: Outbox,
}

impl Scene {
    async fn set(store: &Store) -> Self {
        let desk = Desk::open(store).await;
        let photo = Inbound { forwarded: 1, ..picture(&Peer::pn("1"), "photo", 3) };
        store.ingest(desk.number).messages(&[photo]).await.unwrap();
        let queue = store.media(desk.number);
        let photo = queue.due(1).await.unwrap()[0].message;
        queue.stored_within(photo, 8, MediaQuotas::default()).await.unwrap();
        let second = desk.owner.add_connection(number("Suporte")).await.unwrap();
        let chat = receive(store, &desk.owner, second, incoming(&Peer::pn("2"), "r", 1)).await.id;
        let (grant, _) = desk.owner.write_chat(chat).await.unwrap();
        let outbox = store.outbox(second);
        Self { store: store.clone(), desk, photo, chat, grant, outbox }
    }

    fn owner(&self) -> &Viewer {
        &self.desk.owner
    }

    async fn try_forward(&self, name: &str, source: MessageId) -> Result<Message, Error> {
        self.store.forward(self.owner(), &self.grant, self.chat, wa(name), source).await
    }

    async fn forward(&self, name: &str, source: MessageId) -> Message {
        self.try_forward(name, source).await.unwrap()
    }

    async fn pending(&self) -> Vec<FileCopy> {
        self.store.pending_copies().await.unwrap()
    }

    async fn made(&self, message: MessageId) -> bool {
        self.store.copy_made(message).await.unwrap()
    }

    async fn lost(&self, message: MessageId) -> bool {
        self.store.copy_lost(message).await.unwrap()
    }

    async fn uploads(&self) -> Vec<MessageId> {
        let next = self.outbox.next_uploads(10).await.unwrap();
        next.into_iter().map(|file| file.message).collect()
    }

    async fn state(&self, message: MessageId) -> MediaState {
        self.owner().media(message).await.unwrap().state
    }

    async fn delivery(&self, message: MessageId) -> Option<Delivery> {
        let messages = self.owner().messages(self.chat, None, 100).await.unwrap();
        messages.into_iter().find(|one| one.id == message).unwrap().delivery
    }

    async fn due(&self) -> Vec<MessageId> {
        let due = self.store.due_messages().await.unwrap();
        due.into_iter().map(|one| one.message).collect()
    }
}

/// Lets the time of a message be over.
async fn time_is_over(raw: &DatabaseConnection, message: MessageId) {
    let over = format!("UPDATE message SET expires_at = 1 WHERE id = {message}");
    raw.execute_unprepared(&over).await.unwrap();
}

#[tokio::test]
async fn a_stored_file_goes_with_its_caption_and_a_copy_of_its_own() {
    on_both(|store| async move {
        let scene = Scene::set(&store).await;
        let (number, second) = (scene.desk.number, scene.grant.connection());
        let sent = scene.forward("a", scene.photo).await;
        assert_eq!((sent.kind, &*sent.text), (MessageKind::Image, "photo"));
        assert_eq!((sent.delivery, sent.forwarded), (Some(Delivery::Queued), Forwarded::Forwarded));
        let media = sent.media.clone().unwrap();
        assert_eq!((media.state, media.size, media.preview), (MediaState::Stored, 8, true));
        let woken = tokio::time::timeout(Duration::ZERO, store.hub().copies().notified());
        woken.await.expect("the task that copies files");
        let [copy] = scene.pending().await[..] else { panic!() };
        assert_eq!((copy.from, copy.to), ((number, scene.photo), (second, sent.id)));
        assert_eq!(copy.bytes, 8);
        assert_eq!(scene.forward("a", scene.photo).await, sent, "a repeated request");
        assert_eq!(scene.pending().await.len(), 1);

        // Until it is copied it is read from its source, and waits.
        assert_eq!(scene.owner().media(sent.id).await.unwrap().place, copy.from);
        assert_eq!(scene.uploads().await, []);
        store.media(second).lost(sent.id).await.unwrap();
        assert_eq!(scene.state(sent.id).await, MediaState::Stored);
        let wakeups = store.hub().wakeups(second);
        assert!(scene.made(sent.id).await);
        assert!(scene.made(sent.id).await, "a repeated note");
        let woken = tokio::time::timeout(Duration::ZERO, wakeups.uploads.notified());
        woken.await.expect("the uploader");
        assert_eq!(scene.owner().media(sent.id).await.unwrap().place, copy.to);
        assert_eq!((scene.pending().await, scene.uploads().await), (vec![], vec![sent.id]));
        assert_eq!(store.unmeasured_media(10).await.unwrap(), []);

        store.evict_media(8).await.unwrap();
        assert_eq!(scene.state(scene.photo).await, MediaState::Evicted);
        assert_eq!(scene.state(sent.id).await, MediaState::Stored);
        let refused = scene.try_forward("b", scene.photo).await;
        assert!(matches!(refused, Err(Error::NotForwardable)), "it is not here any more");

        // The place at WhatsApp that a person stated is not used, and that of the number is.
        scene.outbox.uploaded(sent.id, place(2), None).await.unwrap();
        let twice = scene.forward("c", sent.id).await;
        assert_eq!(twice.forwarded, Forwarded::Forwarded);
        let next = scene.outbox.next(10, &[]).await.unwrap();
        let Operation::Send { file: Some(file), forwarded: 3, .. } = &next[1].operation else {
            panic!("{next:?}")
        };
        assert_eq!(file.source, place(2), "it goes before it is copied");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_not_copied_yet_is_forwarded_from_its_source() {
    on_both(|store| async move {
        let scene = Scene::set(&store).await;
        let first = scene.forward("a", scene.photo).await.id;
        let second = scene.forward("b", first).await.id;
        let from = (scene.desk.number, scene.photo);
        let copies: Vec<_> =
            scene.pending().await.iter().map(|copy| (copy.from, copy.to.1)).collect();
        assert_eq!(copies, [(from, first), (from, second)]);
        // Files of a chat are uploaded in their order, whichever is copied first.
        scene.made(second).await;
        assert_eq!(scene.uploads().await, []);
        scene.made(first).await;
        assert_eq!(scene.uploads().await, [first]);
    })
    .await;
}

#[tokio::test]
async fn a_source_stays_until_it_is_copied() {
    on_both_raw(|store, raw| async move {
        let scene = Scene::set(&store).await;
        let sent = scene.forward("a", scene.photo).await.id;
        assert_eq!(store.evict_media(8).await.unwrap(), []);
        assert!(store.is_copied_from(scene.desk.number).await.unwrap());
        assert!(!store.is_copied_from(scene.grant.connection()).await.unwrap());
        for message in [scene.photo, sent] {
            time_is_over(&raw, message).await;
        }
        assert_eq!(scene.due().await, [], "neither goes before");
        for source in [scene.photo, sent] {
            let refused = scene.try_forward("b", source).await;
            assert!(matches!(refused, Err(Error::NotFound)), "its time is over: {refused:?}");
        }

        scene.made(sent).await;
        assert!(!store.is_copied_from(scene.desk.number).await.unwrap());
        let mut due = scene.due().await;
        due.sort_unstable();
        assert_eq!(due, [scene.photo, sent]);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_cannot_be_copied_fails_its_message() {
    on_both(|store| async move {
        let scene = Scene::set(&store).await;
        let sent = scene.forward("a", scene.photo).await.id;
        assert!(scene.lost(sent).await && scene.lost(sent).await);
        let failed = Some(Delivery::Failed { reason: FailReason::Expired });
        assert_eq!(scene.delivery(sent).await, failed);
        assert_eq!(scene.state(sent).await, MediaState::Uploading, "as one that never came");
        assert_eq!((scene.pending().await, scene.uploads().await), (vec![], vec![]));
        store.retry(&scene.grant, sent).await.unwrap();
        assert_eq!(scene.delivery(sent).await, failed, "there is nothing to retry");
        assert!(scene.made(sent).await, "a copy that comes too late is kept");
        assert_eq!(scene.state(sent).await, MediaState::Uploading);

        // One that WhatsApp has comes from there.
        let first = scene.forward("b", scene.photo).await.id;
        scene.made(first).await;
        scene.outbox.uploaded(first, place(2), None).await.unwrap();
        let second = scene.forward("c", first).await.id;
        assert!(scene.lost(second).await);
        assert_eq!(scene.delivery(second).await, Some(Delivery::Queued));
        let due = store.media(scene.grant.connection()).due(10).await.unwrap();
        assert_eq!(due.iter().map(|file| file.message).collect::<Vec<_>>(), [second]);
    })
    .await;
}

#[tokio::test]
async fn a_copy_outlives_the_number_of_its_source_and_goes_with_its_own() {
    on_both(|store| async move {
        let scene = Scene::set(&store).await;
        let sent = scene.forward("a", scene.photo).await.id;
        let remove = async |number| {
            let grant = scene.owner().grant_remove(number).await.unwrap();
            store.remove_connection(&grant).await.unwrap();
        };
        remove(scene.desk.number).await;
        assert!(store.is_copied_from(scene.desk.number).await.unwrap());
        assert_eq!(scene.pending().await.len(), 1);
        remove(scene.grant.connection()).await;
        assert_eq!(scene.pending().await, []);
        assert!(!scene.made(sent).await && !scene.lost(sent).await, "its message is gone");
    })
    .await;
}
