//! Private chats, which the owner of the number alone reads. The rights of all users are tested in
//! `access_matrix`.

use model::{AuditAction, ChatId, ConnectionId, LiveEvent, Role};
use store::{Access, AccessChanged, ChatsPage, Committed, Error, Peer, Replay, Viewer};

use crate::support::{Desk, history, incoming, number, on_both, receive, user};

const ALL: ChatsPage = ChatsPage { connection: None, before: None, limit: 100 };

async fn seen(viewer: &Viewer) -> Vec<ChatId> {
    viewer.chats(ALL).await.unwrap().into_iter().map(|chat| chat.id).collect()
}

async fn exceptions(owner: &Viewer, number: ConnectionId) -> Vec<ChatId> {
    owner.privacy_exceptions(number).await.unwrap().into_iter().map(|chat| chat.id).collect()
}

#[tokio::test]
async fn all_but_the_listed_ones() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let of = |n: u8, seconds| incoming(&Peer::pn(n.to_string()), &n.to_string(), seconds);
        let one = receive(&store, &desk.owner, desk.number, of(1, 1)).await.id;
        let two = receive(&store, &desk.owner, desk.number, of(2, 2)).await.id;
        let owner = &desk.owner;
        // A mark that was removed is no exception later.
        owner.set_chat_private(two, true).await.unwrap();
        assert_eq!(seen(&desk.admin).await, [one]);
        owner.set_chat_private(two, false).await.unwrap();
        assert_eq!(seen(&desk.admin).await, [two, one]);

        owner.set_private_by_default(desk.number, true).await.unwrap();
        assert_eq!(seen(&desk.admin).await, []);
        owner.set_chat_private(one, false).await.unwrap();
        let three = receive(&store, owner, desk.number, of(3, 3)).await;
        assert!(three.private, "new ones too");
        assert_eq!(seen(&desk.admin).await, [one], "the listed one");
        assert_eq!(seen(owner).await, [three.id, two, one]);
        assert_eq!(exceptions(owner, desk.number).await, [one]);
        assert!(owner.connection(desk.number).await.unwrap().private_by_default);
        assert!(!desk.admin.connection(desk.number).await.unwrap().private_by_default);

        owner.set_private_by_default(desk.number, false).await.unwrap();
        owner.set_chat_private(two, true).await.unwrap();
        assert_eq!(seen(&desk.admin).await, [three.id, one]);
        assert_eq!(exceptions(owner, desk.number).await, [two]);
        owner.set_private_by_default(desk.number, true).await.unwrap();
        owner.set_private_by_default(desk.number, false).await.unwrap();
        assert_eq!(seen(&desk.admin).await, [three.id, one], "marks outlive the default");
    })
    .await;
}

#[tokio::test]
async fn another_number_of_the_same_owner_is_not_concerned() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let other = desk.owner.add_connection(number("Suporte")).await.unwrap();
        let peer = Peer::pn("1");
        receive(&store, &desk.owner, desk.number, incoming(&peer, "a", 0)).await;
        let open = receive(&store, &desk.owner, other, incoming(&peer, "b", 1)).await.id;
        desk.owner.set_private_by_default(desk.number, true).await.unwrap();
        assert_eq!(seen(&desk.admin).await, [open]);
        // An admin may hide the chats of their own numbers only.
        assert!(matches!(desk.admin.set_chat_private(open, true).await, Err(Error::NotFound)));
        let refused = desk.admin.set_private_by_default(other, true).await;
        assert!(matches!(refused, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn events_of_a_private_chat_are_the_owners() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let agent = user(&store, "agent", Role::Atendente).await;
        let admin = desk.proof().await;
        store.grant_access(&admin, agent.user().id, desk.number, Access::Write).await.unwrap();
        let peer = Peer::pn("1");
        let chat = receive(&store, &desk.owner, desk.number, incoming(&peer, "a", 0)).await.id;
        let (mut events, mut changes) = (store.hub().subscribe(), store.hub().access_changes());
        desk.owner.set_chat_private(chat, true).await.unwrap();
        desk.owner.set_chat_private(chat, true).await.unwrap();
        desk.owner.set_private_by_default(desk.number, false).await.unwrap();
        assert_eq!(changes.try_recv().ok(), Some(AccessChanged::Chats(desk.number)));
        assert!(changes.try_recv().is_err(), "the same again is no change");
        let Committed { chat: told, event, .. } = events.try_recv().unwrap();
        assert_eq!(told, chat);
        assert!(matches!(&*event, LiveEvent::Chat { chat } if chat.private));
        let entry = history(&store, &admin).await.remove(0);
        let of_chat = (&*entry.detail["chat"], &*entry.detail["private"]);
        assert_eq!(
            (entry.action, of_chat),
            (AuditAction::ChatsPrivateChanged, (&*chat.to_string(), "true"))
        );
        assert_eq!(entry.target, None, "an admin reads this, and must not learn with whom");

        for (viewer, sees) in [(&desk.owner, true), (&desk.admin, false), (&agent, false)] {
            assert_eq!(viewer.readable(&[told]).await.unwrap().contains(&told), sees);
            let Replay::Events(replayed) = viewer.replay(0, 100).await.unwrap() else { panic!() };
            assert_eq!(!replayed.is_empty(), sees, "not even those from before");
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_private_stays_so_when_chats_become_one() {
    on_both(|store| async move {
        // The older chat is kept; either of the two may have been private.
        for private in [0, 1] {
            let name = format!("owner{private}");
            let owner = user(&store, &name, Role::Atendente).await;
            let admin = user(&store, &format!("admin{private}"), Role::Admin).await;
            let number = owner.own_connection().await.unwrap();
            let before = seen(&admin).await;
            let peers = [Peer::pn("1"), Peer::lid("2@lid")];
            let mut chats = Vec::new();
            for (n, peer) in peers.iter().enumerate() {
                let message = incoming(peer, &n.to_string(), n as i64);
                chats.push(receive(&store, &owner, number, message).await.id);
            }
            owner.set_chat_private(chats[private], true).await.unwrap();
            store.ingest(number).link_identity("2@lid", "1").await.unwrap();
            let merged = owner.chats(ALL).await.unwrap();
            assert!(matches!(&merged[..], [chat] if chat.private), "{merged:?}");
            assert_eq!(seen(&admin).await, before);
        }
    })
    .await;
}
