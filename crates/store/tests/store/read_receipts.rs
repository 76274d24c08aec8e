//! Read receipts: operations of the outbox beside its lanes.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use fixtures::customer;
use model::{ChatId, ConnectionId, EndReason, Role};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use store::{
    ActorContext, ChatTimer, ChatsPage, Inbound, LONGEST_PAUSE, Outbox, Peer, Scanned, Store,
    Viewer,
};

use crate::support::{
    Desk, Talk, at, count, incoming, number, on_both, on_both_raw, on_empty, placeholder, react,
    receive, user, wa,
};

const PHONE: &str = "5561990000000";
const RECEIPTS: &str = "SELECT id FROM outbox WHERE kind = 'read'";

async fn link(store: &Store, number: ConnectionId) {
    let scanned = store.ingest(number).linked(PHONE, None, None, None).await.unwrap();
    assert_eq!(scanned, Scanned::Linked);
}

async fn unlink(store: &Store, number: ConnectionId) {
    let by = ActorContext::system();
    store.ingest(number).unlinked(EndReason::UnlinkedHere, &by).await.unwrap();
}

/// Returns the ids of the messages of each receipt, without what they have in common.
async fn read(outbox: &Outbox) -> Vec<Vec<String>> {
    let receipts = outbox.next_reads(100).await.unwrap();
    receipts
        .into_iter()
        .map(|receipt| receipt.wa_ids.iter().map(|id| id.replace("3EB00000-", "")).collect())
        .collect()
}

/// Makes all operations older.
async fn age(raw: &DatabaseConnection, by: TimeDelta) {
    let micros = by.num_microseconds().unwrap();
    let older = format!("UPDATE outbox SET queued_at = queued_at - {micros}");
    raw.execute_unprepared(&older).await.unwrap();
}

/// Returns the newest chat of a viewer.
async fn newest_chat(viewer: &Viewer) -> ChatId {
    let all = ChatsPage { connection: None, before: None, limit: 1 };
    viewer.chats(all).await.unwrap()[0].id
}

#[tokio::test]
async fn reading_empties_the_count_and_names_what_was_read() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("5561998124471");
        store.ingest(desk.number).messages(&[incoming(&peer, "one", 0)]).await.unwrap();
        let chat = receive(&store, &desk.owner, desk.number, incoming(&peer, "two", 1)).await;
        assert_eq!(chat.unread, 2);
        link(&store, desk.number).await;
        assert!(desk.mark_read(&store, chat.id).await.unwrap());
        let receipts = store.outbox(desk.number).next_reads(100).await.unwrap();
        let [receipt] = &receipts[..] else { panic!("{receipts:?}") };
        assert_eq!(receipt.to_jid, "5561998124471@s.whatsapp.net");
        assert_eq!(receipt.sender, None);
        assert_eq!(receipt.wa_ids, [String::from(wa("one")), wa("two").into()]);
        assert_eq!(desk.owner.chat(chat.id).await.unwrap().unread, 0);
        assert!(!desk.mark_read(&store, chat.id).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn what_is_no_chat_of_the_number_is_not_read() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let stranger = user(&store, "stranger", Role::Atendente).await;
        let own = stranger.own_connection().await.unwrap();
        let chat =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "a", 0)).await;
        let grant = stranger.grant_write(own).await.unwrap();
        for chat in [chat.id, ChatId(999_999)] {
            let read = store.mark_read(&grant, chat).await;
            assert!(matches!(read, Err(store::Error::NotFound)));
        }
        assert_eq!(desk.owner.chat(chat.id).await.unwrap().unread, 1);
    })
    .await;
}

#[tokio::test]
async fn receipts_wait_until_they_are_sent_each_once_and_only_where_somebody_can_send_them() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (one, two) = (Peer::pn("5561998124471"), Peer::pn("5561998124472"));
        let receive = async |peer: &Peer, name, seconds| {
            receive(&store, &desk.owner, desk.number, incoming(peer, name, seconds)).await.id
        };
        let outbox = store.outbox(desk.number);
        // No phone is linked yet.
        desk.mark_read(&store, receive(&one, "before", 0).await).await.unwrap();
        assert_eq!(read(&outbox).await, [[""; 0]; 0]);

        link(&store, desk.number).await;
        for (peer, name, at) in [(&one, "a", 1), (&two, "b", 2), (&one, "c", 3)] {
            desk.mark_read(&store, receive(peer, name, at).await).await.unwrap();
        }
        assert_eq!(read(&outbox).await, [["a"], ["b"], ["c"]]);
        assert_eq!(read(&outbox).await, [["a"], ["b"], ["c"]], "until they are sent");
        let waiting = outbox.next_reads(2).await.unwrap();
        let ids: Vec<_> = waiting.iter().map(|receipt| receipt.id).collect();
        let other = desk.owner.add_connection(number("Suporte")).await.unwrap();
        store.outbox(other).reads_sent(&ids).await.unwrap();
        assert_eq!(read(&outbox).await.len(), 3, "another number has no say");
        outbox.reads_sent(&ids).await.unwrap();
        assert_eq!(read(&outbox).await, [["c"]]);
    })
    .await;
}

#[tokio::test]
async fn receipts_outlive_the_process() {
    on_empty(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let desk = Desk::open(&store).await;
        link(&store, desk.number).await;
        let chat =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "a", 0)).await;
        desk.mark_read(&store, chat.id).await.unwrap();
        drop((desk, store));
        let store = Store::open(&url).await.unwrap();
        assert_eq!(read(&store.outbox(ConnectionId(1))).await, [["a"]]);
    })
    .await;
}

#[tokio::test]
async fn receipts_and_messages_of_a_chat_do_not_wait_for_each_other() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        link(&store, talk.desk.number).await;
        talk.queue("a").await;
        let text = talk.outbox.next(1, &[]).await.unwrap().remove(0);
        talk.outbox.retry_later(text.id, Utc::now() + LONGEST_PAUSE).await.unwrap();
        talk.desk.mark_read(&store, talk.chat).await.unwrap();
        assert_eq!(talk.next().await, [""; 0]);
        assert_eq!(read(&talk.outbox).await, [["q"]]);

        // The reaction changes the message that was read, and waits for the text only.
        let question = talk.question().await;
        talk.change(question, "r", react("👍")).await.unwrap();
        talk.outbox.retry_later(text.id, Utc::now() - TimeDelta::seconds(1)).await.unwrap();
        assert_eq!(talk.next().await, ["send a", "react their q: 👍"]);
        talk.confirm("r").await;
        talk.confirm("a").await;
        assert_eq!(read(&talk.outbox).await, [["q"]]);
    })
    .await;
}

#[tokio::test]
async fn many_receipts_do_not_crowd_out_messages_nor_many_messages_a_receipt() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        link(&store, talk.desk.number).await;
        for n in 0..10 {
            let name = format!("n{n}");
            let inbound = incoming(&talk.peer, &name, 1);
            store.ingest(talk.desk.number).messages(&[inbound]).await.unwrap();
            talk.desk.mark_read(&store, talk.chat).await.unwrap();
        }
        for name in ["a", "b", "c"] {
            talk.queue(name).await;
        }
        assert_eq!(talk.outbox.next(1, &[]).await.unwrap().len(), 1);
        assert_eq!(talk.next().await, ["send a", "send b", "send c"]);

        let sent: Vec<_> = talk.outbox.next_reads(100).await.unwrap();
        assert_eq!(sent.len(), 10);
        let ids: Vec<_> = sent.iter().map(|receipt| receipt.id).collect();
        talk.outbox.reads_sent(&ids).await.unwrap();
        let last = incoming(&talk.peer, "last", 2);
        store.ingest(talk.desk.number).messages(&[last]).await.unwrap();
        talk.desk.mark_read(&store, talk.chat).await.unwrap();
        assert_eq!(talk.outbox.next_reads(1).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn receipts_are_shown_nowhere_and_do_not_expire_as_messages_do() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        link(&store, talk.desk.number).await;
        talk.desk.mark_read(&store, talk.chat).await.unwrap();
        let question = talk.question().await;
        assert_eq!(talk.message(question).await.pending, []);

        age(&raw, TimeDelta::days(8)).await;
        assert_eq!(store.expire_queued(Duration::from_secs(3600)).await.unwrap(), 0);
        assert_eq!(read(&talk.outbox).await, [["q"]]);
        store.prune().await.unwrap();
        assert_eq!(count(&raw, RECEIPTS).await, 1);

        age(&raw, TimeDelta::days(22)).await;
        assert_eq!(read(&talk.outbox).await, [[""; 0]; 0], "too old");
        talk.queue("a").await;
        store.prune().await.unwrap();
        assert_eq!(count(&raw, RECEIPTS).await, 0);
        assert_eq!(talk.next().await, ["send a"]);
    })
    .await;
}

#[tokio::test]
async fn receipts_of_an_unlinked_phone_are_dropped() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let number = talk.desk.number;
        link(&store, number).await;
        talk.desk.mark_read(&store, talk.chat).await.unwrap();
        unlink(&store, number).await;
        assert_eq!(count(&raw, RECEIPTS).await, 0);
        let question = talk.question().await;
        assert_eq!(talk.message(question).await.pending, []);

        // Neither the phone in its place nor a phone that is linked again sends them.
        let manage = talk.desk.owner.grant_manage(number).await.unwrap();
        let successor = store.change_phone(&manage).await.unwrap();
        assert_ne!(successor, number);
        link(&store, number).await;
        for number in [number, successor] {
            assert_eq!(read(&store.outbox(number)).await, [[""; 0]; 0]);
        }
    })
    .await;
}

#[tokio::test]
async fn receipts_go_with_their_number() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        link(&store, talk.desk.number).await;
        unlink(&store, talk.desk.number).await;
        let receipt = "INSERT INTO outbox \
                       (connection_id, chat_id, kind, message_id, wa_id, payload, queued_at) \
                       SELECT connection_id, chat_id, 'read', id, '', '[]', 1 FROM message";
        raw.execute_unprepared(receipt).await.unwrap();
        let remove = talk.desk.owner.grant_remove(talk.desk.number).await.unwrap();
        store.remove_connection(&remove).await.unwrap();
        assert_eq!(count(&raw, RECEIPTS).await, 0);
    })
    .await;
}

#[tokio::test]
async fn receipts_follow_their_chat_into_that_of_the_same_person() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        link(&store, desk.number).await;
        let (known, hidden) = (Peer::pn("5561998124471"), Peer::lid("168302940123456@lid"));
        // The last message arrived under both addresses.
        let batches = [(&known, ["one", "both"]), (&hidden, ["two", "both"])];
        for (seconds, (peer, names)) in (0..).zip(batches) {
            let batch = names.map(|name| incoming(peer, name, seconds));
            ingest.messages(&batch).await.unwrap();
            desk.mark_read(&store, newest_chat(&desk.owner).await).await.unwrap();
        }
        ingest.link_identity("168302940123456@lid", "5561998124471").await.unwrap();
        let receipts = store.outbox(desk.number).next_reads(10).await.unwrap();
        let kept = desk.owner.chat(newest_chat(&desk.owner).await).await.unwrap();
        assert_eq!(kept.unread, 0);
        let addresses: Vec<_> = receipts.iter().map(|receipt| &*receipt.to_jid).collect();
        assert_eq!(addresses, ["168302940123456@lid"; 2], "WhatsApp used it last");
        let outbox = store.outbox(desk.number);
        assert_eq!(read(&outbox).await, [["one", "both"], ["two", "both"]]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_yet_has_no_receipt() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        link(&store, desk.number).await;
        let ingest = store.ingest(desk.number);
        ingest.messages(&[placeholder(&customer(), "unknown", at(0))]).await.unwrap();
        assert!(desk.mark_read(&store, ChatId(1)).await.unwrap());
        let outbox = store.outbox(desk.number);
        assert_eq!(read(&outbox).await, [[""; 0]; 0]);
        let batch = [placeholder(&customer(), "other", at(1)), incoming(&customer(), "a", 2)];
        ingest.messages(&batch).await.unwrap();
        desk.mark_read(&store, ChatId(1)).await.unwrap();
        assert_eq!(read(&outbox).await, [["a"]]);
    })
    .await;
}

#[tokio::test]
async fn a_receipt_has_few_messages_of_one_author() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        link(&store, desk.number).await;
        let said = |n: i64, sender: &str| Inbound {
            group: Some("120363041234567890@g.us".into()),
            sender: Some(Peer::pn(sender)),
            ..incoming(&Peer::default(), &format!("n{n}"), n)
        };
        // Every third message is of the second member.
        let batch: Vec<_> = (0..450).map(|n| said(n, if n % 3 == 2 { "2" } else { "1" })).collect();
        store.ingest(desk.number).messages(&batch).await.unwrap();
        desk.mark_read(&store, ChatId(1)).await.unwrap();
        let receipts = store.outbox(desk.number).next_reads(10).await.unwrap();
        let of = |phone: &str| format!("{phone}@s.whatsapp.net");
        let shape: Vec<_> =
            receipts.iter().map(|one| (one.sender.clone(), one.wa_ids.len())).collect();
        assert_eq!(shape, [(Some(of("1")), 256), (Some(of("1")), 44), (Some(of("2")), 150)]);
        assert_eq!(receipts[1].wa_ids.last(), Some(&wa("n448").into()));
        assert_eq!(receipts[2].wa_ids.first(), Some(&wa("n2").into()));
    })
    .await;
}

#[tokio::test]
async fn of_more_receipts_than_are_kept_of_a_chat_the_newest_wait() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        link(&store, desk.number).await;
        let (one, two) = (Peer::pn("5561998124471"), Peer::pn("5561998124472"));
        let other = receive(&store, &desk.owner, desk.number, incoming(&two, "other", 0)).await;
        desk.mark_read(&store, other.id).await.unwrap();
        for round in 0..3 {
            let numbers = round * 700..(round + 1) * 700;
            let batch: Vec<_> =
                numbers.map(|n| incoming(&one, &format!("n{n}"), i64::from(n) + 1)).collect();
            ingest.messages(&batch).await.unwrap();
            assert!(desk.mark_read(&store, newest_chat(&desk.owner).await).await.unwrap());
        }
        let waiting = store.outbox(desk.number).next_reads(100).await.unwrap();
        let counts: Vec<_> = waiting.iter().map(|receipt| receipt.wa_ids.len()).collect();
        // The newest thousand messages of the second chat are in its last five receipts.
        assert_eq!(counts, [1, 256, 188, 256, 256, 188]);
        let newest = String::from(wa("n2099"));
        assert_eq!(waiting[5].wa_ids.last(), Some(&newest));
    })
    .await;
}

#[tokio::test]
async fn a_receipt_is_sent_although_the_message_that_it_names_has_disappeared() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        link(&store, desk.number).await;
        let peer = Peer::pn("5561998124471");
        let timer = Some(ChatTimer { seconds: 1, set_at: None });
        let due = |name, seconds| Inbound { timer, ..incoming(&peer, name, seconds) };
        let all = [incoming(&peer, "one", 0), incoming(&peer, "two", 1), due("due", 2)];
        store.ingest(desk.number).messages(&all).await.unwrap();
        let chat = newest_chat(&desk.owner).await;
        desk.mark_read(&store, chat).await.unwrap();
        store.ingest(desk.number).messages(&[due("alone", 3)]).await.unwrap();
        desk.mark_read(&store, chat).await.unwrap();
        let outbox = store.outbox(desk.number);
        assert_eq!(read(&outbox).await, [vec!["one", "two", "due"], vec!["alone"]]);
        let removed = store.due_messages().await.unwrap();
        assert_eq!(store.remove_due(&removed).await.unwrap(), 2);
        assert_eq!(read(&outbox).await, [["one", "two", "due"]], "the other has nothing to show");
    })
    .await;
}
