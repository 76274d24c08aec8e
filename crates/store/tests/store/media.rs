//! Files that are to be fetched, and the right to read them.

use chrono::{TimeDelta, Utc};
use model::{ChatId, MediaState, MediaView, MessageKind};
use store::{Error, Inbound, InboundMedia, MediaQuotas, Peer};

use crate::support::{Desk, file_of_nine_bytes as media, incoming, number, on_both, picture};

#[tokio::test]
async fn a_file_is_awaited_from_its_message_on_until_it_is_stored() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let queue = store.media(desk.number);
        assert_eq!(queue.next_at().await.unwrap(), None);
        let peer = Peer::pn("5561998124471");
        let both = [picture(&peer, "a", 0), incoming(&peer, "b", 1)];
        store.ingest(desk.number).messages(&both).await.unwrap();
        store.ingest(desk.number).messages(&both).await.unwrap();

        let due = queue.due(10).await.unwrap();
        let [file] = due.as_slice() else { panic!("one file: {due:?}") };
        assert_eq!(file.source, media().source);
        assert_eq!((file.size, file.tries, file.from_me, &file.sender), (9, 0, false, &None));
        assert_eq!(file.chat_jid, "5561998124471@s.whatsapp.net");
        let shown = desk.owner.media(file.message).await.unwrap();
        assert_eq!((&*shown.name, shown.preview), ("nota.jpg", Some(vec![0, 255])));
        assert_eq!(shown.state, MediaState::Awaited { tries: 0, next_at: None });
        assert_eq!(desk.owner.connection(desk.number).await.unwrap().pending, 0);

        let later = Utc::now() + TimeDelta::hours(1);
        queue.not_now(file, later).await.unwrap();
        assert_eq!(queue.due(10).await.unwrap(), []);
        assert!(queue.next_at().await.unwrap().is_some_and(|at| at > Utc::now()));
        assert_eq!(desk.owner.connection(desk.number).await.unwrap().pending, 1);
        queue.moved(file.message, "/v/y").await.unwrap();
        queue.lost(file.message).await.unwrap();
        assert_eq!(queue.due(10).await.unwrap()[0].source.direct_path, "/v/y");
        let kept = queue.stored_within(file.message, 9, MediaQuotas::default()).await.unwrap();
        assert_eq!(kept, Some(Vec::new()));
        assert_eq!(queue.next_at().await.unwrap(), None);
        assert_eq!(desk.owner.connection(desk.number).await.unwrap().pending, 0);
        let state = desk.owner.media(file.message).await.unwrap().state;
        assert_eq!(state, MediaState::Stored);
    })
    .await;
}

#[tokio::test]
async fn a_placeholder_that_turns_out_to_be_a_picture_has_its_file() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        let unread = Inbound { kind: MessageKind::Undecryptable, ..incoming(&peer, "a", 0) };
        ingest.messages(&[unread]).await.unwrap();
        ingest.messages(&[picture(&peer, "a", 0)]).await.unwrap();
        assert_eq!(store.media(desk.number).due(10).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn in_a_group_the_file_is_asked_of_who_sent_it() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let sender = Peer { lid: Some("77@lid".into()), ..Peer::default() };
        let said = Inbound {
            group: Some("120363@g.us".into()),
            sender: Some(sender),
            ..picture(&Peer::default(), "a", 0)
        };
        store.ingest(desk.number).messages(&[said]).await.unwrap();
        let due = store.media(desk.number).due(10).await.unwrap();
        assert_eq!(due[0].chat_jid, "120363@g.us");
        assert_eq!(due[0].sender.as_deref(), Some("77@lid"));
    })
    .await;
}

#[tokio::test]
async fn what_was_given_up_is_tried_again_by_who_may_write() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let queue = store.media(desk.number);
        let peer = Peer::pn("5561998124471");
        store.ingest(desk.number).messages(&[picture(&peer, "a", 0)]).await.unwrap();
        let file = queue.due(1).await.unwrap().remove(0);
        let grant = desk.owner.grant_write(desk.number).await.unwrap();
        for state in [MediaState::Gone, MediaState::GivenUp] {
            queue.given_up(file.message, state).await.unwrap();
            assert_eq!(queue.due(1).await.unwrap(), []);
            let message = store.retry(&grant, file.message).await.unwrap();
            let awaited = MediaState::Awaited { tries: 0, next_at: None };
            assert_eq!(message.media.unwrap().state, awaited);
            assert_eq!(queue.due(1).await.unwrap().len(), 1);
        }
        // The queue of another number does not change it.
        let other = desk.owner.add_connection(number("Outro")).await.unwrap();
        let none = MediaQuotas::default();
        let theirs = store.media(other).stored_within(file.message, 9, none).await.unwrap();
        assert_eq!(theirs, None);
        assert_eq!(queue.due(1).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_file_without_a_message_or_a_message_without_a_file_is_not_found() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("5561998124471");
        store.ingest(desk.number).messages(&[incoming(&peer, "a", 0)]).await.unwrap();
        for id in [1, 99] {
            let found = desk.owner.media(model::MessageId(id)).await;
            assert!(matches!(found, Err(Error::NotFound)), "{found:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_document_has_the_pages_that_its_sender_states() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("5561998124471");
        let document = |nth: i64, pages| Inbound {
            kind: MessageKind::Document,
            media: Some(InboundMedia { pages, mime: "application/pdf".into(), ..media() }),
            ..incoming(&peer, &format!("file{nth}"), nth)
        };
        let all = [document(0, Some(12)), document(1, Some(0)), document(2, None)];
        store.ingest(desk.number).messages(&all).await.unwrap();
        let messages = desk.owner.messages(ChatId(1), None, 10).await.unwrap();
        let pages: Vec<_> =
            messages.iter().map(|message| message.media.clone().unwrap().pages).collect();
        assert_eq!(pages, ["12", "", ""]);
    })
    .await;
}

#[tokio::test]
async fn a_file_is_shown_or_offered_under_a_name_that_is_what_it_seems() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("5561998124471");
        let sent = [
            (MessageKind::Image, "image/jpeg", None),
            (MessageKind::Image, "image/heic", None),
            (MessageKind::Document, "application/pdf", None),
            (MessageKind::Document, "application/pdf", Some("contrato")),
            (MessageKind::Document, "application/pdf", Some("nota\u{202e}fdp.exe")),
        ];
        let all: Vec<Inbound> = sent
            .into_iter()
            .zip(0..)
            .map(|((kind, mime, name), nth)| Inbound {
                kind,
                media: Some(InboundMedia {
                    mime: mime.into(),
                    name: name.map(str::to_owned),
                    ..media()
                }),
                ..incoming(&peer, &format!("file{nth}"), nth)
            })
            .collect();
        store.ingest(desk.number).messages(&all).await.unwrap();
        let messages = desk.owner.messages(ChatId(1), None, 10).await.unwrap();
        let shown: Vec<_> = messages
            .iter()
            .filter_map(|message| message.media.as_ref())
            .map(|media| (media.view, media.name.as_deref()))
            .collect();
        assert_eq!(
            shown,
            [
                (MediaView::Picture, None),
                (MediaView::File, Some("foto.heic")),
                (MediaView::File, Some("documento.pdf")),
                (MediaView::File, Some("contrato.pdf")),
                (MediaView::File, Some("notafdp.exe")),
            ]
        );
        for (message, name) in messages.iter().zip(["foto.jpg", "foto.heic", "documento.pdf"]) {
            assert_eq!(desk.owner.media(message.id).await.unwrap().name, name);
        }
    })
    .await;
}
