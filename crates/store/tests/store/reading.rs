//! Pages of the list and of a chat, and marking as read.

use model::ChatId;
use store::{ChatsPage, Inbound, Peer, ReadReceipt};

use crate::support::{Desk, at, incoming, on_both, receive, wa};

#[tokio::test]
async fn pages_of_the_list_neither_repeat_nor_skip() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        // There are two chats per second, so that times alone do not order them.
        let batch: Vec<_> = (0..25)
            .map(|n| incoming(&Peer::pn(format!("1415555{n:04}")), &format!("n{n}"), n / 2))
            .collect();
        store.ingest(desk.number).messages(&batch).await.unwrap();
        let mut page = ChatsPage { connection: Some(desk.number), before: None, limit: 7 };
        let mut seen: Vec<(_, ChatId)> = Vec::new();
        loop {
            let chats = desk.owner.chats(page).await.unwrap();
            let Some(last) = chats.last() else { break };
            page.before = Some((last.last_at, last.id));
            seen.extend(chats.iter().map(|chat| (chat.last_at, chat.id)));
        }
        assert_eq!(seen.len(), 25);
        assert!(seen.is_sorted_by(|a, b| a > b), "newest first, each once");
    })
    .await;
}

#[tokio::test]
async fn pages_of_a_conversation_end_where_the_next_begins() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("1");
        let batch: Vec<_> = (0..9).map(|n| incoming(&peer, &format!("n{n}"), n / 3)).collect();
        store.ingest(desk.number).messages(&batch).await.unwrap();
        let all = ChatsPage { connection: None, before: None, limit: 1 };
        let chat = desk.owner.chats(all).await.unwrap()[0].id;
        let newest = desk.owner.messages(chat, None, 4).await.unwrap();
        let older = desk.owner.messages(chat, Some(newest[0].position), 100).await.unwrap();
        let texts: Vec<_> = older.iter().chain(&newest).map(|m| m.text.clone()).collect();
        assert_eq!(texts, (0..9).map(|n| format!("n{n}")).collect::<Vec<_>>());
        assert_eq!((older.len(), newest.len()), (5, 4));
    })
    .await;
}

#[tokio::test]
async fn a_long_message_is_whole_in_the_chat_and_short_in_the_list() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let long = "é\n".repeat(30_000);
        let inbound = Inbound { text: long.clone(), ..incoming(&Peer::pn("1"), "long", 0) };
        let chat = receive(&store, &desk.owner, desk.number, inbound).await;
        assert!(chat.preview.unwrap().text.chars().count() <= 120);
        let message = desk.owner.messages(chat.id, None, 1).await.unwrap().remove(0);
        assert!(message.more && long.starts_with(&message.text));
        assert_eq!(desk.owner.message_text(message.id).await.unwrap().text, long);
    })
    .await;
}

#[tokio::test]
async fn reading_empties_the_count_and_names_what_was_read() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("5561998124471");
        store.ingest(desk.number).messages(&[incoming(&peer, "one", 0)]).await.unwrap();
        let chat = receive(&store, &desk.owner, desk.number, incoming(&peer, "two", 1)).await;
        assert_eq!(chat.unread, 2);
        let _ = store.ingest(desk.number).linked("5561990000000", None, None, None).await.unwrap();
        assert!(desk.owner.mark_read(chat.id).await.unwrap());
        let receipts = store.receipts(desk.number).next(100).await.unwrap();
        let expected = ReadReceipt {
            connection: desk.number,
            chat_jid: "5561998124471@s.whatsapp.net".into(),
            sender: None,
            wa_ids: vec![wa("one").into(), wa("two").into()],
        };
        assert_eq!(receipts, [expected]);
        assert_eq!(desk.owner.chat(chat.id).await.unwrap().unread, 0);
        assert!(!desk.owner.mark_read(chat.id).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn reading_on_the_phone_reads_up_to_there() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (peer, ingest) = (Peer::pn("1"), store.ingest(desk.number));
        let batch: Vec<_> = ["a", "b", "c"].iter().map(|name| incoming(&peer, name, 0)).collect();
        ingest.messages(&batch[..2]).await.unwrap();
        let chat = receive(&store, &desk.owner, desk.number, batch[2].clone()).await.id;
        let unread = || async { desk.owner.chat(chat).await.unwrap().unread };
        ingest.read_elsewhere(&peer, &[wa("b").into()]).await.unwrap();
        assert_eq!(unread().await, 1);
        ingest.read_elsewhere(&Peer::pn("2"), &[]).await.unwrap();
        assert_eq!(unread().await, 1);
        ingest.read_elsewhere(&peer, &[]).await.unwrap();
        assert_eq!(unread().await, 0);
    })
    .await;
}

/// Returns the unread messages of the only chat.
async fn unread(desk: &Desk) -> u32 {
    let all = ChatsPage { connection: None, before: None, limit: 1 };
    desk.owner.chats(all).await.unwrap()[0].unread
}

#[tokio::test]
async fn the_own_phone_reads_up_to_the_newest_it_names() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        let batch: Vec<_> = (0..5).map(|n| incoming(&peer, &format!("n{n}"), n)).collect();
        ingest.messages(&batch).await.unwrap();
        let ids = |names: &[&str]| names.iter().map(|name| wa(name).into()).collect::<Vec<_>>();
        // Receipts arrive as a list, in any order, and with an address that is not the chat's.
        ingest.read_elsewhere(&Peer::lid("9@lid"), &ids(&["n2", "n0"])).await.unwrap();
        assert_eq!(unread(&desk).await, 2);
        // A late or repeated receipt changes nothing.
        ingest.read_elsewhere(&Peer::lid("9@lid"), &ids(&["n0"])).await.unwrap();
        assert_eq!(unread(&desk).await, 2);
        ingest.read_elsewhere(&peer, &[]).await.unwrap();
        assert_eq!(unread(&desk).await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_the_own_phone_read_before_it_came_is_read_when_it_comes() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        let ids: Vec<String> = vec![wa("two").into(), wa("one").into()];
        ingest.read_elsewhere(&peer, &ids).await.unwrap();
        ingest.read_elsewhere(&peer, &ids).await.unwrap();
        let batch = ["one", "two", "three"].map(|name| incoming(&peer, name, 0));
        ingest.messages(&batch[..1]).await.unwrap();
        assert_eq!(unread(&desk).await, 0);
        ingest.messages(&batch[1..]).await.unwrap();
        assert_eq!(unread(&desk).await, 1);
        // A message of another number with that id is another message.
        ingest.messages(&[incoming(&peer, "four", 9)]).await.unwrap();
        assert_eq!(unread(&desk).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_chat_marked_as_read_on_the_phone_is_read_up_to_that_second() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        let batch: Vec<_> = (0..4).map(|n| incoming(&peer, &format!("n{n}"), n / 2)).collect();
        ingest.messages(&batch).await.unwrap();
        ingest.marked_read(&peer, None, at(0)).await.unwrap();
        assert_eq!(unread(&desk).await, 2);
        ingest.marked_read(&Peer::pn("1"), None, at(9)).await.unwrap();
        assert_eq!(unread(&desk).await, 2);
        ingest.marked_read(&peer, None, at(9)).await.unwrap();
        assert_eq!(unread(&desk).await, 0);
    })
    .await;
}

#[tokio::test]
async fn receipts_wait_until_they_are_sent_each_once_and_only_where_somebody_can_send_them() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let (one, two) = (Peer::pn("5561998124471"), Peer::pn("5561998124472"));
        let receive = async |peer: &Peer, name, seconds| {
            receive(&store, &desk.owner, desk.number, incoming(peer, name, seconds)).await.id
        };
        let receipts = store.receipts(desk.number);
        // No phone is linked yet.
        desk.owner.mark_read(receive(&one, "before", 0).await).await.unwrap();
        assert_eq!(receipts.next(10).await.unwrap(), []);

        let _ = ingest.linked("5561990000000", None, None, None).await.unwrap();
        for (peer, name, at) in [(&one, "a", 1), (&two, "b", 2), (&one, "c", 3)] {
            desk.owner.mark_read(receive(peer, name, at).await).await.unwrap();
        }
        let ids = |receipts: &[ReadReceipt]| {
            receipts.iter().map(|receipt| receipt.wa_ids.clone()).collect::<Vec<_>>()
        };
        let waiting = receipts.next(10).await.unwrap();
        let id = |name: &str| String::from(wa(name));
        assert_eq!(ids(&waiting), [vec![id("a"), id("c")], vec![id("b")]]);
        assert_eq!(receipts.next(10).await.unwrap(), waiting, "until they are sent");
        receipts.sent(&waiting[0]).await.unwrap();
        assert_eq!(ids(&receipts.next(10).await.unwrap()), [vec![id("b")]]);

        // The phone that would have sent it is unlinked.
        ingest
            .unlinked(model::EndReason::UnlinkedHere, &store::ActorContext::system())
            .await
            .unwrap();
        assert_eq!(receipts.next(10).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn of_more_receipts_than_are_kept_of_a_chat_the_newest_wait() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let _ = ingest.linked("5561990000000", None, None, None).await.unwrap();
        let (one, two) = (Peer::pn("5561998124471"), Peer::pn("5561998124472"));
        let other = receive(&store, &desk.owner, desk.number, incoming(&two, "other", 0)).await;
        desk.owner.mark_read(other.id).await.unwrap();
        for round in 0..3 {
            let numbers = round * 700..(round + 1) * 700;
            let batch: Vec<_> =
                numbers.map(|n| incoming(&one, &format!("n{n}"), i64::from(n) + 1)).collect();
            ingest.messages(&batch).await.unwrap();
            let all = ChatsPage { connection: None, before: None, limit: 1 };
            let chat = desk.owner.chats(all).await.unwrap()[0].id;
            assert!(desk.owner.mark_read(chat).await.unwrap());
        }
        let waiting = store.receipts(desk.number).next(10_000).await.unwrap();
        let ids: Vec<_> = waiting.iter().map(|receipt| receipt.wa_ids.len()).collect();
        assert_eq!(ids, [1, 1_000]);
        let newest = String::from(wa("n2099"));
        assert_eq!(waiting[1].wa_ids.last(), Some(&newest));
    })
    .await;
}
