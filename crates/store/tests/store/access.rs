//! The rights on one number are none on another.

use model::Role;
use store::{Error, Peer};

use crate::support::{Desk, incoming, on_both, receive, user, wa};

#[tokio::test]
async fn one_customer_on_two_numbers_is_two_chats() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let other = user(&store, "other", Role::Atendente).await;
        let others_number = other.own_connection().await.unwrap();
        let customer = Peer::pn("5561998124471");
        let sales = receive(&store, &desk.owner, desk.number, incoming(&customer, "a", 0)).await;
        // Both messages have the same id: WhatsApp's ids are not unique beyond a chat.
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
        let sent =
            store.enqueue_text(&grant, chat.id, wa("b"), "from the wrong number", None).await;
        assert!(matches!(sent, Err(Error::NotFound)));
    })
    .await;
}
