//! The bounds of everything that strangers choose, as it is stored and shown (`model::bounds`).

use fixtures::customer;
use model::{LiveEvent, MessageKind, WholeText, bounds};
use sea_orm::ConnectionTrait as _;
use store::{Inbound, InboundMedia, MessageUpdate, Peer, UpdateOf};

use crate::support::{
    Desk, column, count, file_of_nine_bytes, incoming, on_both, on_both_raw, picture, receive, wa,
};

const MEGABYTE: usize = 1_000_000;

fn says(text: String, name: &str, seconds: i64) -> Inbound {
    Inbound { text, ..incoming(&customer(), name, seconds) }
}

fn edits(of: &str, text: String, seconds: i64) -> Inbound {
    let amends = UpdateOf { target: wa(of).into(), what: MessageUpdate::Edited(text) };
    Inbound { amends: Some(amends), ..incoming(&customer(), &format!("edit{seconds}"), seconds) }
}

#[tokio::test]
async fn a_long_text_is_kept_whole_and_listed_and_told_cut() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let mut events = store.hub().subscribe();
        let text = format!("{}fim", "👩‍🚀".repeat((bounds::TEXT - 3) / 3));
        let chat = receive(&store, &desk.owner, desk.number, says(text.clone(), "a", 0)).await;
        assert!(chat.preview.unwrap().text.chars().count() <= bounds::ROW);

        let message = desk.owner.messages(chat.id, None, 1).await.unwrap().remove(0);
        assert!(message.more && text.starts_with(&message.text));
        assert!(message.text.len() <= bounds::BUBBLE_BYTES && message.text.ends_with('🚀'));
        let event = events.recv().await.unwrap();
        let LiveEvent::Message { message: told, .. } = &*event.event else { panic!("{event:?}") };
        assert_eq!(*told, message);
        let store::Replay::Events(again) = desk.owner.replay(event.seq - 1, 1).await.unwrap()
        else {
            panic!("too old")
        };
        assert_eq!(again[0].event, *event.event);

        let whole = desk.owner.message_text(message.id).await.unwrap();
        assert_eq!(whole, WholeText { text, rich: Vec::new() });
        let short = says("oi".into(), "b", 1);
        receive(&store, &desk.owner, desk.number, short).await;
        assert!(!desk.owner.messages(chat.id, None, 1).await.unwrap()[0].more);
    })
    .await;
}

#[tokio::test]
async fn a_text_beyond_what_whatsapp_takes_is_cut_and_says_so() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let chat =
            receive(&store, &desk.owner, desk.number, says("é".repeat(MEGABYTE), "a", 0)).await;
        let stored = column(&raw, "SELECT text FROM message").await.remove(0);
        assert_eq!(stored.chars().count(), bounds::TEXT);
        assert!(stored.ends_with("é\n\n[…]"));
        let id = desk.owner.messages(chat.id, None, 1).await.unwrap()[0].id;
        assert_eq!(desk.owner.message_text(id).await.unwrap().text, stored);

        // An edit has the bound of a text, in whatever order it arrives.
        for seconds in [1, 2] {
            store
                .ingest(desk.number)
                .messages(&[edits("a", "*x* ".repeat(MEGABYTE), seconds)])
                .await
                .unwrap();
        }
        let early = [edits("later", "\"".repeat(MEGABYTE), 3), says("oi".into(), "later", 3)];
        store.ingest(desk.number).messages(&early).await.unwrap();
        for value in column(&raw, "SELECT value FROM amendment WHERE kind = 'edited'").await {
            assert_eq!(value.chars().count(), bounds::TEXT);
        }
        for message in desk.owner.messages(chat.id, None, 10).await.unwrap() {
            assert!(
                message.edited.is_some() && message.more && message.text.len() <= bounds::BUBBLE
            );
            assert!(serde_json::to_string(&message).unwrap().len() < 16_000);
            let whole = desk.owner.message_text(message.id).await.unwrap();
            assert!(whole.text.starts_with(&message.text) && whole.text.ends_with("[…]"));
        }
        let row = desk.owner.chat(chat.id).await.unwrap();
        assert!(row.preview.unwrap().text.chars().count() <= bounds::ROW);
        // A long text that an earlier version stored is listed within the bound.
        raw.execute_unprepared("DELETE FROM amendment").await.unwrap();
        let long = "z".repeat(MEGABYTE);
        raw.execute_unprepared(&format!("UPDATE message SET text = '{long}'")).await.unwrap();
        let old = desk.owner.messages(chat.id, None, 1).await.unwrap().remove(0);
        assert_eq!((old.text.len(), old.more), (bounds::BUBBLE, true));
        let whole = desk.owner.message_text(old.id).await.unwrap();
        assert_eq!(whole.text.chars().count(), bounds::TEXT);
        assert!(whole.text.ends_with("z\n\n[…]"), "it says that the rest is left out");
        let whole_z = "z".repeat(bounds::TEXT);
        raw.execute_unprepared(&format!("UPDATE message SET text = '{whole_z}'")).await.unwrap();
        assert_eq!(desk.owner.message_text(old.id).await.unwrap().text, whole_z);
        // An edit that an earlier version stored is truncated in the same way.
        let edit = edits("a", "editado".into(), 4);
        store.ingest(desk.number).messages(&[edit]).await.unwrap();
        // The migration to effective content writes it to the row as it was.
        let old = format!("UPDATE message SET text = '{long}' WHERE edited_at IS NOT NULL");
        raw.execute_unprepared(&old).await.unwrap();
        let messages = desk.owner.messages(chat.id, None, 10).await.unwrap();
        let edited = messages.iter().find(|message| message.edited.is_some()).unwrap();
        let edited = desk.owner.message_text(edited.id).await.unwrap().text;
        assert!(edited.ends_with("z\n\n[…]") && edited.chars().count() == bounds::TEXT);
    })
    .await;
}

#[tokio::test]
async fn names_files_and_raw_messages_have_their_bounds() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let file = InboundMedia {
            mime: "application/".repeat(MEGABYTE / 100),
            name: Some(format!("{}\u{202e}fdp.exe", "nota ".repeat(60_000))),
            shape: Some((u32::MAX, 1)),
            preview: Some(vec![255; MEGABYTE]),
            ..file_of_nine_bytes()
        };
        let hostile = Inbound {
            kind: MessageKind::Document,
            push_name: Some("Ana 👩‍🚀".repeat(6_000)),
            raw_message: Some(vec![7; MEGABYTE]),
            media: Some(file),
            ..says(String::new(), "a", 0)
        };
        let chat = receive(&store, &desk.owner, desk.number, hostile).await;
        assert!(chat.name.starts_with("Ana 👩‍🚀") && chat.name.chars().count() <= bounds::NAME);
        let names = column(&raw, "SELECT push_name FROM contact").await;
        assert!(names[0].chars().count() <= bounds::NAME);
        assert_eq!(column(&raw, "SELECT mime FROM media").await, ["application/octet-stream"]);
        let name = column(&raw, "SELECT name FROM media").await.remove(0);
        assert!(name.chars().count() <= bounds::FILE_NAME && name.ends_with(".exe"));
        assert_eq!(count(&raw, "SELECT * FROM media WHERE preview IS NULL").await, 1);
        assert_eq!(count(&raw, "SELECT * FROM original").await, 0);
        let message = desk.owner.messages(chat.id, None, 1).await.unwrap().remove(0);
        let media = message.media.unwrap();
        assert_eq!((media.shape, media.preview), (None, false));
        assert!(media.name.unwrap().ends_with(".exe"));

        // A long name of the address book or of an earlier version is shown within the bound.
        let book = [(customer(), Some("Cláudia ".repeat(10_000)))];
        store.ingest(desk.number).address_book(&book).await.unwrap();
        assert!(desk.owner.chat(chat.id).await.unwrap().name.chars().count() <= bounds::NAME);
        let long = "w".repeat(60_000);
        raw.execute_unprepared(&format!("UPDATE contact SET saved_name = '{long}'")).await.unwrap();
        assert_eq!(desk.owner.chat(chat.id).await.unwrap().name.len(), bounds::NAME);

        // Without a location or a key there is no file; the message is stored.
        let mut far = file_of_nine_bytes();
        far.source.direct_path = "/".repeat(MEGABYTE);
        let unreachable = Inbound { media: Some(far), ..picture(&customer(), "b", 1) };
        receive(&store, &desk.owner, desk.number, unreachable).await;
        let message = desk.owner.messages(chat.id, None, 1).await.unwrap().remove(0);
        assert_eq!((message.kind, message.media), (MessageKind::Image, None));
    })
    .await;
}

#[tokio::test]
async fn ids_addresses_votes_and_reactions_that_are_none_change_nothing() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        ingest.messages(&[says("oi".into(), "a", 0)]).await.unwrap();
        let long = "9".repeat(MEGABYTE);
        let amends = |target: String, what| Inbound {
            amends: Some(UpdateOf { target, what }),
            ..says(String::new(), "b", 1)
        };
        let target = || String::from(wa("a"));
        let batch = [
            Inbound { wa_id: long.clone(), ..says("x".into(), "b", 1) },
            Inbound { peer: Peer::pn(&*long), ..says("x".into(), "c", 1) },
            Inbound { peer: Peer::lid(format!("{long}@lid")), ..says("x".into(), "d", 1) },
            Inbound {
                peer: Peer { other: Some(format!("{long}@msgr")), ..Peer::default() },
                ..says("x".into(), "e", 1)
            },
            Inbound {
                group: Some(format!("{long}@g.us")),
                sender: Some(customer()),
                ..says("x".into(), "f", 1)
            },
            amends(long.clone(), MessageUpdate::Revoked),
            amends(target(), MessageUpdate::Reaction(format!("oi{}", "👍".repeat(50_000)))),
            amends(target(), MessageUpdate::Reaction(format!("a{}", "\u{301}".repeat(100_000)))),
            amends(target(), MessageUpdate::Vote(vec![1; MEGABYTE])),
        ];
        let ingested = ingest.messages(&batch).await.unwrap();
        assert_eq!((ingested.stored, ingested.updated, ingested.refused), (0, 0, 5));
        assert_eq!(count(&raw, "SELECT id FROM message").await, 1);
        assert_eq!(count(&raw, "SELECT id FROM amendment").await, 0);
        assert_eq!(count(&raw, "SELECT id FROM chat").await, 1);
        assert_eq!(count(&raw, "SELECT jid FROM contact_alias WHERE LENGTH(jid) > 128").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_receipt_of_endlessly_many_messages_is_read_as_far_as_one_may_be_long() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        ingest.messages(&[says("oi".into(), "a", 0)]).await.unwrap();
        // These are more ids than one statement of either database takes.
        let mut ids = vec![String::from(wa("a")), "\0".repeat(MEGABYTE)];
        ids.extend((0..70_000).map(|nth| format!("3EB0{nth:018}")));
        ingest.receipt(&customer(), &ids, model::Delivery::Read, chrono::Utc::now()).await.unwrap();
        ingest.read_elsewhere(&customer(), &ids).await.unwrap();
        assert_eq!(count(&raw, "SELECT id FROM message WHERE unread").await, 0);
        assert!(count(&raw, "SELECT wa_id FROM early_read").await <= 1_000);
    })
    .await;
}
