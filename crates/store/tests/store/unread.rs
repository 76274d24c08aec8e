//! Unread totals: they count all chats that a user may read, listed or not.

use model::Role;
use store::{Access, Peer};

use crate::support::{Desk, incoming, number, on_both, user};

#[tokio::test]
async fn totals_count_what_no_page_of_the_list_has() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let second = desk.owner.add_connection(number("Suporte")).await.unwrap();
        let from = |n: i64| incoming(&Peer::pn(format!("1415555{n:04}")), &format!("n{n}"), n);
        let many: Vec<_> = (0..120).map(from).collect();
        store.ingest(desk.number).messages(&many).await.unwrap();
        store.ingest(second).messages(&many[..5]).await.unwrap();
        let owner = &desk.owner;
        assert_eq!(owner.unread().await.unwrap(), [(desk.number, 120), (second, 5)]);

        let page = store::ChatsPage { connection: Some(second), before: None, limit: 1 };
        let read = owner.chats(page).await.unwrap()[0].id;
        desk.mark_read(&store, read).await.unwrap();
        assert_eq!(owner.unread().await.unwrap(), [(desk.number, 120), (second, 4)]);
    })
    .await;
}

#[tokio::test]
async fn totals_have_nothing_of_what_one_may_not_read() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let batch: Vec<_> =
            ["1", "2"].iter().map(|one| incoming(&Peer::pn(*one), one, 0)).collect();
        store.ingest(desk.number).messages(&batch).await.unwrap();
        let agent = user(&store, "agent", Role::Atendente).await;
        assert_eq!(agent.unread().await.unwrap(), []);
        let admin = desk.proof().await;
        store.grant_access(&admin, agent.user().id, desk.number, Access::Read).await.unwrap();
        assert_eq!(agent.unread().await.unwrap(), [(desk.number, 2)]);

        let page = store::ChatsPage { connection: None, before: None, limit: 1 };
        let hidden = desk.owner.chats(page).await.unwrap()[0].id;
        desk.owner.set_chat_private(hidden, true).await.unwrap();
        for (who, sees) in [(&desk.owner, 2), (&desk.admin, 1), (&agent, 1)] {
            assert_eq!(who.unread().await.unwrap(), [(desk.number, sees)]);
        }
        store.accounts().set_active(&admin, agent.user().id, false).await.unwrap();
        assert_eq!(agent.unread().await.unwrap(), []);
    })
    .await;
}
