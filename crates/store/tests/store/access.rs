//! Who may do what: every read and every proof, for everybody there is.

use model::{ChatId, ConnectionId, Role};
use store::{Access, ChatsPage, Error, Peer, Replay, Store, Viewer};

use crate::support::{Desk, incoming, on_both, receive, user, wa};

/// What a person is to the number.
#[derive(Debug, Clone, Copy)]
enum Person {
    Owner,
    Admin,
    Granted(Access),
    Revoked,
    Stranger,
    /// Was granted everything, and then deactivated.
    Deactivated,
}

const READS: u8 = 1;
const WRITES: u8 = 2;
const MANAGES: u8 = 4;

const MATRIX: [(Person, u8); 9] = [
    (Person::Owner, READS | WRITES | MANAGES),
    (Person::Admin, READS | WRITES | MANAGES),
    (Person::Granted(Access::Read), READS),
    (Person::Granted(Access::Write), READS | WRITES),
    (Person::Granted(Access::Manage), READS | MANAGES),
    (Person::Granted(Access::WriteAndManage), READS | WRITES | MANAGES),
    (Person::Revoked, 0),
    (Person::Stranger, 0),
    (Person::Deactivated, 0),
];

#[tokio::test]
async fn everybody_sees_and_does_what_the_table_says() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let customer = Peer::pn("5561998124471");
        let first =
            receive(&store, &desk.owner, desk.number, incoming(&customer, "hello", 0)).await;
        for (number, (person, rights)) in MATRIX.into_iter().enumerate() {
            let viewer = arrive(&store, &desk, person, number).await;
            check(&store, &viewer, person, rights, &desk, first.id).await;
        }
    })
    .await;
}

async fn arrive(store: &Store, desk: &Desk, person: Person, number: usize) -> Viewer {
    let admin = desk.proof().await;
    let newcomer = || async { user(store, &format!("agent{number}"), Role::Atendente).await };
    match person {
        Person::Owner => desk.owner.clone(),
        Person::Admin => desk.admin.clone(),
        Person::Stranger => newcomer().await,
        Person::Granted(access) => {
            let viewer = newcomer().await;
            store.grant_access(&admin, viewer.user().id, desk.number, access).await.unwrap();
            viewer
        }
        Person::Revoked => {
            let viewer = newcomer().await;
            let id = viewer.user().id;
            store.grant_access(&admin, id, desk.number, Access::WriteAndManage).await.unwrap();
            store.revoke_access(&admin, id, desk.number).await.unwrap();
            viewer
        }
        Person::Deactivated => {
            let viewer = newcomer().await;
            let id = viewer.user().id;
            store.grant_access(&admin, id, desk.number, Access::WriteAndManage).await.unwrap();
            store.accounts().set_active(&admin, id, false).await.unwrap();
            assert!(matches!(store.viewer(id).await, Err(Error::NotFound)));
            // The viewer that was made before lives on, and must not help.
            viewer
        }
    }
}

async fn check(
    store: &Store,
    viewer: &Viewer,
    person: Person,
    rights: u8,
    desk: &Desk,
    chat: ChatId,
) {
    let may = |right: u8| rights & right != 0;
    let number = desk.number;
    let everything = ChatsPage { connection: None, before: None, limit: 100 };

    // Lists leave out, single things are not found.
    let connections = viewer.connections().await.unwrap();
    assert_eq!(
        connections.iter().any(|row| row.id == number),
        may(READS),
        "{person:?} connections"
    );
    let readable = viewer.readable().await.unwrap();
    assert_eq!(readable.contains(&number), may(READS), "{person:?} readable");
    let chats = viewer.chats(everything).await.unwrap();
    assert_eq!(chats.iter().any(|row| row.id == chat), may(READS), "{person:?} chats");
    let Replay::Events(events) = viewer.replay(0, 100).await.unwrap() else { panic!("too old") };
    assert_eq!(!events.is_empty(), may(READS), "{person:?} replay");

    let of_number = ChatsPage { connection: Some(number), ..everything };
    expect(viewer.chats(of_number).await, may(READS), person, "chats of a number");
    expect(viewer.connection(number).await, may(READS), person, "connection");
    expect(viewer.chat(chat).await, may(READS), person, "chat");
    expect(viewer.messages(chat, None, 10).await, may(READS), person, "messages");
    expect(viewer.grant_write(number).await, may(WRITES), person, "grant_write");
    expect(viewer.grant_manage(number).await, may(MANAGES), person, "grant_manage");
    expect(viewer.write_chat(chat).await, may(WRITES), person, "write_chat");
    if let Ok(row) = viewer.connection(number).await {
        assert_eq!((row.can_write, row.can_manage), (may(WRITES), may(MANAGES)), "{person:?} row");
    }

    // Reading shows to the customer: only those who may write do it.
    let name = format!("unread-{}", viewer.user().id);
    let again = incoming(&Peer::pn("5561998124471"), &name, 1);
    store.ingest(number).messages(&[again]).await.unwrap();
    let receipts = viewer.mark_read(chat).await;
    assert_eq!(receipts.is_ok(), may(READS), "{person:?} mark_read");
    assert_eq!(!receipts.unwrap_or_default().is_empty(), may(WRITES), "{person:?} mark_read");
    desk.owner.mark_read(chat).await.unwrap();

    let admin = viewer.admin().await;
    assert_eq!(admin.is_ok(), matches!(person, Person::Admin), "{person:?} admin");
}

fn expect<T>(result: Result<T, Error>, allowed: bool, person: Person, what: &str) {
    match result {
        Ok(_) => assert!(allowed, "{person:?} was allowed {what}"),
        Err(Error::NotFound) => assert!(!allowed, "{person:?} was denied {what}"),
        Err(error) => panic!("{person:?} {what}: {error}"),
    }
}

#[tokio::test]
async fn what_is_denied_looks_like_what_is_missing() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let hers =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "x", 0)).await;
        let stranger = user(&store, "stranger", Role::Atendente).await;
        for chat in [hers.id, ChatId(999_999)] {
            let error = stranger.chat(chat).await.unwrap_err();
            assert_eq!(error.to_string(), Error::NotFound.to_string());
        }
        assert!(matches!(stranger.grant_write(ConnectionId(999_999)).await, Err(Error::NotFound)));
        assert!(matches!(store.viewer(model::UserId(999_999)).await, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn one_customer_on_two_numbers_is_two_chats() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let other = user(&store, "other", Role::Atendente).await;
        let others_number = other.own_connection().await.unwrap();
        let customer = Peer::pn("5561998124471");
        let sales = receive(&store, &desk.owner, desk.number, incoming(&customer, "a", 0)).await;
        // The same id, even: WhatsApp's ids are not unique beyond a chat.
        let support = receive(&store, &other, others_number, incoming(&customer, "a", 0)).await;

        assert_ne!(sales.id, support.id);
        assert!(matches!(other.chat(sales.id).await, Err(Error::NotFound)));
        assert!(matches!(desk.owner.messages(support.id, None, 10).await, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_grant_is_good_for_its_own_number_only() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let other = user(&store, "other", Role::Atendente).await;
        let others_number = other.own_connection().await.unwrap();
        let chat =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "a", 0)).await;
        let grant = other.grant_write(others_number).await.unwrap();
        let sent = store.enqueue_text(&grant, chat.id, wa("b"), "from the wrong number").await;
        assert!(matches!(sent, Err(Error::NotFound)));
    })
    .await;
}
