//! Names and texts of strangers as they are shown.

use model::{Author, ChatId, LiveEvent, Piece, Style};
use sea_orm::ConnectionTrait as _;
use store::{Inbound, Peer};

use crate::support::{Desk, incoming, on_both, on_both_raw, receive};

const NUMBER: &str = "+55 61 99812-4471";

fn called(name: &str, peer: &Peer, id: &str, seconds: i64) -> Inbound {
    Inbound { push_name: Some(name.into()), ..incoming(peer, id, seconds) }
}

#[tokio::test]
async fn who_has_a_name_in_which_there_is_nothing_to_see_goes_by_the_number() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("5561998124471");
        for (name, seconds) in
            ["\u{3164}", "\u{2800}", "\u{200e}", "\u{200b}\u{2060}", "\u{301}"].into_iter().zip(0..)
        {
            let said = called(name, &peer, &format!("a{seconds}"), seconds);
            let chat = receive(&store, &desk.owner, desk.number, said).await;
            assert_eq!(chat.name, NUMBER, "{name:?}");
        }
        store
            .ingest(desk.number)
            .address_book(&[(peer.clone(), Some("\u{3164} ".into()))])
            .await
            .unwrap();
        assert_eq!(desk.owner.chat(ChatId(1)).await.unwrap().name, NUMBER);
        // A name that an earlier version stored is not shown either.
        raw.execute_unprepared(
            "UPDATE contact SET saved_name = '\u{3164}', push_name = '\u{2800}'",
        )
        .await
        .unwrap();
        assert_eq!(desk.owner.chat(ChatId(1)).await.unwrap().name, NUMBER);

        let named = called("\u{202e}Ana\u{202c} Alves", &peer, "b", 10);
        let chat = receive(&store, &desk.owner, desk.number, named).await;
        assert_eq!(chat.name, "Ana Alves");
    })
    .await;
}

#[tokio::test]
async fn members_of_groups_are_named_by_the_same_rule() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("5561998124471");
        let said = Inbound {
            group: Some("120363@g.us".into()),
            sender: Some(peer.clone()),
            ..called("\u{3164}\u{3164}", &peer, "a", 0)
        };
        let chat = receive(&store, &desk.owner, desk.number, said).await;
        let message = desk.owner.messages(chat.id, None, 1).await.unwrap().remove(0);
        assert_eq!(message.author, Author::Contact { name: Some(NUMBER.into()) });
    })
    .await;
}

#[tokio::test]
async fn a_text_comes_with_its_formatting_and_the_list_without_its_markers() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("5561998124471");
        let mut events = store.hub().subscribe();
        let text = format!("*Oi* {} _fim_", "a".repeat(100));
        let said = Inbound { text: text.clone(), ..incoming(&peer, "a", 0) };
        let chat = receive(&store, &desk.owner, desk.number, said).await;
        let preview = chat.preview.unwrap().text;
        assert_eq!(preview, format!("Oi {} fim", "a".repeat(100)));

        let event = events.recv().await.unwrap();
        let LiveEvent::Message { message, .. } = &*event.event else { panic!("{event:?}") };
        assert_eq!(message.text, text, "what was said is kept as it was");
        assert_eq!(message.rich[0], Piece::styled(Style::Bold, vec![Piece::words("Oi")]));
        let page = desk.owner.messages(chat.id, None, 1).await.unwrap();
        assert_eq!(page[0].rich, message.rich);

        let plain = Inbound { text: "2*3*4".into(), ..incoming(&peer, "b", 1) };
        let chat = receive(&store, &desk.owner, desk.number, plain).await;
        assert_eq!(chat.preview.unwrap().text, "2*3*4");
        assert_eq!(desk.owner.messages(chat.id, None, 1).await.unwrap()[0].rich, []);
    })
    .await;
}
