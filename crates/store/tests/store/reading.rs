//! Pages of the list and of a conversation, and marking as read.

use model::ChatId;
use store::{ChatsPage, Inbound, Peer, ReadReceipt};

use crate::support::{Desk, incoming, on_both, receive, wa};

#[tokio::test]
async fn pages_of_the_list_neither_repeat_nor_skip() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        // Two chats a second, so that times alone do not tell them apart.
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
        assert_eq!(message.text, long);
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
        let receipts = desk.owner.mark_read(chat.id).await.unwrap();
        let expected = ReadReceipt {
            connection: desk.number,
            chat_jid: "5561998124471@s.whatsapp.net".into(),
            sender: None,
            wa_ids: vec![wa("one").into(), wa("two").into()],
        };
        assert_eq!(receipts, [expected]);
        assert_eq!(desk.owner.chat(chat.id).await.unwrap().unread, 0);
        assert_eq!(desk.owner.mark_read(chat.id).await.unwrap(), []);
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
