//! On the way to this server.

use std::time::Duration;

use model::{
    Access, ChatId, Delivery, FailReason, MediaState, MessageId, MessageKind, Role, bounds,
    content::FileKind, file_limits,
};
use sea_orm::ConnectionTrait as _;
use store::{
    Album, AlbumSize, Error, Field, NewUpload, Operation, Peer, Store, UploadedFile, Viewer,
};

use super::{WEEK, failed, state};
use crate::support::{
    Desk, Talk, complete, count, incoming, number, on_both, on_both_raw, photo, picture, receive,
    user, wa,
};

/// Returns whether somebody may continue and finish an upload.
async fn may(store: &Store, viewer: &Viewer, chat: ChatId, message: MessageId) -> [bool; 2] {
    let found = match viewer.upload(message).await {
        Ok(_) => true,
        Err(Error::NotFound) => false,
        Err(error) => panic!("{error}"),
    };
    let Ok((grant, _)) = viewer.write_chat(chat).await else { return [found, false] };
    let finished = store.finish_upload(&grant, message, complete(1)).await;
    [found, finished.is_ok()]
}

#[tokio::test]
async fn an_upload_is_its_authors_alone_and_whoever_writes_there_can_end_it() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let (desk, proof) = (&talk.desk, talk.desk.proof().await);
        let agent = user(&store, "agent", Role::Atendente).await;
        let id = agent.user().id;
        store.grant_access(&proof, id, desk.number, Access::Write).await.unwrap();
        let (grant, _) = agent.write_chat(talk.chat).await.unwrap();
        let begun = store.begin_upload(&grant, talk.chat, wa("a"), photo("a")).await.unwrap().id;
        for other in [&desk.owner, &desk.admin] {
            assert_eq!(may(&store, other, talk.chat, begun).await, [false; 2]);
            let shown = other.messages(talk.chat, None, 1).await.unwrap().remove(0);
            assert_eq!((shown.id, state(&shown)), (begun, MediaState::Uploading));
            assert_eq!(other.media(begun).await.unwrap().state, MediaState::Uploading);
        }
        let elsewhere = talk.elsewhere().await;
        let (other_chat, _) = agent.write_chat(elsewhere).await.unwrap();
        let finished = store.finish_upload(&other_chat, begun, complete(1)).await;
        assert!(matches!(finished, Err(Error::NotFound)), "the grant is for another chat");
        let cancelled = store.cancel_upload(&other_chat, begun, FailReason::Cancelled).await;
        assert!(matches!(cancelled, Err(Error::NotFound)));

        let (colleague, _) = desk.admin.write_chat(talk.chat).await.unwrap();
        let cancel = || store.cancel_upload(&colleague, begun, FailReason::Cancelled);
        assert!(cancel().await.unwrap());
        assert!(!cancel().await.unwrap(), "once");
        assert_eq!(talk.delivery(begun).await, failed(FailReason::Cancelled));
        assert_eq!(may(&store, &agent, talk.chat, begun).await, [false; 2]);
    })
    .await;
}

/// The ways in which an agent who sends a file loses the right to write.
#[derive(Debug, Clone, Copy)]
enum Loss {
    Revoked,
    ReadOnly,
    Deactivated,
    NoAdmin,
    Private,
    PrivateByDefault,
}

#[tokio::test]
async fn a_file_ends_when_its_author_loses_the_right_to_write() {
    use Loss::{Deactivated, NoAdmin, Private, PrivateByDefault, ReadOnly, Revoked};
    for loss in [Revoked, ReadOnly, Deactivated, NoAdmin, Private, PrivateByDefault] {
        on_both(move |store| async move {
            let talk = Talk::open(&store).await;
            let (desk, proof) = (&talk.desk, talk.desk.proof().await);
            let role = if matches!(loss, NoAdmin) { Role::Admin } else { Role::Atendente };
            let agent = user(&store, "agent", role).await;
            let (id, number) = (agent.user().id, desk.number);
            if role == Role::Atendente {
                store.grant_access(&proof, id, number, Access::Write).await.unwrap();
            }
            let (grant, _) = agent.write_chat(talk.chat).await.unwrap();
            let begun = store.begin_upload(&grant, talk.chat, wa("a"), photo("a")).await.unwrap();
            let kept = talk.begin("owner").await;
            // A change that takes no right ends nothing.
            store.set_access(&proof, desk.admin.user().id, &[(number, None)]).await.unwrap();
            assert_eq!(store.fail_unwritable_uploads().await.unwrap(), 0);
            assert_eq!(agent.upload(begun.id).await.unwrap().message, begun.id);

            match loss {
                Revoked => store.revoke_access(&proof, id, number).await.unwrap(),
                ReadOnly => store.grant_access(&proof, id, number, Access::Read).await.unwrap(),
                Deactivated => store.accounts().set_active(&proof, id, false).await.unwrap(),
                NoAdmin => store.accounts().set_role(&proof, id, Role::Atendente).await.unwrap(),
                Private => desk.owner.set_chat_private(talk.chat, true).await.unwrap(),
                PrivateByDefault => desk.owner.set_private_by_default(number, true).await.unwrap(),
            }
            let ended = failed(FailReason::Cancelled);
            assert_eq!(talk.delivery(begun.id).await, ended, "{loss:?}");
            assert_eq!(talk.delivery(kept).await, Some(Delivery::Queued));
            assert!(matches!(agent.upload(begun.id).await, Err(Error::NotFound)));
            let finished = store.finish_upload(&grant, begun.id, complete(1)).await;
            assert!(matches!(finished, Err(Error::NotFound)));
            let expired = store.expire_uploads(WEEK).await.unwrap();
            assert_eq!(expired, [(number, begun.id)], "its bytes go from the disk");
        })
        .await;
    }
}

#[tokio::test]
async fn the_net_ends_what_lost_its_right_otherwise() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let proof = talk.desk.proof().await;
        let agent = user(&store, "agent", Role::Atendente).await;
        let (id, number) = (agent.user().id, talk.desk.number);
        store.grant_access(&proof, id, number, Access::Write).await.unwrap();
        let (grant, _) = agent.write_chat(talk.chat).await.unwrap();
        let begun = store.begin_upload(&grant, talk.chat, wa("a"), photo("a")).await.unwrap().id;
        raw.execute_unprepared("DELETE FROM number_access").await.unwrap();
        assert_eq!(talk.delivery(begun).await, Some(Delivery::Queued));
        assert_eq!(store.fail_unwritable_uploads().await.unwrap(), 1);
        assert_eq!(store.fail_unwritable_uploads().await.unwrap(), 0);
        assert_eq!(talk.delivery(begun).await, failed(FailReason::Cancelled));
    })
    .await;
}

#[tokio::test]
async fn a_voice_note_has_its_waveform_and_what_is_too_long_is_cut() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let new = NewUpload {
            kind: FileKind::Audio,
            caption: "\u{200b}".to_owned(),
            mime: "audio/".repeat(100),
            name: None,
            seconds: Some(7),
            voice: Some(vec![200; bounds::WAVEFORM + 1]),
            preview: Some(vec![0; bounds::PREVIEW + 1]),
            shape: Some((0, 1)),
            ..photo("voz")
        };
        let begun = store.begin_upload(&talk.grant, talk.chat, wa("voz"), new).await.unwrap();
        let media = begun.media.unwrap();
        assert_eq!((&*begun.text, media.seconds), ("", Some(7)));
        assert_eq!((media.preview, media.shape), (false, None));
        assert_eq!(media.voice, Some("64".repeat(bounds::WAVEFORM)));
        let upload = talk.desk.owner.upload(begun.id).await.unwrap();
        assert_eq!(upload.mime, "application/octet-stream");
        assert_eq!(upload.voice, Some(vec![100; bounds::WAVEFORM]));

        let found = UploadedFile {
            kind: FileKind::Audio,
            mime: "audio/ogg; codecs=opus".to_owned(),
            shape: None,
            seconds: Some(8),
            voice: Some(Vec::new()),
            preview: None,
            ..complete(1)
        };
        let finished = store.finish_upload(&talk.grant, begun.id, found).await.unwrap();
        let media = finished.media.unwrap();
        assert_eq!((media.seconds, media.voice.as_deref()), (Some(8), Some("")));
        talk.uploaded(begun.id, 1).await;
        let sent = talk.outbox.next(1, &[]).await.unwrap().remove(0).operation;
        let Operation::Send { file: Some(file), .. } = sent else { panic!("{sent:?}") };
        assert_eq!((file.seconds, file.voice, file.preview), (Some(8), Some(Vec::new()), None));

        let caption = "é".repeat(bounds::CAPTION + 1);
        let long = NewUpload { caption, ..photo("long") };
        let long = store.begin_upload(&talk.grant, talk.chat, wa("long"), long).await;
        assert!(matches!(long, Err(Error::TextTooLong)));
    })
    .await;
}

#[tokio::test]
async fn a_part_of_an_album_names_it_and_the_first_one_announces_it() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        for (name, announces) in [("one", Some(AlbumSize { images: 2, videos: 0 })), ("two", None)]
        {
            let album = Some(Album { wa_id: wa("album"), announces });
            let new = NewUpload { album: album.clone(), ..photo(name) };
            let begun = store.begin_upload(&talk.grant, talk.chat, wa(name), new).await.unwrap();
            let named = begun.media.unwrap().album;
            assert_eq!(named.as_deref(), Some(wa("album").as_str()));
            talk.finish(begun.id, 1).await;
            talk.uploaded(begun.id, 1).await;
            let sent = talk.outbox.next(1, &[]).await.unwrap().remove(0).operation;
            let Operation::Send { file: Some(file), .. } = sent else { panic!("{sent:?}") };
            assert_eq!(file.album, album);
            talk.confirm(name).await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_album_is_announced_without_what_is_no_picture_after_all() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        for (name, found, left) in [
            ("document", FileKind::Document, AlbumSize { images: 2, videos: 1 }),
            ("video", FileKind::Video, AlbumSize { images: 2, videos: 2 }),
            ("picture", FileKind::Image, AlbumSize { images: 3, videos: 1 }),
        ] {
            let announces = Some(AlbumSize { images: 3, videos: 1 });
            let album = Some(Album { wa_id: wa("album"), announces });
            let new = NewUpload { album, ..photo(name) };
            let begun = store.begin_upload(&talk.grant, talk.chat, wa(name), new).await.unwrap().id;
            let found = UploadedFile { kind: found, ..complete(1) };
            store.finish_upload(&talk.grant, begun, found).await.unwrap();
            talk.uploaded(begun, 1).await;
            let sent = talk.outbox.next(1, &[]).await.unwrap().remove(0).operation;
            let Operation::Send { file: Some(file), .. } = sent else { panic!("{sent:?}") };
            assert_eq!(file.album.unwrap().announces, Some(left), "{name}");
            talk.confirm(name).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_no_picture_after_all_goes_as_a_document() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let begun = talk.begin("a").await;
        let found = UploadedFile { kind: FileKind::Document, pages: Some(12), ..complete(1) };
        let finished = store.finish_upload(&talk.grant, begun, found).await.unwrap();
        assert_eq!(finished.kind, MessageKind::Document);
        let media = finished.media.unwrap();
        assert_eq!((media.name.as_deref(), &*media.pages), (Some("foto.jpg"), "12"));
        assert_eq!(talk.outbox.next_uploads(1).await.unwrap()[0].kind, MessageKind::Document);
        talk.uploaded(begun, 1).await;
        let sent = talk.outbox.next(1, &[]).await.unwrap().remove(0).operation;
        let Operation::Send { file: Some(file), .. } = sent else { panic!("{sent:?}") };
        assert_eq!(file.pages, Some(12));
    })
    .await;
}

#[tokio::test]
async fn every_request_may_be_repeated() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let begin = || store.begin_upload(&talk.grant, talk.chat, wa("a"), photo("a"));
        let (one, two) = tokio::join!(begin(), begin());
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one, two);
        let other = NewUpload { caption: "another".to_owned(), ..photo("a") };
        let again = store.begin_upload(&talk.grant, talk.chat, wa("a"), other).await.unwrap();
        assert_eq!(again.text, "a");

        let finish = || store.finish_upload(&talk.grant, one.id, complete(1));
        finish().await.unwrap();
        assert!(matches!(finish().await, Err(Error::NotFound)));
        let cancel = || store.cancel_upload(&talk.grant, one.id, FailReason::Cancelled);
        cancel().await.unwrap();
        assert_eq!(talk.delivery(one.id).await, Some(Delivery::Queued), "it is complete");
        assert_eq!(talk.uploads().await, [one.id]);
        talk.uploaded(one.id, 1).await;
        talk.uploaded(one.id, 1).await;
        assert_eq!(talk.next().await, ["send a"]);

        let elsewhere = talk.elsewhere().await;
        let taken = store.begin_upload(&talk.grant, elsewhere, wa("a"), photo("a")).await;
        assert!(matches!(taken, Err(Error::Invalid(Field::MessageId))));
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_file_has_failed_for_good() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let begun = talk.begin("a").await;
        for _double_click in 0..2 {
            store.cancel_upload(&talk.grant, begun, FailReason::Cancelled).await.unwrap();
        }
        assert_eq!(talk.delivery(begun).await, failed(FailReason::Cancelled));
        assert!(matches!(talk.desk.owner.upload(begun).await, Err(Error::NotFound)));
        let finished = store.finish_upload(&talk.grant, begun, complete(1)).await;
        assert!(matches!(finished, Err(Error::NotFound)));
        let retried = store.retry(&talk.grant, begun).await.unwrap();
        assert_eq!(retried.delivery, failed(FailReason::Cancelled), "the file is not here");
        assert_eq!(state(&retried), MediaState::Uploading);
        assert_eq!((talk.uploads().await, talk.next().await), (vec![], vec![]));
    })
    .await;
}

#[tokio::test]
async fn an_upload_that_nobody_continues_expires() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let (idle, busy) = (talk.begin("idle").await, talk.begin("busy").await);
        assert_eq!(store.expire_uploads(WEEK).await.unwrap(), []);
        let week_ago = "UPDATE upload SET touched_at = touched_at - 604900000000";
        raw.execute_unprepared(week_ago).await.unwrap();
        store.upload_touched(busy).await.unwrap();
        let touched = "SELECT 1 FROM upload WHERE touched_at > begun_at";
        assert_eq!(count(&raw, touched).await, 1);
        let just_now = "UPDATE upload SET touched_at = touched_at - 1000000";
        raw.execute_unprepared(just_now).await.unwrap();
        let of_busy =
            format!("SELECT 1 FROM upload WHERE message_id = {busy} AND touched_at > begun_at");
        let before = count(&raw, &of_busy).await;
        store.upload_touched(busy).await.unwrap();
        assert_eq!(count(&raw, &of_busy).await, before, "once a minute");

        let expired = store.expire_uploads(WEEK).await.unwrap();
        assert_eq!(expired, [(talk.desk.number, idle)]);
        assert_eq!(store.expire_uploads(WEEK).await.unwrap(), []);
        assert_eq!(talk.delivery(idle).await, failed(FailReason::Expired));
        assert!(matches!(talk.desk.owner.upload(idle).await, Err(Error::NotFound)));
        assert_eq!(talk.desk.owner.upload(busy).await.unwrap().message, busy);
        store.upload_touched(idle).await.unwrap();

        talk.finish(busy, 1).await;
        let hour_ago = "UPDATE outbox SET queued_at = queued_at - 3600000000";
        raw.execute_unprepared(hour_ago).await.unwrap();
        assert_eq!(store.expire_queued(Duration::from_secs(3500)).await.unwrap(), 1);
        assert_eq!(talk.delivery(busy).await, failed(FailReason::Expired));
        assert_eq!(talk.uploads().await, []);
    })
    .await;
}

#[tokio::test]
async fn an_upload_goes_on_in_the_chat_that_its_own_is_merged_into() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let talk = Talk::with(&store, desk, Peer::lid("168302940123456@lid")).await;
        let (begun, whole) = (talk.begin("begun").await, talk.file("whole", 1).await);
        let ingest = store.ingest(talk.desk.number);
        ingest.messages(&[incoming(&Peer::pn("5561998124471"), "r", 1)]).await.unwrap();
        let wakeups = store.hub().wakeups(talk.desk.number);
        ingest.link_identity("168302940123456@lid", "5561998124471").await.unwrap();
        for work in [&wakeups.uploads, &wakeups.outbox] {
            tokio::time::timeout(Duration::ZERO, work.notified()).await.unwrap();
        }
        let into = talk.desk.owner.upload(begun).await.unwrap().chat;
        let shown = talk.desk.owner.messages(into, None, 10).await.unwrap();
        assert_eq!(shown.len(), 4);
        let uploads = talk.outbox.next_uploads(10).await.unwrap();
        assert_eq!((uploads.len(), uploads[0].chat), (1, into));
        talk.uploaded(whole, 1).await;
        let finished = talk.finish(begun, 2).await;
        assert_eq!(finished.chat, into);
        assert_eq!(talk.uploads().await, [begun]);
        assert_eq!(talk.next().await, ["send whole"]);
    })
    .await;
}

#[tokio::test]
async fn one_user_sends_a_number_of_files_and_bytes_at_a_time() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let begin = |name: &str, size| {
            store.begin_upload(&talk.grant, talk.chat, wa(name), NewUpload { size, ..photo(name) })
        };
        let mut open = Vec::new();
        for n in 0..file_limits::OPEN_BYTES / file_limits::DOCUMENT {
            open.push(begin(&format!("large{n}"), file_limits::DOCUMENT).await.unwrap().id);
        }
        let refused = begin("byte", 1).await;
        assert!(matches!(refused, Err(Error::Invalid(Field::TooManyUploads))), "{refused:?}");
        for message in open.drain(..) {
            store.cancel_upload(&talk.grant, message, FailReason::Cancelled).await.unwrap();
        }
        for n in 0..file_limits::OPEN {
            open.push(begin(&format!("small{n}"), 9).await.unwrap().id);
        }
        let refused = begin("one", 9).await;
        assert!(matches!(refused, Err(Error::Invalid(Field::TooManyUploads))), "{refused:?}");
        assert_eq!(begin("small7", 9).await.unwrap().id, open[7], "a repeated request");

        let admin = talk.desk.proof().await;
        let colleague = user(&store, "colleague", Role::Atendente).await;
        let (number, id) = (talk.desk.number, colleague.user().id);
        store.grant_access(&admin, id, number, Access::Write).await.unwrap();
        let (theirs, _) = colleague.write_chat(talk.chat).await.unwrap();
        store.begin_upload(&theirs, talk.chat, wa("theirs"), photo("theirs")).await.unwrap();
        talk.finish(open[0], 1).await;
        begin("one", 9).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn uploads_go_with_their_number() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let owner = &talk.desk.owner;
        let second = owner.add_connection(number("Suporte")).await.unwrap();
        let chat = receive(&store, owner, second, incoming(&Peer::pn("2"), "r", 1)).await.id;
        let (grant, _) = owner.write_chat(chat).await.unwrap();
        store.begin_upload(&grant, chat, wa("a"), photo("a")).await.unwrap();
        let kept = talk.begin("b").await;
        assert_eq!(count(&raw, "SELECT 1 FROM upload").await, 2);
        let remove = owner.grant_remove(second).await.unwrap();
        store.remove_connection(&remove).await.unwrap();
        assert_eq!(count(&raw, "SELECT 1 FROM upload").await, 1);
        assert_eq!(owner.upload(kept).await.unwrap().message, kept);
    })
    .await;
}

#[tokio::test]
async fn a_file_can_be_answered_and_is_no_answer_to_another_chat() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let elsewhere =
            receive(&store, &talk.desk.owner, talk.desk.number, picture(&Peer::pn("2"), "r", 1));
        let elsewhere = elsewhere.await.id;
        let other = talk.desk.owner.messages(elsewhere, None, 1).await.unwrap().remove(0).id;
        let foreign = NewUpload { reply_to: Some(other), ..photo("a") };
        let foreign = store.begin_upload(&talk.grant, talk.chat, wa("a"), foreign).await;
        assert!(matches!(foreign, Err(Error::NotFound)));
        let begun = talk.begin("b").await;
        let reply_to = Some(begun);
        let answer =
            store.enqueue_text(&talk.grant, talk.chat, wa("c"), "c", reply_to).await.unwrap();
        let quote = answer.reply_to.unwrap();
        assert_eq!((quote.message, quote.kind), (Some(begun), MessageKind::Image));
    })
    .await;
}
