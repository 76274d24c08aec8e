//! Events: they are published after the commit, in order, and replayed to users who may see them.

use model::{LiveEvent, Role};
use store::{Access, Peer, Replay, Viewer};

use crate::support::{Desk, incoming, on_both, receive, user, wa};

async fn replayed(viewer: &Viewer, after: i64) -> Vec<(i64, LiveEvent)> {
    match viewer.replay(after, 100).await.unwrap() {
        Replay::Events(events) => {
            events.into_iter().map(|event| (event.seq.unwrap(), event.event)).collect()
        }
        Replay::TooOld => panic!("too old"),
    }
}

#[tokio::test]
async fn what_is_announced_is_what_is_replayed() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let mut announced = store.hub().subscribe();
        assert_eq!(desk.owner.last_seq().await.unwrap(), 0);
        let chat =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "a", 0)).await;
        let event = announced.recv().await.unwrap();
        assert_eq!((event.connection, event.chat), (desk.number, chat.id));
        let LiveEvent::Message { chat: row, message } = &*event.event else { panic!("{event:?}") };
        assert_eq!((row, &*message.text), (&chat, "a"));
        assert_eq!(desk.owner.last_seq().await.unwrap(), event.seq);
        assert_eq!(replayed(&desk.owner, 0).await, [(event.seq, (*event.event).clone())]);
        assert_eq!(replayed(&desk.owner, event.seq).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_replay_shows_what_may_be_seen_now_as_it_is_now() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let agent = user(&store, "agent", Role::Atendente).await;
        let hers = agent.own_connection().await.unwrap();
        let chat =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "a", 0)).await;
        receive(&store, &agent, hers, incoming(&Peer::pn("1"), "b", 0)).await;
        assert_eq!(replayed(&agent, 0).await.len(), 1, "her own");

        let (admin, id) = (desk.proof().await, agent.user().id);
        store.grant_access(&admin, id, desk.number, Access::Read).await.unwrap();
        desk.mark_read(&store, chat.id).await.unwrap();
        let events = replayed(&agent, 0).await;
        assert!(events.is_sorted_by_key(|(seq, _)| *seq));
        assert_eq!(events.len(), 3);
        let LiveEvent::Message { chat, .. } = &events[0].1 else { panic!("{events:?}") };
        assert_eq!(chat.unread, 0, "read since");

        store.revoke_access(&admin, id, desk.number).await.unwrap();
        assert_eq!(replayed(&agent, 0).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_number_from_another_database_is_too_old() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        assert_eq!(desk.owner.replay(7, 10).await.unwrap(), Replay::TooOld);
    })
    .await;
}

#[tokio::test]
async fn joined_chats_make_pages_load_again() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let batch = [incoming(&Peer::pn("1"), "a", 0), incoming(&Peer::lid("2@lid"), "b", 0)];
        ingest.messages(&batch).await.unwrap();
        let before = desk.owner.last_seq().await.unwrap();
        ingest.link_identity("2@lid", "1").await.unwrap();
        let events = replayed(&desk.owner, before).await;
        assert!(events.iter().any(|(_, event)| *event == LiveEvent::Resync), "{events:?}");
    })
    .await;
}

#[tokio::test]
async fn a_retried_request_announces_nothing() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let chat =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "a", 0)).await;
        let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
        store.enqueue_text(&grant, chat.id, wa("b"), "b", None).await.unwrap();
        let before = desk.owner.last_seq().await.unwrap();
        store.enqueue_text(&grant, chat.id, wa("b"), "b", None).await.unwrap();
        store.ingest(desk.number).messages(&[incoming(&Peer::pn("1"), "a", 0)]).await.unwrap();
        assert_eq!(desk.owner.last_seq().await.unwrap(), before);
    })
    .await;
}

#[tokio::test]
async fn who_was_away_while_something_was_taken_from_them_is_told_so() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let agent = user(&store, "agent", Role::Atendente).await;
        let (admin, id) = (desk.proof().await, agent.user().id);
        let chat =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "a", 0)).await;
        store.grant_access(&admin, id, desk.number, Access::Read).await.unwrap();

        let before = agent.last_seq().await.unwrap();
        assert!(!agent.access_changed_since(before).await.unwrap());
        receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "b", 1)).await;
        assert!(!agent.access_changed_since(before).await.unwrap(), "a message takes nothing");
        store.revoke_access(&admin, id, desk.number).await.unwrap();
        assert!(agent.access_changed_since(before).await.unwrap());
        assert!(!desk.owner.access_changed_since(before).await.unwrap(), "nobody else's");

        let before = agent.last_seq().await.unwrap();
        assert!(!agent.access_changed_since(before).await.unwrap(), "who has loaded since knows");
        let reader = user(&store, "reader", Role::Atendente).await;
        store.grant_access(&admin, reader.user().id, desk.number, Access::Read).await.unwrap();
        let before = agent.last_seq().await.unwrap();
        desk.owner.set_chat_private(chat.id, true).await.unwrap();
        assert!(desk.admin.access_changed_since(before).await.unwrap());
        assert!(reader.access_changed_since(before).await.unwrap());
        assert!(!agent.access_changed_since(before).await.unwrap(), "who cannot read the number");
        store.revoke_access(&admin, reader.user().id, desk.number).await.unwrap();
        assert!(reader.access_changed_since(before).await.unwrap(), "who could, until then");

        let before = agent.last_seq().await.unwrap();
        desk.owner.set_private_by_default(desk.number, true).await.unwrap();
        assert!(desk.admin.access_changed_since(before).await.unwrap());

        let before = agent.last_seq().await.unwrap();
        let grant = desk.owner.grant_remove(desk.number).await.unwrap();
        store.remove_connection(&grant).await.unwrap();
        assert!(desk.admin.access_changed_since(before).await.unwrap());
    })
    .await;
}
