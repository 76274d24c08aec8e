//! Files that their recipients may open once.

use std::time::Duration;

use migrations::Migrator;
use model::{Delivery, FailReason, MediaState, MessageId};
use sea_orm_migration::MigratorTrait as _;
use store::{Error, NewUpload, Operation};

use super::{failed, state};
use crate::support::{
    Talk, column, count, migrations_before, on_both, on_both_raw, photo, undo_after, wa,
};

impl Talk {
    /// A photo to be viewed once that this server has; its id is `name`.
    async fn once(&self, name: &str, content: u8) -> MessageId {
        let new = NewUpload { view_once: true, ..photo(name) };
        let begun = self.store.begin_upload(&self.grant, self.chat, wa(name), new).await.unwrap();
        assert_eq!(state(&begun), MediaState::Uploading);
        assert!(!begun.media.unwrap().preview);
        assert!(self.desk.owner.upload(begun.id).await.unwrap().view_once);
        self.finish(begun.id, content).await.id
    }
}

#[tokio::test]
async fn nobody_opens_it_here_and_nothing_of_it_stays_once_whatsapp_has_it() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let (owner, number) = (&talk.desk.owner, talk.desk.number);
        let once = talk.once("a", 1).await;
        let file = owner.media(once).await.unwrap();
        assert_eq!((file.state, file.preview), (MediaState::ViewOnce, None));
        let forward = store.forward(owner, &talk.grant, talk.chat, wa("f"), once).await;
        assert!(matches!(forward, Err(Error::NotForwardable)));

        talk.uploaded(once, 1).await;
        let sent = talk.outbox.next(1, &[]).await.unwrap().remove(0).operation;
        let Operation::Send { file: Some(file), .. } = sent else { panic!("{sent:?}") };
        assert!(file.view_once && file.preview.is_some());
        assert_eq!(store.evicting_media().await.unwrap(), [], "a retry needs the file");

        let wakeups = store.hub().wakeups(number);
        talk.confirm("a").await;
        let woken = tokio::time::timeout(Duration::ZERO, wakeups.removals.notified());
        woken.await.expect("the task that removes it");
        assert_eq!(state(&talk.message(once).await), MediaState::ViewOnce);
        let gone = store.evicting_media().await.unwrap();
        assert_eq!(gone.iter().map(|file| file.message).collect::<Vec<_>>(), [once]);
        store.media_evicted(&gone).await.unwrap();
        assert_eq!(store.evicting_media().await.unwrap(), []);
        let of_it = "SELECT 1 FROM media WHERE preview IS NOT NULL OR direct_path <> '' \
                     OR media_key <> '' OR file_hash <> '' OR sealed_hash <> ''";
        assert_eq!(count(&raw, of_it).await, 0);
        assert_eq!(state(&talk.message(once).await), MediaState::ViewOnce);
        assert_eq!(owner.media(once).await.unwrap().state, MediaState::ViewOnce);

        // Nothing brings it back.
        store.retry(&talk.grant, once).await.unwrap();
        assert_eq!(store.media(number).due(10).await.unwrap(), []);
        talk.file("b", 1).await;
        assert_eq!(talk.uploads().await.len(), 1, "its place at WhatsApp is forgotten");
    })
    .await;
}

#[tokio::test]
async fn one_that_was_not_sent_can_be_sent_again() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let once = talk.once("a", 1).await;
        talk.uploaded(once, 1).await;
        talk.fail("a", FailReason::Restricted).await;
        assert_eq!(talk.delivery(once).await, failed(FailReason::Restricted));
        assert_eq!(store.evicting_media().await.unwrap(), []);
        let again = store.retry(&talk.grant, once).await.unwrap();
        assert_eq!(again.delivery, Some(Delivery::Queued));
        assert_eq!(talk.next().await, ["send a"]);

        // A late answer says that WhatsApp had it after all.
        talk.fail("a", FailReason::Expired).await;
        talk.confirm("a").await;
        assert_eq!(talk.delivery(once).await, Some(Delivery::Sent));
        assert_eq!(store.evicting_media().await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_older_version_sends_none_as_a_usual_file() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let (once, usual) = (talk.once("a", 1).await, talk.file("b", 2).await);
        undo_after(&raw, migrations_before("m0024_view_once")).await;
        let waiting = "SELECT CAST(message_id AS TEXT) FROM outbox";
        assert_eq!(column(&raw, waiting).await, [usual.to_string()]);
        let delivery = format!("SELECT delivery FROM message WHERE id = {once}");
        assert_eq!(column(&raw, &delivery).await, ["failed:cancelled"]);
        let state = format!("SELECT state FROM media WHERE message_id = {once}");
        assert_eq!(column(&raw, &state).await, ["uploading"], "a retry has no file");
        Migrator::up(&raw, None).await.unwrap();
    })
    .await;
}
