//! The earlier texts of a message, and the messages from a quoted one on.

use chrono::{TimeDelta, Utc};
use fixtures::customer;
use model::{Author, Change, ChatId, MessageId, Role, bounds};
use store::{Error, Inbound, MessageUpdate, Peer, UpdateOf, Viewer};

use crate::support::{Desk, Talk, at, incoming, on_both, phones_own, placeholder, user, wa};

const TARGET: &str = "primeira";

/// Makes a message of `peer` an update of the target.
fn update(peer: &Peer, seconds: i64, what: MessageUpdate) -> Inbound {
    let amends = Some(UpdateOf { target: wa(TARGET).into(), what });
    Inbound { amends, ..incoming(peer, &format!("update{seconds}"), seconds) }
}

fn edit(seconds: i64, text: &str) -> Inbound {
    update(&customer(), seconds, MessageUpdate::Edited(text.to_owned()))
}

async fn versions(viewer: &Viewer, message: i64) -> Vec<String> {
    let versions = viewer.versions(MessageId(message)).await.unwrap();
    versions.into_iter().map(|version| version.text).collect()
}

async fn authors(viewer: &Viewer, message: MessageId) -> Vec<(String, Option<Author>)> {
    let versions = viewer.versions(message).await.unwrap();
    versions.into_iter().map(|version| (version.text, version.author)).collect()
}

async fn is_refused(viewer: &Viewer) -> bool {
    let versions = viewer.versions(MessageId(1)).await;
    let part = viewer.messages_from(MessageId(1), i64::MAX, 10).await;
    matches!((versions, part), (Err(Error::NotFound), Err(Error::NotFound)))
}

#[tokio::test]
async fn every_text_that_a_message_had_is_shown_until_it_is_deleted() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        ingest.messages(&[incoming(&customer(), TARGET, 0)]).await.unwrap();
        assert_eq!(versions(&desk.owner, 1).await, [TARGET]);
        // WhatsApp's times are whole seconds: the first edit has the time of the message.
        ingest.messages(&[edit(20, "terceira"), edit(0, "segunda")]).await.unwrap();
        assert_eq!(versions(&desk.owner, 1).await, [TARGET, "segunda", "terceira"]);
        let times = desk.owner.versions(MessageId(1)).await.unwrap();
        let times: Vec<_> = times.into_iter().map(|version| version.at).collect();
        assert_eq!(times, [at(0), at(0), at(20)]);

        let long = "a".repeat(bounds::TEXT);
        ingest.messages(&[edit(30, &long)]).await.unwrap();
        assert_eq!(versions(&desk.owner, 1).await[3], long[..bounds::BUBBLE]);

        ingest.messages(&[update(&customer(), 40, MessageUpdate::Revoked)]).await.unwrap();
        assert!(matches!(desk.owner.versions(MessageId(1)).await, Err(Error::NotFound)));
        assert!(matches!(desk.owner.versions(MessageId(99)).await, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn each_text_of_the_number_has_its_author() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let owner = &talk.desk.owner;
        let user = || Some(Author::User { name: "owner".to_owned() });
        let said = |text: &str, author: Option<Author>| (text.to_owned(), author);
        let sent = talk.send("a").await;
        assert_eq!(authors(owner, sent).await, [said("a", user())]);
        let edit = Change::Edit { text: "b".to_owned() };
        talk.change(sent, "e", edit).await.unwrap();
        talk.confirm("e").await;
        let what = MessageUpdate::Edited("c".to_owned());
        let by_phone = Inbound {
            amends: Some(UpdateOf { target: wa("a").into(), what }),
            timestamp: Utc::now() + TimeDelta::seconds(2),
            ..phones_own(&talk.peer, "phone", 0)
        };
        store.ingest(talk.desk.number).messages(&[by_phone]).await.unwrap();
        let all = [said("a", user()), said("b", user()), said("c", Some(Author::Phone))];
        assert_eq!(authors(owner, sent).await, all);
        assert_eq!(authors(owner, talk.question().await).await, [said("q", None)]);
    })
    .await;
}

#[tokio::test]
async fn what_somebody_else_wrote_is_no_version() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let other = fixtures::person("5561998124472");
        let in_group = |peer: &Peer, said: Inbound| Inbound {
            group: Some("120363@g.us".to_owned()),
            sender: Some(peer.clone()),
            ..said
        };
        let theirs = update(&other, 5, MessageUpdate::Edited("outra coisa".to_owned()));
        let batch = [
            in_group(&customer(), incoming(&customer(), TARGET, 0)),
            in_group(&other, theirs),
            in_group(&customer(), edit(6, "segunda")),
        ];
        ingest.messages(&batch).await.unwrap();
        assert_eq!(versions(&desk.owner, 1).await, [TARGET, "segunda"]);
    })
    .await;
}

#[tokio::test]
async fn a_first_text_that_has_not_arrived_is_left_out() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let batch = [placeholder(&customer(), TARGET, at(0)), edit(5, "segunda")];
        ingest.messages(&batch).await.unwrap();
        assert_eq!(versions(&desk.owner, 1).await, ["segunda"]);
        ingest.messages(&[incoming(&customer(), TARGET, 0)]).await.unwrap();
        assert_eq!(versions(&desk.owner, 1).await, [TARGET, "segunda"]);
    })
    .await;
}

#[tokio::test]
async fn a_part_of_a_chat_begins_with_the_message_that_is_looked_for() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let batch: Vec<_> =
            (0..10).map(|nth| incoming(&customer(), &format!("n{nth}"), nth)).collect();
        ingest.messages(&batch).await.unwrap();
        let other = fixtures::person("5561998124472");
        ingest.messages(&[incoming(&other, "alheia", 5)]).await.unwrap();
        let all = desk.owner.messages(ChatId(1), None, 20).await.unwrap();
        let end = all[7].position;
        for (before, limit, expected) in [
            (end, 50, "n3 n4 n5 n6"),
            (end, 2, "n3 n4"),
            (i64::MAX, 50, "n3 n4 n5 n6 n7 n8 n9"),
            (all[3].position, 50, ""),
        ] {
            let part = desk.owner.messages_from(all[3].id, before, limit).await.unwrap();
            let texts: Vec<_> = part.iter().map(|message| &*message.text).collect();
            assert_eq!(texts.join(" "), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn neither_is_for_people_who_may_not_read_the_chat() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        ingest.messages(&[incoming(&customer(), TARGET, 0)]).await.unwrap();
        let stranger = user(&store, "stranger", Role::Atendente).await;
        assert!(is_refused(&stranger).await && !is_refused(&desk.admin).await);
        desk.owner.set_chat_private(ChatId(1), true).await.unwrap();
        assert!(is_refused(&desk.admin).await && !is_refused(&desk.owner).await);
    })
    .await;
}
