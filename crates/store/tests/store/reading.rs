//! Pages of the list and of a chat, and what the own phone reads.

use model::ChatId;
use store::{ChatsPage, Inbound, Peer};

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
