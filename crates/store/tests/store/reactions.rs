//! The reactions to a message, and the people who made them.

use fixtures::{customer, person};
use model::{Author, ChatId, Message, Reaction};
use sea_orm::ConnectionTrait as _;
use store::{Inbound, MessageUpdate, Peer, UpdateOf, Viewer};

use crate::support::{Desk, incoming, on_both, on_both_raw, phones_own, wa};

const TARGET: &str = "said";

fn reacts(said: Inbound, emoji: &str) -> Inbound {
    let what = MessageUpdate::Reaction(emoji.to_owned());
    Inbound { amends: Some(UpdateOf { target: wa(TARGET).into(), what }), ..said }
}

fn in_group(peer: &Peer, said: Inbound) -> Inbound {
    Inbound { group: Some("120363@g.us".to_owned()), sender: Some(peer.clone()), ..said }
}

fn reaction(emoji: &str, by: &[Author]) -> Reaction {
    Reaction { emoji: emoji.to_owned(), by: by.to_vec() }
}

fn member(name: &str) -> Author {
    Author::Contact { name: Some(name.to_owned()) }
}

async fn target(viewer: &Viewer) -> Message {
    let messages = viewer.messages(ChatId(1), None, 10).await.unwrap();
    messages.into_iter().find(|message| message.wa_id == wa(TARGET)).unwrap()
}

#[tokio::test]
async fn a_reaction_has_its_person_and_is_replaced_and_taken_back() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        ingest.messages(&[incoming(&customer(), TARGET, 0)]).await.unwrap();
        let theirs = |emoji, seconds| reacts(incoming(&customer(), "x", seconds), emoji);
        let ours = |emoji, seconds| reacts(phones_own(&customer(), "y", seconds), emoji);
        let contact = Author::Contact { name: None };

        ingest.messages(&[theirs("👍", 1), ours("👍", 2)]).await.unwrap();
        let both = [reaction("👍", &[contact.clone(), Author::Phone])];
        assert_eq!(target(&desk.owner).await.reactions, both);
        assert!(both[0].is_ours());

        // A reaction that was made here has a user.
        let author = format!("UPDATE amendment SET author_id = {}", desk.owner.user().id);
        raw.execute_unprepared(&format!("{author} WHERE sender_id = 0")).await.unwrap();
        let user = Author::User { name: "owner".to_owned() };
        let both = [reaction("👍", &[contact.clone(), user])];
        assert_eq!(target(&desk.owner).await.reactions, both);

        ingest.messages(&[ours("❤️", 3)]).await.unwrap();
        let two = [reaction("👍", &[contact]), reaction("❤️", &[Author::Phone])];
        assert_eq!(target(&desk.owner).await.reactions, two);
        ingest.messages(&[theirs("", 4)]).await.unwrap();
        assert_eq!(target(&desk.owner).await.reactions, two[1..]);
        ingest.messages(&[ours("", 5)]).await.unwrap();
        assert_eq!(target(&desk.owner).await.reactions, []);
    })
    .await;
}

#[tokio::test]
async fn of_many_emojis_the_first_one_is_the_reaction() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let ana = person("5561998124471");
        let many = reacts(incoming(&ana, "x", 1), &"😀".repeat(60));
        ingest.messages(&[incoming(&ana, TARGET, 0), many]).await.unwrap();
        let shown = target(&desk.owner).await.reactions;
        assert_eq!(shown.iter().map(|one| one.emoji.as_str()).collect::<Vec<_>>(), ["😀"]);
        ingest.messages(&[reacts(incoming(&ana, "y", 2), "")]).await.unwrap();
        assert_eq!(target(&desk.owner).await.reactions, []);
    })
    .await;
}

#[tokio::test]
async fn members_of_a_group_are_named_and_the_first_reaction_comes_first() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let [ana, bia] = ["5561998124471", "5561998124472"].map(person);
        ingest.messages(&[in_group(&ana, incoming(&ana, TARGET, 0))]).await.unwrap();
        ingest.address_book(&[(ana.clone(), Some("Ana".to_owned()))]).await.unwrap();
        let of = |peer: &Peer, emoji: &str, seconds| {
            in_group(peer, reacts(incoming(peer, "x", seconds), emoji))
        };
        let own = in_group(&ana, reacts(phones_own(&ana, "y", 3), "❤️"));
        ingest.messages(&[of(&bia, "❤️", 2), own, of(&ana, "👍", 1)]).await.unwrap();
        let all = [
            reaction("👍", &[member("Ana")]),
            reaction("❤️", &[member("+55 61 99812-4472"), Author::Phone]),
        ];
        assert_eq!(target(&desk.owner).await.reactions, all);
    })
    .await;
}

#[tokio::test]
async fn people_with_long_names_are_shown_as_far_as_there_is_room() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let people: Vec<_> = (0..200).map(|nth| person(&format!("14155550{nth:03}"))).collect();
        let named = |peer: &Peer| (peer.clone(), Some("王".repeat(500)));
        ingest.address_book(&people.iter().map(named).collect::<Vec<_>>()).await.unwrap();
        let said = in_group(&people[0], incoming(&people[0], TARGET, 0));
        let reactions = people
            .iter()
            .zip(1..)
            .map(|(peer, at)| in_group(peer, reacts(incoming(peer, "x", at), "👍")));
        let batch: Vec<_> = std::iter::once(said).chain(reactions).collect();
        ingest.messages(&batch).await.unwrap();
        let message = target(&desk.owner).await;
        let shown = message.reactions[0].by.len();
        assert!((10..100).contains(&shown), "{shown}");
        assert!(serde_json::to_string(&message).unwrap().len() < 16_000);
    })
    .await;
}
