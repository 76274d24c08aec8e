//! The people of a number, whose contacts can be sent.

use model::{Access, Role};
use store::{Error, Peer};

use crate::support::{Desk, incoming, number, on_both, receive, user};

#[tokio::test]
async fn people_are_found_by_name_and_phone_among_the_chats_that_one_sees() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let owner = &desk.owner;
        let phones = ["5561998124471", "5511912345678", "5561933330000"];
        let mut chats = Vec::new();
        for (nth, phone) in phones.iter().enumerate() {
            let peer = Peer::pn(format!("{phone}@s.whatsapp.net"));
            let message = incoming(&peer, &format!("m{nth}"), nth as i64);
            chats.push(receive(&store, owner, desk.number, message).await.id);
        }
        let second = owner.add_connection(number("Suporte")).await.unwrap();
        let elsewhere = Peer::pn("5561977770000@s.whatsapp.net");
        let elsewhere = receive(&store, owner, second, incoming(&elsewhere, "e", 9)).await.id;

        let found = async |viewer: &store::Viewer, search: &str| {
            let people = viewer.people(chats[0], search).await.unwrap();
            people.into_iter().map(|person| person.phone.digits()).collect::<Vec<_>>()
        };
        assert_eq!(found(owner, "").await, [phones[2], phones[1], phones[0]], "as in the list");
        assert_eq!(found(owner, "9123-45").await, [phones[1]]);
        assert_eq!(found(owner, "ninguém").await, Vec::<String>::new());
        let (digits, person) = owner.person_of(chats[0], chats[1]).await.unwrap();
        assert_eq!(
            (&*digits, person.chat, &*person.name),
            (phones[1], chats[1], "+55 11 91234-5678")
        );
        let other = owner.person_of(chats[0], elsewhere).await;
        assert!(matches!(other, Err(Error::NotFound)), "it is of another number");

        let agent = user(&store, "agent", Role::Atendente).await;
        assert!(matches!(agent.people(chats[0], "").await, Err(Error::NotFound)));
        let admin = desk.proof().await;
        store.grant_access(&admin, agent.user().id, desk.number, Access::Write).await.unwrap();
        owner.set_chat_private(chats[1], true).await.unwrap();
        assert_eq!(found(&agent, "").await, [phones[2], phones[0]]);
        let private = agent.person_of(chats[0], chats[1]).await;
        assert!(matches!(private, Err(Error::NotFound)));
        assert_eq!(found(owner, "").await.len(), 3);
    })
    .await;
}
