//! What is known of the pictures of people and groups, and who may see them.

use chrono::Utc;
use model::{Access, ChatId, ContactId, LiveEvent, MemberRole, Role};
use store::{
    ChatsPage, Error, FetchedGroup, FetchedMember, Inbound, Peer, PictureOf, Replay, Store, Viewer,
};

use crate::support::{Desk, incoming, on_both, receive, user};

const GROUP: &str = "120363041234567890@g.us";

fn ana() -> Peer {
    Peer::pn("5561998124471@s.whatsapp.net")
}

/// A text that Ana writes in a group.
fn in_group(name: &str) -> Inbound {
    let group = Some(GROUP.to_owned());
    Inbound { group, sender: Some(ana()), ..incoming(&Peer::default(), name, 0) }
}

/// The group as WhatsApp describes it, with Ana.
fn fetched(own_role: Option<MemberRole>) -> FetchedGroup {
    FetchedGroup {
        jid: GROUP.to_owned(),
        subject: "Fornecedores".to_owned(),
        description: None,
        created_at: None,
        creator: None,
        announce: false,
        locked: false,
        lid: false,
        timer: 0,
        own_role,
        members: vec![FetchedMember { peer: ana(), role: MemberRole::Member }],
        asked_at: Utc::now(),
    }
}

async fn contact_of(viewer: &Viewer, chat: ChatId) -> ContactId {
    match viewer.chat_picture(chat).await.unwrap().of() {
        PictureOf::Person(contact) => contact,
        group @ PictureOf::Group(_) => panic!("{group:?}"),
    }
}

async fn address(viewer: &Viewer, chat: ChatId) -> String {
    viewer.chat(chat).await.unwrap().picture
}

/// Returns true if a change of the chat was announced after an event.
async fn was_announced(viewer: &Viewer, chat: ChatId, after: i64) -> bool {
    let is_change = |event: &LiveEvent| matches!(event, LiveEvent::Chat { chat: changed } if changed.id == chat);
    match viewer.replay(after, 100).await.unwrap() {
        Replay::Events(events) => events.iter().any(|one| is_change(&one.event)),
        Replay::TooOld => panic!("too old"),
    }
}

#[tokio::test]
async fn a_picture_has_another_address_once_it_is_another_and_pages_learn_of_it() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let owner = &desk.owner;
        let ingest = store.ingest(desk.number);
        let chat = receive(&store, owner, desk.number, incoming(&ana(), "a", 0)).await.id;
        let unknown = format!("/foto/{chat}");
        assert_eq!(address(owner, chat).await, unknown);
        let picture = owner.chat_picture(chat).await.unwrap();
        assert_eq!((picture.version(), picture.is_due(Utc::now())), (None, true));
        assert_eq!(picture.address(), "5561998124471@s.whatsapp.net");
        assert_eq!(ingest.picture_changed(&ana(), None).await.unwrap(), None, "nobody looked");

        ingest.no_picture(picture.of()).await.unwrap();
        assert_eq!(address(owner, chat).await, "");
        assert!(!owner.chat_picture(chat).await.unwrap().is_due(Utc::now()));

        let seq = owner.last_seq().await.unwrap();
        ingest.picture_stored(picture.of(), 7, Some("11")).await.unwrap();
        assert_eq!(address(owner, chat).await, format!("{unknown}?v=7"));
        assert!(was_announced(owner, chat, seq).await);
        let stored = owner.chat_picture(chat).await.unwrap();
        assert_eq!((stored.version(), stored.wa_id()), (Some(7), Some("11")));
        assert_eq!(ingest.stored_pictures().await.unwrap(), [(picture.of(), 7)]);

        let seq = owner.last_seq().await.unwrap();
        ingest.picture_stored(picture.of(), 7, Some("11")).await.unwrap();
        assert!(!was_announced(owner, chat, seq).await, "it is the same");
        let changed = ingest.picture_changed(&ana(), None).await.unwrap().unwrap();
        assert!(changed.is_due(Utc::now()) && changed.version() == Some(7));
        assert_eq!(address(owner, chat).await, format!("{unknown}?v=7"), "until the next is here");

        ingest.picture_lost(picture.of()).await.unwrap();
        assert_eq!(address(owner, chat).await, unknown);
    })
    .await;
}

#[tokio::test]
async fn a_group_has_a_picture_of_its_own() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let group = receive(&store, &desk.owner, desk.number, in_group("a")).await;
        let picture = desk.owner.chat_picture(group.id).await.unwrap();
        assert_eq!((picture.of(), picture.address()), (PictureOf::Group(group.id), GROUP));
        ingest.picture_stored(picture.of(), 9, None).await.unwrap();
        assert_eq!(address(&desk.owner, group.id).await, format!("/foto/{}?v=9", group.id));
        let nobody = Peer::default();
        let changed = ingest.picture_changed(&nobody, Some(GROUP)).await.unwrap();
        assert_eq!(changed.map(|changed| changed.of()), Some(picture.of()));
        let other = ingest.picture_changed(&nobody, Some("1@g.us")).await.unwrap();
        assert_eq!(other, None);
    })
    .await;
}

/// An agent who may read the number, and the chats with Ana and of a group in which she has written.
async fn scene(store: &Store) -> (Desk, Viewer, ChatId, ChatId) {
    let desk = Desk::open(store).await;
    let chat = receive(store, &desk.owner, desk.number, incoming(&ana(), "a", 0)).await.id;
    store.ingest(desk.number).messages(&[in_group("b")]).await.unwrap();
    let page = ChatsPage { connection: None, before: None, limit: 10 };
    let chats = desk.owner.chats(page).await.unwrap();
    let group = chats.iter().find(|chat| chat.group).unwrap().id;
    let agent = user(store, "agent", Role::Atendente).await;
    let admin = desk.proof().await;
    store.grant_access(&admin, agent.user().id, desk.number, Access::Read).await.unwrap();
    (desk, agent, chat, group)
}

#[tokio::test]
async fn the_picture_of_a_person_is_for_those_who_see_a_chat_or_a_group_with_them() {
    on_both(|store| async move {
        let (desk, agent, chat, group) = scene(&store).await;
        let contact = contact_of(&desk.owner, chat).await;
        let stranger = user(&store, "stranger", Role::Atendente).await;
        let is_denied = async |viewer: &Viewer| {
            matches!(viewer.contact_picture(contact).await, Err(Error::NotFound))
        };
        assert!(is_denied(&stranger).await);
        let seen = agent.contact_picture(contact).await.unwrap();
        assert_eq!(seen.of(), PictureOf::Person(contact));

        desk.owner.set_chat_private(chat, true).await.unwrap();
        assert!(matches!(agent.chat_picture(chat).await, Err(Error::NotFound)));
        assert!(!is_denied(&agent).await, "they share a group");
        desk.owner.set_chat_private(group, true).await.unwrap();
        assert!(is_denied(&agent).await && is_denied(&desk.admin).await);
        assert!(!is_denied(&desk.owner).await);
        let missing = agent.contact_picture(ContactId(999_999)).await;
        assert!(matches!(missing, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn common_groups_are_those_that_one_may_read() {
    on_both(|store| async move {
        let (desk, agent, chat, group) = scene(&store).await;
        let ingest = store.ingest(desk.number);
        let groups = async |viewer: &Viewer| {
            let person = viewer.chat_person(chat).await.unwrap();
            let groups = viewer.common_groups(&person).await.unwrap();
            groups.iter().map(|chat| chat.id).collect::<Vec<_>>()
        };
        assert_eq!(groups(&agent).await, [], "nobody knows who is a member");
        ingest.group_fetched(&fetched(Some(MemberRole::Member))).await.unwrap();
        assert_eq!(groups(&agent).await, [group]);
        let bruno = incoming(&Peer::pn("5511912345678"), "c", 1);
        let bruno = receive(&store, &desk.owner, desk.number, bruno).await.id;
        let person = agent.chat_person(bruno).await.unwrap();
        assert!(agent.common_groups(&person).await.unwrap().is_empty());
        desk.owner.set_chat_private(group, true).await.unwrap();
        assert_eq!(groups(&agent).await, []);
        assert_eq!(groups(&desk.owner).await, [group]);
        assert!(matches!(agent.chat_person(group).await, Err(Error::NotFound)));
        ingest.group_fetched(&fetched(None)).await.unwrap();
        assert_eq!(groups(&desk.owner).await, [], "the number was removed");
    })
    .await;
}

#[tokio::test]
async fn a_picture_goes_with_the_contact_that_another_one_takes_in() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let (number, hidden) = (ana(), Peer::lid("168302940123456@lid"));
        ingest.messages(&[incoming(&number, "a", 0), incoming(&hidden, "b", 1)]).await.unwrap();
        let page = ChatsPage { connection: None, before: None, limit: 10 };
        for (nth, chat) in desk.owner.chats(page).await.unwrap().iter().enumerate() {
            let of = desk.owner.chat_picture(chat.id).await.unwrap().of();
            ingest.picture_stored(of, 7 + nth as i64, None).await.unwrap();
        }
        ingest.link_identity("168302940123456@lid", "5561998124471@s.whatsapp.net").await.unwrap();
        let [chat] = &desk.owner.chats(page).await.unwrap()[..] else { panic!("two chats") };
        assert_eq!(ingest.stored_pictures().await.unwrap().len(), 1);
        assert!(chat.picture.contains("?v="));
    })
    .await;
}
