//! Chats that a user starts.

use model::{Access, Chat, LiveEvent, PhoneNumber, Role};
use store::{ChatsPage, Error, Inbound, Peer, Replay, Store, Viewer};

use crate::support::{Desk, incoming, number, on_both, phones_own, receive, texts, user, wa};

const LID: &str = "100000000000001@lid";
const PN: &str = "5561998124471@s.whatsapp.net";

/// Returns the person as WhatsApp answers the look-up of their phone.
fn found() -> Peer {
    Peer { lid: Some(LID.to_owned()), pn: Some(PN.to_owned()), other: None }
}

/// Stores the person as the look-up does.
async fn look_up(store: &Store, desk: &Desk) {
    store.ingest(desk.number).address_book(&[(found(), None)]).await.unwrap();
}

async fn listed(viewer: &Viewer) -> Vec<Chat> {
    let page = ChatsPage { connection: None, before: None, limit: 100 };
    viewer.chats(page).await.unwrap()
}

#[tokio::test]
async fn a_started_chat_is_empty_and_first_in_the_list() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let other = incoming(&Peer::pn("5561998124472"), "before", 0);
        receive(&store, &desk.owner, desk.number, other).await;
        look_up(&store, &desk).await;
        assert_eq!(listed(&desk.owner).await.len(), 1, "a contact alone is no chat");

        let seq = desk.owner.last_seq().await.unwrap();
        let grant = desk.owner.grant_write(desk.number).await.unwrap();
        let chat = store.start_chat(&grant, LID).await.unwrap();
        let rows = listed(&desk.owner).await;
        assert_eq!((rows.len(), rows[0].id), (2, chat));
        let row = &rows[0];
        assert_eq!((row.preview.as_ref(), row.unread, row.private), (None, 0, false));
        assert_eq!(row.phone.as_ref().unwrap().digits(), "5561998124471");
        assert!(texts(&desk.owner, chat).await.is_empty());
        assert!(store.outbox(desk.number).next(10, &[]).await.unwrap().is_empty());

        let Replay::Events(events) = desk.owner.replay(seq, 10).await.unwrap() else {
            panic!("too old")
        };
        let [event] = &events[..] else { panic!("{events:?}") };
        assert_eq!(event.event, LiveEvent::Chat { chat: row.clone() });

        // The second time it is opened, and nothing is announced.
        let seq = desk.owner.last_seq().await.unwrap();
        assert_eq!(store.start_chat(&grant, PN).await.unwrap(), chat);
        assert_eq!(desk.owner.last_seq().await.unwrap(), seq);
    })
    .await;
}

#[tokio::test]
async fn the_first_message_of_either_side_lands_in_it() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        look_up(&store, &desk).await;
        let grant = desk.owner.grant_write(desk.number).await.unwrap();
        let chat = store.start_chat(&grant, LID).await.unwrap();
        store.enqueue_text(&grant, chat, wa("first"), "hello", None).await.unwrap();
        let both = found();
        let old = "556198124471@s.whatsapp.net";
        for (nth, peer) in [both, Peer::lid(LID), Peer::pn(PN), Peer::pn(old)].iter().enumerate() {
            let name = format!("answer{nth}");
            receive(&store, &desk.owner, desk.number, incoming(peer, &name, 60)).await;
        }
        let own = phones_own(&Peer::pn(PN), "from-phone", 61);
        receive(&store, &desk.owner, desk.number, own).await;
        assert_eq!(listed(&desk.owner).await.len(), 1);
        assert_eq!(texts(&desk.owner, chat).await.len(), 6);
    })
    .await;
}

#[tokio::test]
async fn a_chat_that_exists_is_opened() {
    for peer in [Peer::pn(PN), Peer::lid(LID)] {
        is_opened(incoming(&peer, "hi", 0)).await;
    }
}

async fn is_opened(message: Inbound) {
    on_both(move |store| is_opened_in(store, message.clone())).await;
}

async fn is_opened_in(store: Store, message: Inbound) {
    let desk = Desk::open(&store).await;
    let chat = receive(&store, &desk.owner, desk.number, message).await;
    look_up(&store, &desk).await;
    let grant = desk.owner.grant_write(desk.number).await.unwrap();
    assert_eq!(store.start_chat(&grant, LID).await.unwrap(), chat.id);
    let rows = listed(&desk.owner).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].last_at, chat.last_at, "opening it does not move it");
}

#[tokio::test]
async fn a_chat_is_found_by_any_form_of_the_phone() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let message = incoming(&Peer::pn("556198124471"), "hi", 0);
        let chat = receive(&store, &desk.owner, desk.number, message).await.id;
        let second = desk.owner.add_connection(number("Suporte")).await.unwrap();
        let grant = desk.owner.grant_write(desk.number).await.unwrap();
        let other = desk.owner.grant_write(second).await.unwrap();
        for typed in ["+55 61 99812-4471", "+55 61 9812-4471"] {
            let person = PhoneNumber::written(typed.to_owned());
            assert_eq!(store.chat_with(&grant, &person).await.unwrap(), Some(chat));
            assert_eq!(store.chat_with(&other, &person).await.unwrap(), None);
        }
        let stranger = PhoneNumber::written("+55 61 99812-4472".to_owned());
        assert_eq!(store.chat_with(&grant, &stranger).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_chat_is_started_only_with_a_contact_of_the_number() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        look_up(&store, &desk).await;
        let second = desk.owner.add_connection(number("Suporte")).await.unwrap();
        let grant = desk.owner.grant_write(second).await.unwrap();
        for address in [LID, PN, "120363@g.us", ""] {
            let started = store.start_chat(&grant, address).await;
            assert!(matches!(started, Err(Error::NotFound)), "{address}: {started:?}");
        }
        assert!(listed(&desk.owner).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn new_chats_are_private_where_the_number_says_so() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        look_up(&store, &desk).await;
        desk.owner.set_private_by_default(desk.number, true).await.unwrap();
        let agent = user(&store, "agent", Role::Atendente).await;
        let proof = desk.proof().await;
        let access = Access::WriteAndManage;
        store.grant_access(&proof, agent.user().id, desk.number, access).await.unwrap();
        // Nobody starts a chat that they could not see.
        for viewer in [&agent, &desk.admin] {
            let grant = viewer.grant_write(desk.number).await.unwrap();
            let started = store.start_chat(&grant, LID).await;
            assert!(matches!(started, Err(Error::NotFound)), "{started:?}");
        }
        assert!(listed(&desk.owner).await.is_empty());
        let grant = desk.owner.grant_write(desk.number).await.unwrap();
        let chat = store.start_chat(&grant, LID).await.unwrap();
        assert!(desk.owner.chat(chat).await.unwrap().private);
        assert!(matches!(agent.chat(chat).await, Err(Error::NotFound)));
    })
    .await;
}
