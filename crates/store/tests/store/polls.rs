//! Polls: votes that wait to be opened, their count, and votes of the number.

use std::collections::BTreeSet;

use fixtures::{person, poll, with_content};
use model::{Author, FailReason, MessageId, PollPage, Style};
use store::{Error, Inbound, MessageUpdate, Peer, UpdateOf};

use crate::support::{Talk, incoming, on_both, phones_own, wa};

/// WhatsApp's id of the poll.
const POLL: &str = "poll";

fn asks(said: Inbound) -> Inbound {
    with_content(said, poll())
}

/// A vote that only the session of the number can read.
fn votes(said: Inbound, sealed: u8) -> Inbound {
    let what = MessageUpdate::Vote(vec![sealed]);
    Inbound { amends: Some(UpdateOf { target: wa(POLL).into(), what }), ..said }
}

async fn receive(talk: &Talk, batch: &[Inbound]) {
    talk.store.ingest(talk.desk.number).messages(batch).await.unwrap();
}

/// Opens the votes that wait as the session does. A vote with the byte 9 does not open; others choose the
/// options that `of` returns for their byte.
async fn open(talk: &Talk, of: impl Fn(u8) -> Vec<u32>) -> usize {
    let ingest = talk.store.ingest(talk.desk.number);
    let polls = BTreeSet::from([wa(POLL).as_str().to_owned()]);
    let sealed = ingest.sealed_votes(&polls).await.unwrap();
    let opened: Vec<_> = sealed
        .iter()
        .filter(|vote| vote.protobuf[0] != 9)
        .map(|vote| (vote.id, of(vote.protobuf[0])))
        .collect();
    ingest.votes_opened(opened).await.unwrap();
    sealed.len()
}

async fn poll_id(talk: &Talk) -> MessageId {
    let messages = talk.desk.owner.messages(talk.chat, None, 100).await.unwrap();
    messages.into_iter().find(|message| message.wa_id == wa(POLL)).unwrap().id
}

async fn page(talk: &Talk) -> PollPage {
    talk.desk.owner.poll(poll_id(talk).await).await.unwrap()
}

/// The votes of each option.
async fn counts(talk: &Talk) -> Vec<u32> {
    page(talk).await.options.iter().map(|option| option.votes).collect()
}

/// The addresses of the options in the card, which have the shares, and the line below the question.
async fn card(talk: &Talk) -> (Vec<String>, String) {
    let message = talk.message(poll_id(talk).await).await;
    let [card] = &message.rich[..] else { panic!("{:?}", message.rich) };
    assert_eq!(card.style, Style::Poll);
    let [_, note, options, votes] = &card.within[..] else { panic!("{card:?}") };
    assert_eq!(
        (votes.style, votes.text.as_str()),
        (Style::Link, &*format!("/enquete/{}", message.id))
    );
    let address = |item: &model::Piece| item.within[0].text.rsplit('?').next().unwrap().to_owned();
    (options.within.iter().map(address).collect(), note.text.clone())
}

/// A vote chooses the option of its byte, and none with the byte 8.
fn by_byte(byte: u8) -> Vec<u32> {
    if byte == 8 { vec![] } else { vec![byte.into()] }
}

#[tokio::test]
async fn a_vote_counts_once_it_is_opened_also_if_it_came_before_its_poll() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let theirs = votes(incoming(&talk.peer, "v1", 2), 1);
        receive(&talk, &[theirs]).await;
        assert_eq!(open(&talk, by_byte).await, 0, "there is no poll yet");
        receive(&talk, &[asks(phones_own(&talk.peer, POLL, 1))]).await;
        assert_eq!(counts(&talk).await, [0, 0]);
        assert_eq!(open(&talk, by_byte).await, 1);
        assert_eq!(counts(&talk).await, [0, 1]);
        assert_eq!(open(&talk, by_byte).await, 0, "it is opened once");
        let (addresses, note) = card(&talk).await;
        assert_eq!(addresses, ["opcao=0#p0", "opcao=1#p100"]);
        assert_eq!(note, r#"{"single":true,"voters":1,"vote":"settled"}"#);
        let page = page(&talk).await;
        assert_eq!((page.question.as_str(), page.voters, page.can_vote), ("Que dia?", 1, true));
        let [voter] = &page.options[1].by[..] else { panic!("{page:?}") };
        assert_eq!(voter.author, Author::Contact { name: None });
    })
    .await;
}

#[tokio::test]
async fn the_newest_vote_of_a_person_counts_in_whatever_order_they_come() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        receive(&talk, &[asks(incoming(&talk.peer, POLL, 1))]).await;
        let vote = |at, byte| votes(incoming(&talk.peer, &format!("v{at}"), at), byte);
        receive(&talk, &[vote(20, 0)]).await;
        open(&talk, by_byte).await;
        // An older one comes late, and another that does not open.
        receive(&talk, &[vote(10, 1)]).await;
        open(&talk, by_byte).await;
        assert_eq!(counts(&talk).await, [1, 0]);
        receive(&talk, &[vote(30, 9)]).await;
        open(&talk, by_byte).await;
        assert_eq!(counts(&talk).await, [1, 0], "garbage takes no vote away");
        let own = votes(phones_own(&talk.peer, "own", 35), 0);
        receive(&talk, &[own, vote(40, 8)]).await;
        open(&talk, by_byte).await;
        let page = page(&talk).await;
        assert_eq!((page.voters, page.options[0].votes), (1, 1), "theirs is taken back");
        assert!(page.options[0].chosen);
        assert_eq!(page.options[0].by[0].author, Author::Phone);
    })
    .await;
}

#[tokio::test]
async fn members_of_a_group_vote_and_so_does_the_number() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let [ana, bia] = ["5561998124473", "5561998124474"].map(person);
        let in_group = |peer: &Peer, said: Inbound| Inbound {
            group: Some("120363@g.us".to_owned()),
            sender: Some(peer.clone()),
            ..said
        };
        let batch = [
            in_group(&ana, asks(incoming(&ana, POLL, 1))),
            in_group(&ana, votes(incoming(&ana, "a", 2), 0)),
            in_group(&bia, votes(incoming(&bia, "b", 3), 0)),
            // A vote in a chat that does not have the poll.
            votes(incoming(&talk.peer, "c", 4), 0),
        ];
        receive(&talk, &batch).await;
        assert_eq!(open(&talk, by_byte).await, 2);
        let chats = store::ChatsPage { connection: None, before: None, limit: 9 };
        let chats = talk.desk.owner.chats(chats).await.unwrap();
        let group = chats.iter().find(|chat| chat.group).unwrap().id;
        let message = talk.desk.owner.messages(group, None, 9).await.unwrap().remove(0);
        let page = talk.desk.owner.poll(message.id).await.unwrap();
        let names: Vec<_> = page.options[0].by.iter().map(|voter| voter.author.clone()).collect();
        let name = |name: &str| Author::Contact { name: Some(name.to_owned()) };
        assert_eq!(names, [name("+55 61 99812-4473"), name("+55 61 99812-4474")]);
        assert!(page.can_vote);
        talk.store.enqueue_vote(&talk.grant, message.id, wa("mine"), &[0]).await.unwrap();
        let next = talk.outbox.next(9, &[]).await.unwrap().remove(0).operation;
        let store::Operation::Vote { participant, .. } = next else { panic!("{next:?}") };
        assert_eq!(participant.as_deref(), Some("5561998124473@s.whatsapp.net"));
    })
    .await;
}

#[tokio::test]
async fn a_vote_of_the_number_counts_once_whatsapp_has_it() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        receive(&talk, &[asks(incoming(&talk.peer, POLL, 1))]).await;
        let poll = poll_id(&talk).await;
        let vote = async |id: &str, choices: &[u32]| {
            talk.store.enqueue_vote(&talk.grant, poll, wa(id), choices).await
        };
        for refused in [&[2][..], &[0, 1], &[0, 0]] {
            assert!(matches!(vote("odd", refused).await, Err(Error::Unchangeable)), "{refused:?}");
        }
        let question = talk.question().await;
        let no_poll = talk.store.enqueue_vote(&talk.grant, question, wa("odd"), &[0]).await;
        assert!(matches!(no_poll, Err(Error::Unchangeable)));

        let message = vote("v1", &[1]).await.unwrap();
        assert_eq!(message.pending, [], "the card shows it");
        vote("v1", &[1]).await.unwrap();
        assert_eq!(talk.next().await, ["vote their poll: Terça"], "a repeated request");
        let (addresses, note) = card(&talk).await;
        assert_eq!(addresses, ["opcao=0#p0", "opcao=1#p0"]);
        assert_eq!(note, r#"{"single":true,"voters":0,"vote":"waiting"}"#);
        assert!(page(&talk).await.options[1].chosen, "it is marked at once");
        talk.confirm("v1").await;
        assert_eq!(counts(&talk).await, [0, 1]);
        let by = page(&talk).await.options[1].by[0].author.clone();
        assert_eq!(by, Author::User { name: "owner".to_owned() });

        vote("v2", &[0]).await.unwrap();
        talk.fail("v2", FailReason::Refused).await;
        assert_eq!(card(&talk).await.1, r#"{"single":true,"voters":1,"vote":"failed"}"#);
        assert!(page(&talk).await.options[1].chosen, "the earlier one still counts");
        vote("v3", &[]).await.unwrap();
        assert_eq!(
            talk.next().await,
            ["vote their poll: "],
            "it takes the place of the failed one"
        );
        talk.confirm("v3").await;
        assert_eq!(counts(&talk).await, [0, 0]);
    })
    .await;
}

#[tokio::test]
async fn a_poll_without_its_secret_says_that_votes_cannot_be_read() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let mut content = poll();
        let model::MessageContent::Poll(without) = &mut content else { panic!() };
        without.secret = None;
        receive(&talk, &[with_content(incoming(&talk.peer, POLL, 1), content)]).await;
        receive(&talk, &[votes(incoming(&talk.peer, "v", 2), 0)]).await;
        assert_eq!(open(&talk, by_byte).await, 0);
        assert!(card(&talk).await.1.contains(r#""vote":"impossible""#));
        let page = page(&talk).await;
        assert!(!page.readable && !page.can_vote);
        let vote = talk.store.enqueue_vote(&talk.grant, page.message, wa("v"), &[0]).await;
        assert!(matches!(vote, Err(Error::Unchangeable)));
    })
    .await;
}

#[tokio::test]
async fn a_vote_that_waits_goes_although_its_poll_was_deleted() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        receive(&talk, &[asks(incoming(&talk.peer, POLL, 1))]).await;
        let poll = poll_id(&talk).await;
        talk.store.enqueue_vote(&talk.grant, poll, wa("v1"), &[0]).await.unwrap();
        let what = MessageUpdate::Revoked;
        let target = wa(POLL).into();
        let revoked =
            Inbound { amends: Some(UpdateOf { target, what }), ..incoming(&talk.peer, "gone", 2) };
        receive(&talk, &[revoked]).await;
        assert_eq!(talk.next().await, ["vote their poll: Segunda"]);
        assert!(matches!(talk.desk.owner.poll(poll).await, Err(Error::NotFound)));
        talk.confirm("v1").await;
        assert!(talk.message(poll).await.rich.is_empty(), "nothing of it is shown");
    })
    .await;
}

#[tokio::test]
async fn a_vote_in_a_poll_that_turns_out_to_be_another_stops_nothing() {
    for is_by_number in [true, false] {
        on_both(move |store| async move {
            let talk = Talk::open(&store).await;
            let (number, hidden) = (talk.peer.clone(), Peer::lid("99@lid"));
            let mut content = poll();
            let model::MessageContent::Poll(without) = &mut content else { panic!() };
            without.secret = None;
            let (one, other) = if is_by_number { (&number, &hidden) } else { (&hidden, &number) };
            let secretless = with_content(incoming(other, POLL, 1), content);
            receive(&talk, &[asks(incoming(one, POLL, 1)), secretless]).await;
            let chats = store::ChatsPage { connection: None, before: None, limit: 9 };
            let mut voted = 0;
            for chat in talk.desk.owner.chats(chats).await.unwrap() {
                let messages = talk.desk.owner.messages(chat.id, None, 9).await.unwrap();
                let poll = messages.iter().find(|message| message.wa_id == wa(POLL)).unwrap().id;
                let id = wa(&format!("v{poll}"));
                let vote = talk.store.enqueue_vote(&talk.grant, poll, id, &[0]).await;
                voted += usize::from(vote.is_ok());
            }
            assert_eq!(voted, 1);
            // Both addresses are of one person, and the two are one message.
            let both = Peer { lid: hidden.lid, ..number.clone() };
            receive(&talk, &[incoming(&both, "both", 2)]).await;
            let next = talk.next().await;
            assert!(next.iter().all(|one| one == "vote their poll: Segunda"), "{next:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_vote_that_did_not_open_keeps_the_number_of_keys_until_another_takes_its_place() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        receive(&talk, &[asks(phones_own(&talk.peer, POLL, 1))]).await;
        receive(&talk, &[votes(incoming(&talk.peer, "garbage", 2), 9)]).await;
        let ingest = store.ingest(talk.desk.number);
        let polls = BTreeSet::from([wa(POLL).as_str().to_owned()]);
        let sealed = async || ingest.sealed_votes(&polls).await.unwrap();
        let waiting = sealed().await;
        assert_eq!(waiting.iter().map(|vote| vote.tried).collect::<Vec<_>>(), [0]);
        ingest.votes_failed(&[(waiting[0].id, 4)]).await.unwrap();
        assert_eq!(sealed().await[0].tried, 4);
        receive(&talk, &[votes(incoming(&talk.peer, "again", 3), 9)]).await;
        assert_eq!(sealed().await.iter().map(|vote| vote.tried).collect::<Vec<_>>(), [0]);
    })
    .await;
}
