//! Files that are sent from a browser: to this server, to WhatsApp, and then their messages.

mod from_browser;
mod to_whatsapp;
mod view_once;

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use model::{
    ChatId, Delivery, FailReason, MediaState, Message, MessageId, MessageKind, content::FileKind,
};
use store::{ChatsPage, Error, NewUpload, Operation, OutgoingFile, Peer};

use crate::support::{Talk, complete, incoming, on_both, photo, source, wa};

/// The time after which an upload expires.
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A table by which phones play a file while they download it.
const SIDECAR: [u8; 10] = [4; 10];

impl Talk {
    async fn begin(&self, name: &str) -> MessageId {
        self.store.begin_upload(&self.grant, self.chat, wa(name), photo(name)).await.unwrap().id
    }

    async fn finish(&self, message: MessageId, content: u8) -> Message {
        self.store.finish_upload(&self.grant, message, complete(content)).await.unwrap()
    }

    /// A file that this server has; its id is `name`.
    async fn file(&self, name: &str, content: u8) -> MessageId {
        let message = self.begin(name).await;
        self.finish(message, content).await.id
    }

    /// The messages whose files may be uploaded to WhatsApp now.
    async fn uploads(&self) -> Vec<MessageId> {
        let next = self.outbox.next_uploads(10).await.unwrap();
        next.into_iter().map(|file| file.message).collect()
    }

    async fn uploaded(&self, message: MessageId, content: u8) {
        self.outbox.uploaded(message, source(content), Some(&SIDECAR)).await.unwrap();
    }

    /// Opens another chat of the number.
    async fn elsewhere(&self) -> ChatId {
        let question = incoming(&Peer::pn("2"), "r", 1);
        self.store.ingest(self.desk.number).messages(&[question]).await.unwrap();
        let page = ChatsPage { connection: Some(self.desk.number), before: None, limit: 2 };
        let chats = self.desk.owner.chats(page).await.unwrap();
        chats.into_iter().map(|chat| chat.id).find(|chat| *chat != self.chat).unwrap()
    }

    async fn delivery(&self, message: MessageId) -> Option<Delivery> {
        self.message(message).await.delivery
    }
}

fn failed(reason: FailReason) -> Option<Delivery> {
    Some(Delivery::Failed { reason })
}

fn state(message: &Message) -> MediaState {
    message.media.as_ref().unwrap().state
}

#[tokio::test]
async fn a_file_is_shown_at_once_and_goes_when_it_is_complete_and_uploaded() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let owner = &talk.desk.owner;
        store.save_draft(&talk.grant, talk.chat, "olha", 1).await.unwrap();
        let new = NewUpload { reply_to: Some(talk.question().await), ..photo("olha") };
        let begun = store.begin_upload(&talk.grant, talk.chat, wa("olha"), new).await.unwrap();
        assert_eq!((begun.kind, &*begun.text), (MessageKind::Image, "olha"));
        assert_eq!(begun.delivery, Some(Delivery::Queued));
        let media = begun.media.as_ref().unwrap();
        assert_eq!((media.state, media.size), (MediaState::Uploading, 9));
        assert_eq!((media.shape, media.preview), (Some((4, 3)), true));
        assert_eq!(begun.reply_to.as_ref().unwrap().excerpt, "q");
        let chat = owner.chat(talk.chat).await.unwrap();
        assert_eq!(chat.preview.unwrap().text, "olha");
        assert_eq!(owner.drafts().await.unwrap().len(), 1, "a draft stays");
        let upload = owner.upload(begun.id).await.unwrap();
        assert_eq!((upload.message, upload.chat), (begun.id, talk.chat));
        assert_eq!((upload.connection, upload.kind), (talk.desk.number, FileKind::Image));
        assert_eq!((&*upload.mime, upload.name.as_deref()), ("image/jpeg", Some("foto.jpg")));
        assert_eq!((upload.size, upload.shape), (9, Some((4, 3))));
        assert_eq!((upload.preview, upload.voice), (Some(vec![0, 255]), None));
        assert_eq!((talk.next().await.len(), talk.uploads().await.len()), (0, 0));

        let complete = talk.finish(begun.id, 1).await;
        assert_eq!((complete.position, state(&complete)), (begun.position, MediaState::Stored));
        let media = complete.media.unwrap();
        assert_eq!((media.size, media.shape), (8, Some((8, 6))), "as the server found it");
        assert!(matches!(owner.upload(begun.id).await, Err(Error::NotFound)));
        assert_eq!(talk.next().await, [""; 0], "WhatsApp does not have the file");
        let next = talk.outbox.next_uploads(10).await.unwrap().remove(0);
        assert_eq!((next.message, next.chat, &next.wa_id), (begun.id, talk.chat, &wa("olha")));
        assert_eq!((next.kind, next.size), (MessageKind::Image, 8));
        assert_eq!((next.media_key, next.attempts), (None, 0));

        talk.outbox.upload_begins(begun.id, &[7; 32]).await.unwrap();
        let later = Utc::now() + TimeDelta::seconds(10);
        talk.outbox.retry_later(next.operation, later).await.unwrap();
        assert_eq!(talk.uploads().await, []);
        let next_at = talk.outbox.next_upload_at().await.unwrap().unwrap();
        assert_eq!(next_at.timestamp(), later.timestamp());
        talk.outbox.retry_later(next.operation, Utc::now()).await.unwrap();
        let next = talk.outbox.next_uploads(10).await.unwrap().remove(0);
        assert_eq!((next.media_key, next.attempts), (Some([7; 32]), 2), "the same key again");

        talk.uploaded(begun.id, 1).await;
        assert_eq!(talk.uploads().await, []);
        assert_eq!(talk.outbox.next_upload_at().await.unwrap(), None);
        let sent = talk.outbox.next(10, &[]).await.unwrap().remove(0);
        assert_eq!((&sent.wa_id, sent.attempts), (&wa("olha"), 0));
        let Operation::Send { text, reply_to: Some(_), file: Some(file), .. } = sent.operation
        else {
            panic!("{sent:?}")
        };
        assert_eq!(text, "olha");
        assert!(Utc::now() - file.uploaded_at < TimeDelta::minutes(1));
        let expected = OutgoingFile {
            kind: MessageKind::Image,
            mime: "image/png".to_owned(),
            name: Some("foto.jpg".to_owned()),
            size: 8,
            shape: Some((8, 6)),
            seconds: None,
            voice: None,
            preview: Some(vec![1, 2, 3]),
            animated: false,
            pages: None,
            sidecar: Some(SIDECAR.to_vec()),
            source: source(1),
            uploaded_at: file.uploaded_at,
            view_once: false,
            album: None,
        };
        assert_eq!(file, expected);
        talk.confirm("olha").await;
        assert_eq!(talk.delivery(begun.id).await, Some(Delivery::Sent));
        assert_eq!(talk.next().await, [""; 0]);
    })
    .await;
}
