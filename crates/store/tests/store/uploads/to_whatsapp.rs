//! On the way to WhatsApp.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use model::{Change, Delivery, EndReason, FailReason, MediaState, MessageKind, content::FileKind};
use sea_orm::ConnectionTrait as _;
use store::{
    ActorContext, Error, Inbound, InboundMedia, MediaQuotas, Operation, Peer, Scanned, UploadedFile,
};

use super::{SIDECAR, WEEK, failed, state};
use crate::support::{
    Talk, complete, incoming, number, on_both, on_both_raw, photo, picture, react, receive, source,
    wa,
};

#[tokio::test]
async fn files_of_a_chat_go_in_their_order_and_texts_overtake_them() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let sent = talk.file("sent", 1).await;
        talk.uploaded(sent, 1).await;
        talk.confirm("sent").await;

        let (first, second) = (talk.file("first", 2).await, talk.file("second", 3).await);
        // WhatsApp has it, and yet it waits for those before it.
        talk.file("known", 1).await;
        talk.queue("text").await;
        let elsewhere = talk.elsewhere().await;
        let other = store
            .begin_upload(&talk.grant, elsewhere, wa("other"), photo("other"))
            .await
            .unwrap()
            .id;
        talk.finish(other, 4).await;
        assert_eq!(talk.uploads().await, [first, other], "one of each chat");
        assert_eq!(talk.outbox.next_uploads(1).await.unwrap().len(), 1);
        assert_eq!(talk.next().await, ["send text"]);

        // The second one waits while the first one pauses.
        let paused = talk.outbox.next_uploads(1).await.unwrap()[0].operation;
        let later = Utc::now() + TimeDelta::seconds(10);
        talk.outbox.retry_later(paused, later).await.unwrap();
        assert_eq!(talk.uploads().await, [other]);
        talk.uploaded(first, 2).await;
        assert_eq!(talk.uploads().await, [second, other]);
        assert_eq!(talk.next().await, ["send first", "send text"]);
        talk.fail("second", FailReason::Upload).await;
        assert_eq!(talk.next().await, ["send first", "send known", "send text"]);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_was_uploaded_lately_is_not_uploaded_again() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let sent = talk.file("a", 1).await;
        talk.uploaded(sent, 1).await;
        talk.confirm("a").await;
        let again = talk.file("b", 1).await;
        assert_eq!((talk.uploads().await, talk.next().await), (vec![], vec!["send b".to_owned()]));
        let operation = talk.outbox.next(1, &[]).await.unwrap().remove(0).operation;
        let Operation::Send { file: Some(file), .. } = operation else { panic!("{operation:?}") };
        assert_eq!((file.source, file.sidecar), (source(1), Some(SIDECAR.to_vec())));
        talk.confirm("b").await;

        let document = talk.begin("c").await;
        let found = UploadedFile { kind: FileKind::Document, ..complete(1) };
        store.finish_upload(&talk.grant, document, found).await.unwrap();
        assert_eq!(talk.uploads().await, [document], "another kind has other keys");
        talk.fail("c", FailReason::Upload).await;

        let second = talk.desk.owner.add_connection(number("Suporte")).await.unwrap();
        let chat =
            receive(&store, &talk.desk.owner, second, incoming(&Peer::pn("2"), "r", 1)).await;
        let (grant, _) = talk.desk.owner.write_chat(chat.id).await.unwrap();
        let of_second = store.begin_upload(&grant, chat.id, wa("d"), photo("d")).await.unwrap().id;
        store.finish_upload(&grant, of_second, complete(1)).await.unwrap();
        let uploads = store.outbox(second).next_uploads(10).await.unwrap();
        assert_eq!(uploads.len(), 1, "another number has no right to it");

        let week_ago = "UPDATE media SET uploaded_at = uploaded_at - 604800000000";
        raw.execute_unprepared(week_ago).await.unwrap();
        let late = talk.file("e", 1).await;
        assert_eq!(talk.uploads().await, [late]);
        assert_ne!(again, late);
    })
    .await;
}

#[tokio::test]
async fn a_retry_uploads_the_file_unless_whatsapp_has_it() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let file = talk.file("a", 1).await;
        talk.outbox.upload_begins(file, &[7; 32]).await.unwrap();
        talk.fail("a", FailReason::Upload).await;
        assert_eq!(talk.delivery(file).await, failed(FailReason::Upload));
        assert_eq!(talk.uploads().await, []);

        let wakeups = store.hub().wakeups(talk.desk.number);
        let retried = store.retry(&talk.grant, file).await.unwrap();
        tokio::time::timeout(Duration::ZERO, wakeups.uploads.notified()).await.unwrap();
        assert_eq!(retried.delivery, Some(Delivery::Queued));
        let next = talk.outbox.next_uploads(10).await.unwrap();
        assert_eq!((next.len(), next[0].media_key), (1, Some([7; 32])));
        talk.uploaded(file, 1).await;
        talk.fail("a", FailReason::Restricted).await;
        store.retry(&talk.grant, file).await.unwrap();
        assert_eq!((talk.uploads().await, talk.next().await), (vec![], vec!["send a".to_owned()]));

        talk.fail("a", FailReason::Refused).await;
        let week_ago = "UPDATE media SET uploaded_at = uploaded_at - 604800000000";
        raw.execute_unprepared(week_ago).await.unwrap();
        store.retry(&talk.grant, file).await.unwrap();
        assert_eq!((talk.uploads().await, talk.next().await), (vec![file], vec![]));
    })
    .await;
}

#[tokio::test]
async fn a_hash_that_a_person_stated_stands_for_no_other_file() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let (owner, number) = (&talk.desk.owner, talk.desk.number);
        let ours = talk.file("ours", 1).await;
        talk.uploaded(ours, 1).await;
        talk.confirm("ours").await;

        let chat = talk.elsewhere().await;
        let photo = picture(&Peer::pn("2"), "theirs", 2);
        let media = photo.media.clone().map(|file| InboundMedia { source: source(1), ..file });
        store.ingest(number).messages(&[Inbound { media, ..photo }]).await.unwrap();
        let theirs = owner.messages(chat, None, 1).await.unwrap().remove(0).id;
        let queue = store.media(number);
        queue.stored_within(theirs, 8, MediaQuotas::default()).await.unwrap();
        let forward = |id, message| store.forward(owner, &talk.grant, talk.chat, wa(id), message);
        let copy = forward("copy", theirs).await.unwrap().id;
        store.copy_made(copy).await.unwrap();
        assert_eq!(talk.uploads().await, [copy], "it may be any file");
        talk.uploaded(copy, 2).await;
        talk.confirm("copy").await;
        forward("again", ours).await.unwrap();
        assert_eq!((talk.uploads().await, talk.next().await.len()), (vec![], 1));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_comes_before_another_upload_frees_what_waits_for_it() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let first = talk.file("a", 1).await;
        talk.uploaded(first, 1).await;
        talk.fail("a", FailReason::Expired).await;
        let week_ago = "UPDATE media SET uploaded_at = uploaded_at - 604800000000";
        raw.execute_unprepared(week_ago).await.unwrap();
        store.retry(&talk.grant, first).await.unwrap();
        let second = talk.file("b", 2).await;
        assert_eq!(talk.uploads().await, [first]);

        // WhatsApp had the message after all.
        let wakeups = store.hub().wakeups(talk.desk.number);
        talk.confirm("a").await;
        tokio::time::timeout(Duration::ZERO, wakeups.uploads.notified()).await.unwrap();
        tokio::time::timeout(Duration::ZERO, wakeups.outbox.notified()).await.unwrap();
        assert_eq!(talk.uploads().await, [second]);

        // A text holds no file up.
        talk.queue("text").await;
        tokio::time::timeout(Duration::ZERO, wakeups.outbox.notified()).await.unwrap();
        talk.confirm("text").await;
        let woken = tokio::time::timeout(Duration::ZERO, wakeups.uploads.notified()).await;
        assert!(woken.is_err(), "it has no work");
    })
    .await;
}

#[tokio::test]
async fn a_file_of_ours_that_is_lost_is_given_up_unless_whatsapp_has_it() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let queue = store.media(talk.desk.number);
        let begun = talk.begin("a").await;
        queue.lost(begun).await.unwrap();
        assert_eq!(state(&talk.message(begun).await), MediaState::Uploading);
        talk.finish(begun, 1).await;
        queue.lost(begun).await.unwrap();
        assert_eq!(state(&talk.message(begun).await), MediaState::GivenUp);
        talk.fail("a", FailReason::Upload).await;
        assert_eq!(queue.due(10).await.unwrap(), []);

        let sent = talk.file("b", 2).await;
        talk.uploaded(sent, 2).await;
        talk.confirm("b").await;
        assert_eq!(store.evict_media(1).await.unwrap(), [], "own files stay");
        queue.lost(sent).await.unwrap();
        let due = queue.due(10).await.unwrap();
        assert_eq!((due.len(), &due[0].source), (1, &source(2)));
    })
    .await;
}

#[tokio::test]
async fn files_that_wait_fail_when_the_number_is_unlinked() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let phone = "5561900000000";
        assert_eq!(ingest.linked(phone, None, None, None).await.unwrap(), Scanned::Linked);
        let (begun, whole) = (talk.begin("begun").await, talk.file("whole", 1).await);
        ingest.unlinked(EndReason::UnlinkedByPhone, &ActorContext::system()).await.unwrap();
        for message in [begun, whole] {
            assert_eq!(talk.delivery(message).await, failed(FailReason::Unlinked));
        }
        assert!(matches!(talk.desk.owner.upload(begun).await, Err(Error::NotFound)));
        let finished = store.finish_upload(&talk.grant, begun, complete(2)).await;
        assert!(matches!(finished, Err(Error::NotFound)));
        // Bytes of its browser may come late.
        store.upload_touched(begun).await.unwrap();
        let expired = store.expire_uploads(WEEK).await.unwrap();
        assert_eq!(expired, [(talk.desk.number, begun)], "its bytes go from the disk");
        assert_eq!(talk.delivery(begun).await, failed(FailReason::Unlinked));

        // The upload that was under way has ended all the same.
        talk.uploaded(whole, 1).await;
        assert_eq!(talk.next().await, [""; 0]);
        assert_eq!(ingest.linked(phone, None, None, None).await.unwrap(), Scanned::Linked);
        store.retry(&talk.grant, whole).await.unwrap();
        assert_eq!(talk.next().await, ["send whole"]);
    })
    .await;
}

#[tokio::test]
async fn a_change_waits_for_the_file_of_its_message_and_holds_up_nothing() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let begun = talk.begin("a").await;
        for change in [Change::Revoke, react("👍")] {
            let changed = talk.change(begun, "early", change).await;
            assert!(matches!(changed, Err(Error::Unchangeable)), "its author cancels it");
        }
        talk.finish(begun, 1).await;
        talk.change(begun, "r", Change::Revoke).await.unwrap();
        talk.queue("text").await;
        assert_eq!(talk.next().await, ["send text"]);
        talk.uploaded(begun, 1).await;
        assert_eq!(talk.next().await, ["send a"], "from now on it is in the lane");
        talk.confirm("a").await;
        assert_eq!(talk.next().await, ["revoke a", "send text"]);
        talk.confirm("r").await;
        assert_eq!(talk.message(begun).await.kind, MessageKind::Revoked);

        // Neither does a change of a file that WhatsApp has, while an earlier file is uploaded.
        let known = talk.file("c", 2).await;
        talk.uploaded(known, 2).await;
        talk.confirm("text").await;
        talk.confirm("c").await;
        let slow = talk.file("slow", 3).await;
        let behind = talk.file("behind", 2).await;
        talk.change(behind, "r3", react("👍")).await.unwrap();
        talk.queue("text2").await;
        assert_eq!(
            (talk.uploads().await, talk.next().await),
            (vec![slow], vec!["send text2".into()])
        );
        talk.uploaded(slow, 3).await;
        assert_eq!(talk.next().await, ["send slow", "send behind"]);
        for sent in ["slow", "behind", "text2", "r3"] {
            talk.confirm(sent).await;
        }

        // A file that was deleted for everybody is uploaded anew.
        let again = talk.file("b", 1).await;
        assert_eq!(talk.uploads().await, [again]);
        talk.change(again, "r2", react("👍")).await.unwrap();
        talk.fail("b", FailReason::Upload).await;
        assert_eq!(talk.failed(again).await, [Some(FailReason::NotSent)]);
    })
    .await;
}
